"""Animals: one or several, large, in the place that is theirs or that the words name."""

import numpy as np

from daygen.providers.local.coats import coat_of
from daygen.providers.local.colour import Ink, lab, lighter, mixed
from daygen.providers.local.creatures import height_of, parts_of
from daygen.providers.local.curves import leaf, outline, put, tube, turned
from daygen.providers.local.dice import Floats
from daygen.providers.local.families import air, places, sea, water
from daygen.providers.local.families.interior import sill
from daygen.providers.local.plates import Frame, Glow, Land, Plate, Profile, Shapes, Water
from daygen.providers.local.scene import Scene
from daygen.providers.local.shapes import oval
from daygen.providers.local.words import Thing

_SWIMMERS = frozenset(("swan", "duck"))
_DIVERS = frozenset(("fish", "jellyfish", "turtle"))
_WHALES = frozenset(("whale", "fluke", "dolphin"))
_FLYERS = frozenset(("eagle", "gull", "butterfly"))
_PERCHED = frozenset(("owl", "songbird"))
_CATS = frozenset(("cat", "sleeping cat"))
_HOMES = {
    "fox": "forest", "deer": "forest", "bear": "forest", "wolf": "mountains", "squirrel": "forest",
    "lion": "desert", "elephant": "desert", "giraffe": "desert", "camel": "desert", "tiger": "forest",
    "cow": "mountains", "sheep": "mountains", "penguin": "sea",
}  # fmt: skip
_MOST = 7
_PALE = 0.8  # in lightness: a white coat is not shaded as deep


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """The first animal said decides where it is seen; others of the words join it."""
    things = scene.reading.of("animal")
    first = things[0]
    if scene.reading.place == "interior":
        return _at_home(scene, frame, first)
    if first.name in _DIVERS or (scene.has("underwater") and first.name in _WHALES):
        return _under_water(scene, frame, things)
    elsewhere = next((drawn_in for names, drawn_in in _ELSEWHERE if first.name in names), None)
    if elsewhere is not None:
        return elsewhere(scene, frame, first)
    homely = scene.reading.place is None and first.name in _CATS and not scene.palette.night
    if homely and scene.wording.chance("at home", 0.6):
        return _at_home(scene, frame, first)
    return _on_the_ground(scene, frame, things)


def _at_home(scene: Scene, frame: Frame, thing: Thing) -> list[Plate]:
    """On the sill of a window."""
    made, x, y, wide = sill(scene, frame)
    behind = mixed(mixed(scene.palette.low, scene.palette.light, 0.4), scene.palette.middle, 0.4)
    made.append(Glow(x, y - 0.2, 0.42, mixed(scene.palette.low, scene.palette.light, 0.45), 0.75))
    return made + drawn(scene, thing, (x, y), min(wide * 0.95, 0.68 / height_of(thing.name)), behind)


def drawn(
    scene: Scene, thing: Thing, at: tuple[float, float], size: float, behind: Ink, *, mirrored: bool = False,
    number: int = 0, turns: float = 0.0,
) -> list[Plate]:  # fmt: skip
    """An animal of a size, standing at a point, its coat told apart from what is behind it."""
    inks = scene.palette
    name = "eagle" if thing.name == "gull" else thing.name
    if name == "bear" and "panda" in scene.reading.text:
        name = "panda"
    coat = coat_of(scene.reading.text, thing.name)
    own = scene.coat(thing, coat.body, number)
    body = places.apart(own, behind, 0.06 if lab(own)[0] > _PALE else 0.2)
    ink_of = {
        "far": mixed(body, inks.near, 0.42),
        "body": body,
        "mark": scene.lit(coat.mark, 0.7),
        "dark": mixed(scene.lit(coat.dark), body, 0.35 if thing.colours else 0.0),
        "eye": inks.near if lab(body)[0] > _PALE else mixed(inks.glow, inks.light, 0.5),
    }
    made: list[Plate] = []
    if "unicorn" in scene.reading.text and name == "horse":
        horn = put(outline("33,92! 47,114! 37.5,89!"), *at, size, mirrored=mirrored)
        made.append(Shapes((horn,), mixed(inks.glow, inks.light, 0.35), moves="breathe"))
    for part in ("far", "body", "mark", "dark", "eye"):
        polygons = [put(own, *at, size, mirrored=mirrored) for own in parts_of(name).get(part, ())]
        if turns:
            polygons = [turned(own, *at, turns) for own in polygons]
        foot = (
            mixed(body, inks.near, 0.24 if lab(body)[0] > _PALE else 0.45),
            at[1] - size * height_of(name) * 0.55,
            at[1] + size * 0.1,
        )
        if polygons:
            made.append(
                Shapes(tuple(polygons), ink_of[part], 1.0, foot=foot if part == "body" else None, moves="breathe")
            )
    return made


def _herd(thing: Thing, plural: int) -> int:
    return max(1, min(_MOST, thing.count if thing.count is not None else plural))


def _plural(scene: Scene, thing: Thing) -> int:
    """Three where the word is a plural without a number, else one."""
    words = scene.reading.text.split()
    said = words[thing.at].strip(".,;:!?") if thing.at < len(words) else ""
    many = (said.endswith("s") and not said.endswith(("ss", "us"))) or said in {
        "geese",
        "mice",
        "sheep",
        "wolves",
        "deers",
    }
    return 3 if many else 1


def _on_the_ground(scene: Scene, frame: Frame, things: tuple[Thing, ...]) -> list[Plate]:
    dice, inks = scene.dice, scene.palette
    place = scene.reading.place or _HOMES.get(things[0].name)
    if place == "desert" and not scene.has("desert") and not scene.reading.place:
        place = None  # the savanna: a great light over open land
    made = places.backdrop(scene, frame, place)
    base = frame.high * dice.between("stand.y", 0.84, 0.88)
    ground, edge, _ = places.mound(scene, frame, base)
    x = frame.wide * dice.between("stand.x", 0.44, 0.56)
    made.append(Glow(x, base - 0.25, 0.5, mixed(inks.low, inks.light, 0.6), 0.5 if not inks.night else 0.3))
    made += ground
    behind = mixed(mixed(inks.low, inks.light, 0.3), inks.middle, 0.2)
    crowd = [(thing, number) for thing in things[:3] for number in range(_herd(thing, _plural(scene, thing)))]
    return made + _standing(scene, frame, crowd, edge, x, behind)


def _standing(
    scene: Scene, frame: Frame, crowd: list[tuple[Thing, int]], edge: Profile, x: float, behind: Ink
) -> list[Plate]:
    """Side by side, the first the largest; each foot on the ground."""
    dice = scene.dice
    made: list[Plate] = []
    count = len(crowd)
    space = min(frame.wide * 0.92, 1.5)
    tall = (0.6 if scene.has("close") else 0.3 if scene.has("wide") else 0.48) * min(1.2, frame.high)
    long = (0.95 if scene.has("close") else 0.4 if scene.has("wide") else 0.72) * min(1.0, frame.wide)
    for index, (thing, number) in reversed(list(enumerate(crowd))):
        size = min(tall / height_of(thing.name), long) * _SCALES.get(thing.name, 1.0)
        at = x
        if count > 1:
            size *= min(1.0, 1.2 / count**0.75) * (1.0 if index == 0 else dice.between("herd.r", 0.66, 0.9, index))
            at = x + space * ((index + 0.5) / count - 0.5) * 0.92
        foot = float(edge(np.array([at]))[0]) + 0.012
        facing = dice.chance("stand.side", 0.5) if count == 1 else at > x
        made += drawn(scene, thing, (at, foot), size, behind, mirrored=facing, number=number)
    return made


_SCALES = {
    "rabbit": 0.72,
    "mouse": 0.62,
    "squirrel": 0.8,
    "cat": 0.85,
    "sleeping cat": 0.9,
    "penguin": 0.85,
    "rooster": 0.85,
}


def _on_water(scene: Scene, frame: Frame, thing: Thing) -> list[Plate]:
    """On a lake, with reflections."""
    dice, inks = scene.dice, scene.palette
    shore = frame.high * dice.between("swim.y", 0.5, 0.58)
    light = air.light_of(scene, frame, shore)
    made = places.backdrop(scene, frame, scene.reading.place if scene.reading.place != "sea" else None)
    far, near = mixed(inks.middle, inks.far, 0.42), mixed(inks.far, inks.near, 0.5)
    glitter = mixed(inks.light, inks.low, 0.15)
    made.append(Water(shore, frame.high, far, near, 0.6, light, glitter, 0.6, 0.15))
    count = _herd(thing, _plural(scene, thing))
    behind = mixed(far, near, 0.5)
    for index in reversed(range(count)):
        size = (0.5 if count == 1 else 0.36) * min(1.0, frame.wide) * (1.0 if index == 0 else 0.7)
        x = frame.wide * (0.5 + (0 if count == 1 else ((index + 0.5) / count - 0.5) * 0.8))
        y = shore + (frame.high - shore) * (0.58 if index == 0 else 0.3 + 0.1 * (index % 2))
        mirrored = (x > frame.wide * 0.5) if count > 1 else dice.chance("swim.side", 0.5)
        animal = drawn(scene, thing, (x, y), size, behind, mirrored=mirrored, number=index)
        below = [
            water.upside(part, y, 0.7) for plate in animal[:1] if isinstance(plate, Shapes) for part in plate.polygons
        ]
        body = next(plate.ink for plate in animal if isinstance(plate, Shapes))
        made.append(Shapes(tuple(below), mixed(body, behind, 0.4), alpha=0.5))
        made += animal
        rings = [oval(x, y + 0.01, size * reach, size * 0.012) for reach in (0.62, 0.5)]
        made.append(Shapes(tuple(rings), glitter, alpha=0.5))
    return made


def _under_water(scene: Scene, frame: Frame, things: tuple[Thing, ...]) -> list[Plate]:
    dice, inks = scene.dice, scene.palette
    made = sea.below(scene, frame)
    middle = mixed(inks.middle, inks.low, 0.4)
    for thing in things[:3]:
        count = _herd(thing, {"fish": 5, "jellyfish": 3}.get(thing.name, 1) if _plural(scene, thing) > 1 else 1)
        large = 0.52 if count == 1 else 0.5 / count**0.4
        side = dice.chance("dive.side", 0.5)
        for index in range(count):
            spot = (dice.unit("dive.x") + 0.618 * index) % 1.0
            x = frame.wide * (0.5 if count == 1 else 0.16 + 0.68 * spot)
            y = frame.high * (0.48 if count == 1 else 0.2 + 0.5 * ((dice.unit("dive.y") + 0.38 * index) % 1.0))
            size = large * min(1.0, frame.wide) * dice.between("dive.r", 0.7, 1.1, index)
            turns = 0.0 if thing.name == "jellyfish" else dice.between("dive.turn", -0.03, 0.03, index)
            mirrored = side and thing.name != "jellyfish"
            made += drawn(scene, thing, (x, y), size, middle, mirrored=mirrored, number=index, turns=turns)
    return made + sea.bubbles(scene, frame)


def _at_sea(scene: Scene, frame: Frame, thing: Thing) -> list[Plate]:
    """Out of the waves: a tail, a leap, or a back under the moon."""
    dice, inks = scene.dice, scene.palette
    horizon = frame.high * dice.between("leap.horizon", 0.6, 0.66)
    light = air.light_of(scene, frame, horizon)
    made = air.sky(scene, frame, horizon, light)
    made.append(water.sheet(scene, frame, horizon, light))
    tail = thing.name == "fluke" or (thing.name == "whale" and dice.chance("fluke", 0.5))
    shown = Thing("animal", "fluke" if tail else thing.name, thing.count, thing.colours, thing.at)
    behind = mixed(inks.low, inks.light, 0.2)
    count = _herd(thing, _plural(scene, thing))
    for index in range(count):
        x = frame.wide * (0.5 if count == 1 else (index + 0.5) / count)
        y = horizon + 0.1 + 0.05 * (index % 2)
        size = (0.6 if tail else 0.85 if thing.name == "whale" else 0.6) * min(1.0, frame.wide) / count**0.5
        up = y if tail else y - size * (0.1 if thing.name == "whale" else 0.3)
        side = dice.chance("leap.side", 0.5)
        lean = 0.0 if tail else (0.1 if side else -0.1) * (1.0 if thing.name == "whale" else 0.5)
        made += drawn(scene, shown, (x, up), size, behind, mirrored=side, number=index, turns=lean)
        made += _splash(scene, x, y, size, index)
    near = Land("leap.near", _swell(scene, y_of(horizon, frame)), mixed(inks.far, inks.near, 0.6), inks.near, 0.3, 0.9)
    return [*made, near]


def y_of(horizon: float, frame: Frame) -> float:
    """Where the nearest water begins."""
    return horizon + (frame.high - horizon) * 0.42


def _swell(scene: Scene, y: float) -> Profile:
    return lambda xs: y - 0.03 * air.waving(scene.dice.noise("leap.swell", xs * 2.4))


def _splash(scene: Scene, x: float, y: float, size: float, index: int) -> list[Plate]:
    dice, inks = scene.dice, scene.palette
    foam = mixed(inks.light, inks.low, 0.15 if not inks.night else 0.4)
    parts: list[Floats] = []
    for drop in range(26):
        key = index * 32 + drop
        away = (dice.unit("drop.x", key) - 0.5) * size * 0.7
        up = dice.unit("drop.y", key) ** 2 * size * 0.22
        parts.append(
            oval(
                x + away,
                y - up + 0.02,
                0.003 + 0.008 * dice.unit("drop.r", key),
                0.004 + 0.006 * dice.unit("drop.s", key),
                16,
            )
        )
    parts += [oval(x, y + 0.03, size * 0.36, 0.012), oval(x + size * 0.05, y + 0.05, size * 0.5, 0.007)]
    return [Shapes(tuple(parts), foam, 0.9, 0.92, light=True)]


def _in_the_air(scene: Scene, frame: Frame, thing: Thing) -> list[Plate]:
    dice, inks = scene.dice, scene.palette
    home = {"eagle": "mountains", "gull": "coast", "butterfly": "flowers"}[thing.name]
    made = places.backdrop(scene, frame, scene.reading.place or home)
    if thing.name == "butterfly" and scene.reading.place is None:
        ground, edge, ink = places.mound(scene, frame, frame.high * 0.86)
        made += ground + _stalks(scene, frame, edge, ink)
    count = _herd(thing, 4 if _plural(scene, thing) > 1 else 1)
    behind = mixed(inks.middle, inks.low, 0.5)
    for index in range(count):
        x = frame.wide * (0.5 if count == 1 else 0.16 + 0.68 * ((dice.unit("fly.x") + 0.618 * index) % 1.0))
        y = frame.high * (0.4 if count == 1 else 0.18 + 0.4 * ((dice.unit("fly.y") + 0.38 * index) % 1.0))
        size = min(0.62, frame.wide * 0.62) * (1.0 if count == 1 else dice.between("fly.r", 0.3, 0.55, index))
        tilt = dice.between("fly.t", -0.06, 0.06, index)
        made += drawn(scene, thing, (x, y), size, behind, mirrored=index % 2 > 0, number=index, turns=tilt)
    return made


def _stalks(scene: Scene, frame: Frame, edge: Profile, ink: Ink) -> list[Plate]:
    """Tall grass and umbels for a butterfly to visit."""
    dice, inks = scene.dice, scene.palette
    stems: list[Floats] = []
    heads: list[Floats] = []
    for index in range(int(13 * frame.wide)):
        x = frame.wide * dice.unit("stalk.x", index)
        foot = float(edge(np.array([x]))[0]) + 0.02
        high, lean = dice.between("stalk.h", 0.1, 0.36, index), dice.between("stalk.l", -0.05, 0.05, index)
        stems.append(
            tube([(x, foot, 0.003), (x + lean * 0.4, foot - high * 0.6, 0.0025), (x + lean, foot - high, 0.002)])
        )
        stems.append(
            leaf(x + lean * 0.2, foot - high * 0.35, x + lean * 0.2 + 0.05 * (-1) ** index, foot - high * 0.55, 0.16)
        )
        for ray in range(7):
            out = (ray - 3) * 0.011
            heads.append(oval(x + lean + out, foot - high - 0.012 + abs(ray - 3) * 0.003, 0.007, 0.006, 14))
    return [Shapes(tuple(stems), lighter(ink, 0.02)), Shapes(tuple(heads), mixed(inks.glow, inks.light, 0.4))]


def _on_a_branch(scene: Scene, frame: Frame, thing: Thing) -> list[Plate]:
    """On a bough across the picture, leaves at its twigs."""
    dice, inks = scene.dice, scene.palette
    made = places.backdrop(scene, frame, scene.reading.place)
    y = frame.high * dice.between("bough.y", 0.68, 0.76)
    side = dice.pick("bough.side", (-1.0, 1.0))
    start, end = (-0.1, frame.wide * 0.94) if side < 0 else (frame.wide + 0.1, frame.wide * 0.06)

    def at(share: float) -> tuple[float, float]:
        return start + (end - start) * share, y + 0.05 * (1 - share) - 0.05 * share * share

    bough = [(*at(0.0), 0.034), (*at(0.35), 0.026), (*at(0.7), 0.017), (*at(1.0), 0.003)]
    ink = lighter(inks.near, 0.015)
    parts = [tube(bough)]
    leaves: list[Floats] = []
    for twig in range(6):
        x, from_y = at(0.2 + 0.14 * twig)
        up = -1 if twig % 2 else 1
        tip = (x + (end - start) * 0.12, from_y + up * dice.between("twig", 0.08, 0.17, twig))
        parts.append(tube([(x, from_y, 0.008), ((x + tip[0]) / 2, (from_y + tip[1]) / 2 - 0.01, 0.005), (*tip, 0.002)]))
        for step in range(5):
            share = 0.3 + 0.17 * step
            foot = (x + (tip[0] - x) * share, from_y + (tip[1] - from_y) * share)
            turn = 1 if step % 2 else -1
            reach = dice.between("leaf.l", 0.04, 0.065, twig * 8 + step)
            leaves.append(
                leaf(*foot, foot[0] + reach * 0.7 * (1 if end > start else -1), foot[1] + turn * reach * 0.75, 0.22)
            )
    made.append(Shapes(tuple(parts), ink))
    if scene.reading.season != "winter":
        green = mixed(inks.far, inks.near, 0.35)
        made.append(Shapes(tuple(leaves), (190, 96, 44) if scene.reading.season == "autumn" else green, 0.9))
    count = min(4, _herd(thing, _plural(scene, thing)))
    large = 0.46 if thing.name == "owl" else 0.62
    behind = mixed(inks.low, inks.middle, 0.5)
    for index in range(count):
        share = 0.52 if count == 1 else 0.3 + 0.42 * index / max(count - 1, 1)
        x, foot = at(share)
        size = large * (1.0 if count == 1 else 0.62) * min(1.0, frame.wide) * (1.2 if scene.has("close") else 1.0)
        lift = size * (0.02 if thing.name == "owl" else 0.0) + 0.018
        made += drawn(scene, thing, (x, foot - lift), size, behind, mirrored=(index % 2 > 0) ^ (side > 0), number=index)
    return made


_ELSEWHERE = ((_WHALES, _at_sea), (_SWIMMERS, _on_water), (_FLYERS, _in_the_air), (_PERCHED, _on_a_branch))
