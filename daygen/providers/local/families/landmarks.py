"""What stands alone in a landscape: a windmill, a temple, a train on its viaduct."""

from daygen.providers.local.colour import Ink, lighter, mixed
from daygen.providers.local.curves import outline, put, ring, turned
from daygen.providers.local.dice import Floats
from daygen.providers.local.plates import Frame, Glow, Plate, Shapes
from daygen.providers.local.scene import Scene
from daygen.providers.local.shapes import box, disc


def standing(scene: Scene, frame: Frame, base: float, size: float) -> list[Plate]:
    """The landmarks that the words name, on the ground at a height."""
    x = frame.wide * scene.dice.pick("landmark.x", (0.32, 0.66))
    made: list[Plate] = []
    if scene.has("windmill"):
        made += windmill(scene, x, base, size)
    if scene.has("temple"):
        eastern = any(word in scene.reading.text for word in ("japan", "pagoda", "shrine", "buddh", "china", "kyoto"))
        made += (pagoda if eastern else temple)(scene, frame.wide * 0.5, base, size * 1.2)
    return made + (train(scene, frame, base, size) if scene.has("train") else [])


def windmill(scene: Scene, x: float, base: float, size: float) -> list[Plate]:
    """A Dutch mill: tower, cap, gallery, four sails."""
    inks, dice = scene.palette, scene.dice
    wall = mixed(inks.light, inks.far, 0.3) if not scene.dim else mixed(inks.far, inks.near, 0.5)
    dark = mixed(inks.near, inks.far, 0.12)
    tower = outline("-17,0! -11,62! 11,62! 17,0!")
    cap = outline("-13,60! -13,66 -8,75 0,78 8,75 13,66 13,60!")
    gallery = outline("-24,28! 24,28! 22,24! -22,24!")
    hub = (x, base - 0.68 * size)
    sails: list[Floats] = []
    cloth: list[Floats] = []
    turn = dice.between("sails", 0.02, 0.22)
    for arm in range(4):
        spar = box(hub[0] - 0.008 * size, hub[1] - 0.56 * size, hub[0] + 0.008 * size, hub[1])
        web = box(hub[0] + 0.008 * size, hub[1] - 0.55 * size, hub[0] + 0.1 * size, hub[1] - 0.13 * size)
        bars = [
            box(hub[0], hub[1] - at * size, hub[0] + 0.1 * size, hub[1] - (at - 0.009) * size)
            for at in (0.2, 0.3, 0.4, 0.5)
        ]
        sails += [turned(part, *hub, turn + arm / 4) for part in (spar, *bars)]
        cloth.append(turned(web, *hub, turn + arm / 4))
    windows = (box(x - 0.02 * size, base - 0.48 * size, x + 0.02 * size, base - 0.41 * size),)
    return [
        Shapes(
            (put(tower, x, base + 0.01, size),), wall, 0.8, foot=(mixed(wall, inks.near, 0.45), base - 0.6 * size, base)
        ),
        Shapes((put(cap, x, base, size), put(gallery, x, base, size)), dark, 0.8),
        Shapes(windows, inks.glow if scene.dim else dark, 0.8, light=scene.dim),
        Shapes(tuple(cloth), mixed(inks.light, inks.low, 0.3), 0.8, 0.8, moves="turn"),
        Shapes((*sails, disc(*hub, 0.022 * size, 30)), dark, 0.8, moves="turn"),
    ]


def temple(scene: Scene, x: float, base: float, size: float) -> list[Plate]:
    """Columns on steps, a gable above."""
    inks = scene.palette
    stone = mixed(inks.light, inks.far, 0.22) if not inks.night else mixed(inks.far, inks.light, 0.2)
    shade = mixed(stone, inks.near, 0.5)
    steps = [
        box(
            x - (0.56 - 0.03 * at) * size,
            base - (0.045 * at + 0.045) * size,
            x + (0.56 - 0.03 * at) * size,
            base - 0.045 * at * size,
        )
        for at in range(3)
    ]
    columns: list[Floats] = []
    flutes: list[Floats] = []
    for at in range(6):
        middle = x + (at - 2.5) * 0.17 * size
        columns.append(box(middle - 0.034 * size, base - 0.56 * size, middle + 0.034 * size, base - 0.13 * size))
        columns.append(box(middle - 0.05 * size, base - 0.58 * size, middle + 0.05 * size, base - 0.55 * size))
        flutes.append(box(middle + 0.008 * size, base - 0.55 * size, middle + 0.034 * size, base - 0.13 * size))
    roof = outline("-54,58! 54,58! 54,66! 0,86! -54,66!")
    gable = outline("-40,67! 40,67! 0,81.5!")
    behind = box(x - 0.44 * size, base - 0.58 * size, x + 0.44 * size, base - 0.1 * size)
    return [
        Glow(x, base - 0.3 * size, 0.8 * size, mixed(inks.low, inks.light, 0.5), 0.35),
        Shapes((behind,), mixed(shade, inks.near, 0.4), 0.8),
        Shapes(
            (*steps, *columns, put(roof, x, base, size)),
            stone,
            0.8,
            foot=(mixed(stone, inks.near, 0.3), base - 0.6 * size, base + 0.1 * size),
        ),
        Shapes((*flutes, put(gable, x, base, size)), shade, 0.8, 0.75),
    ]


def pagoda(scene: Scene, x: float, base: float, size: float) -> list[Plate]:
    """Five roofs, each smaller than the one below, turned up at their ends."""
    inks = scene.palette
    red = mixed(mixed((172, 58, 46), inks.far, 0.2), inks.near, 0.15 if not scene.dim else 0.45)
    dark = mixed(inks.near, inks.far, 0.15)
    roof = outline("-58,0! -46,7 -28,15 -14,20! 14,20! 28,15 46,7 58,0! 30,1 0,2 -30,1")
    walls: list[Floats] = []
    roofs: list[Floats] = []
    lit: list[Floats] = []
    y = base + 0.02 * size
    for level in range(5):
        wide, high = (0.5 - 0.065 * level) * size, 0.13 * size
        walls.append(box(x - wide * 0.42, y - high, x + wide * 0.42, y))
        lit += [
            box(x + at * wide - 0.018 * size, y - high * 0.7, x + at * wide + 0.018 * size, y)
            for at in (-0.24, 0, 0.24)
        ]
        roofs.append(put(roof, x, y - high + 0.012 * size, wide * 1.5))
        y -= high + 0.09 * size * (1 - 0.1 * level)
    spire = [box(x - 0.006 * size, y - 0.22 * size, x + 0.006 * size, y + 0.1 * size)]
    spire += [
        box(x - 0.022 * size, y - at * size, x + 0.022 * size, y - (at - 0.012) * size) for at in (0.03, 0.07, 0.11)
    ]
    return [
        Glow(x, base - 0.4 * size, 0.8 * size, mixed(inks.low, inks.light, 0.5), 0.35),
        Shapes(tuple(walls), red, 0.8, foot=(mixed(red, inks.near, 0.4), base - size, base + 0.3 * size)),
        Shapes(tuple(lit), inks.glow if scene.dim else mixed(red, inks.near, 0.6), 0.8, light=scene.dim),
        Shapes((*roofs, *spire), dark, 0.8),
    ]


def train(scene: Scene, frame: Frame, base: float, size: float) -> list[Plate]:
    """A steam train on a viaduct from edge to edge."""
    inks, dice = scene.palette, scene.dice
    stone: Ink = mixed(inks.land(0.62), inks.near, 0.15)
    deck = base - 0.3 * size
    parts: list[Floats] = [box(-0.1, deck, frame.wide + 0.1, deck + 0.07 * size)]
    pitch = 0.36 * size
    for index in range(int(frame.wide / pitch) + 3):
        x = (index - 1) * pitch
        parts.append(box(x - 0.05 * size, deck, x + 0.05 * size, base + 0.4 * size))
        bow = ring(x + pitch / 2, deck + pitch * 0.5, pitch * 0.47, pitch * 0.09, 0.5, 1.0)
        parts.append(bow)
    front = frame.wide * dice.between("train.x", 0.55, 0.72)
    engine = outline("0,0! 0,14! 6,15 10,14! 10,24! 15,24! 15,14! 20,14! 20,18 24,18 24,14! 33,14! 33,26! 50,26! 50,0!")
    dark, wagon = lighter(inks.near, 0.01), mixed(mixed(inks.glow, (168, 52, 44), 0.7), inks.near, 0.25)
    made: list[Plate] = [Shapes(tuple(parts), stone, 0.7, foot=(mixed(stone, inks.near, 0.4), deck, base + 0.3 * size))]
    made.append(Shapes((put(engine, front, deck, 0.62 * size, mirrored=True),), dark, 0.8))
    cars: list[Floats] = []
    panes: list[Floats] = []
    for index in range(4):
        right = front - (0.33 + 0.37 * index) * size
        cars.append(box(right - 0.34 * size, deck - 0.15 * size, right, deck - 0.015 * size))
        panes += [
            box(right - at * size, deck - 0.12 * size, right - (at - 0.045) * size, deck - 0.07 * size)
            for at in (0.075, 0.145, 0.215, 0.285)
        ]
    puffs = [
        disc(front - (0.1 + 0.1 * at) * size - 0.08, deck - (0.2 + 0.055 * at) * size, (0.035 + 0.014 * at) * size, 40)
        for at in range(7)
    ]
    made += [
        Shapes(tuple(cars), wagon, 0.8),
        Shapes(tuple(panes), inks.glow if scene.dim else mixed(inks.light, inks.low, 0.2), 0.8, light=scene.dim),
        Shapes(tuple(puffs), mixed(inks.light, inks.low, 0.25), 0.6, 0.75),
    ]
    return made
