"""Still lifes: a table, what the words put on it, and the light of one window."""

import numpy as np

from daygen.providers.local.colour import mixed
from daygen.providers.local.dice import Floats
from daygen.providers.local.families import blooms, interior, tableware
from daygen.providers.local.families.fruit import FRUIT, fruit
from daygen.providers.local.plates import Disc, Frame, Light, Plate, Shapes, Sky
from daygen.providers.local.scene import Scene
from daygen.providers.local.shapes import box, disc, dome
from daygen.providers.local.words import Thing

# What each thing takes of the table, in its own size, and how large it is beside a bottle.
_ROOM = {
    "bowl": 1.25,
    "bottle": 0.5,
    "glass": 0.5,
    "cup": 0.85,
    "teapot": 1.1,
    "jug": 0.8,
    "candle": 0.5,
    "books": 0.95,
    "bread": 1.2,
    "skull": 0.85,
}
_SIZES = {
    "bowl": 0.62,
    "bottle": 0.92,
    "glass": 0.9,
    "cup": 0.52,
    "teapot": 0.6,
    "jug": 0.66,
    "candle": 0.72,
    "books": 0.66,
    "bread": 0.5,
    "skull": 0.56,
}
_USUAL = ("bottle", "jug", "cup", "books", "candle", "glass", "teapot")
_FRUITS = ("lemon", "orange", "pear", "apple")


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """Wall, table, things at the back, things at the front."""
    dice = scene.dice
    table = frame.high * dice.between("table.y", 0.66, 0.71)
    made = _wall(scene, frame, table)
    made += tableware.table(scene, frame, table)
    standing, fruits = _sorted(scene)
    base = table + (frame.high - table) * 0.34
    made += _row(scene, frame, standing, fruits, base)
    loose = fruits if "bowl" not in standing else []
    return made + _loose(scene, frame, loose, base, "bowl" in standing)


def _wall(scene: Scene, frame: Frame, table: float) -> list[Plate]:
    inks, dice = scene.palette, scene.dice
    if scene.reading.named("window") is not None or scene.reading.place not in {None, "interior"}:
        reach = min(0.34, frame.wide * 0.36)
        middle = frame.wide * dice.pick("still.window", (0.4, 0.5, 0.6))
        place = (middle - reach, frame.high * 0.07, middle + reach, table - 0.02)
        return interior.window(scene, frame, place, interior.wall_ink(scene))
    light = Light(frame.wide * 0.22, frame.high * 0.18, 0.2)
    made: list[Plate] = [Sky(inks.top, inks.middle, inks.low, frame.high, light, mixed(inks.low, inks.light, 0.5), 0.5)]
    kind = dice.pick("still.wall", ("disc", "half", "light", "light", "picture", "niche"))
    if kind == "disc":
        made.append(
            Disc(Light(frame.wide * 0.5, frame.high * 0.4, 0.31), mixed(inks.light, inks.middle, 0.3), inks.low, 0.4)
        )
    elif kind == "half":
        split = box(frame.wide * dice.pick("still.split", (0.38, 0.62)), -0.1, frame.wide + 0.2, table)
        made.append(Shapes((split,), mixed(inks.middle, inks.far, 0.3)))
    elif kind == "light":
        made += _light_on(scene, frame, table)
    elif kind == "picture":
        made += _picture(scene, frame, table)
    elif kind == "niche":
        made += _niche(scene, frame, table)
    return made


def _light_on(scene: Scene, frame: Frame, table: float) -> list[Plate]:
    """Sun through a window that is not seen: its panes lie aslant on the wall."""
    inks = scene.palette
    x, lean = frame.wide * scene.dice.between("light.x", 0.34, 0.5), 0.16
    deep = table * 0.25
    panes: list[Floats] = []
    for column in range(2):
        for row in range(3):
            left, top = x + 0.165 * column - lean * row, table * (0.08 + 0.27 * row)
            low = left - lean * 0.93
            panes.append(np.array([(left, top), (left + 0.15, top), (low + 0.15, top + deep), (low, top + deep)]))
    return [Shapes(tuple(panes), mixed(inks.light, inks.glow, 0.12), alpha=0.42, light=True)]


def _picture(scene: Scene, frame: Frame, table: float) -> list[Plate]:
    """A landscape in a frame, off the middle."""
    inks, dice = scene.palette, scene.dice
    wide, high = 0.13, min(0.165, table * 0.25)
    x, y = frame.wide * dice.pick("picture.x", (0.27, 0.7)), max(table * 0.34, high + 0.05)
    rim = box(x - wide - 0.016, y - high - 0.016, x + wide + 0.016, y + high + 0.016)
    far = np.array([(x - wide, y + high * 0.3), (x - wide * 0.2, y - high * 0.2), (x + wide * 0.6, y + high * 0.3)])
    return [
        Shapes((rim,), mixed(inks.near, inks.far, 0.3)),
        Shapes((box(x - wide, y - high, x + wide, y + high),), mixed(inks.light, inks.low, 0.25)),
        Shapes((disc(x + wide * 0.3, y - high * 0.3, 0.026),), inks.glow),
        Shapes((far,), mixed(inks.far, inks.light, 0.35)),
        Shapes((box(x - wide, y + high * 0.25, x + wide, y + high),), inks.far),
    ]


def _niche(scene: Scene, frame: Frame, table: float) -> list[Plate]:
    """An arch in the wall, its depth in shade."""
    inks = scene.palette
    x, half = frame.wide * 0.5, min(0.34, frame.wide * 0.38)
    top = max(table - 0.58, frame.high * 0.06)
    left, right, deep = x - half, x + half, 0.03
    arch = np.concatenate([dome(x, top + half, half, half), [(right, table), (left, table)]])
    inner = dome(x + deep, top + half, half - deep, half - deep)
    inner = np.concatenate([inner, [(right, table), (left + 2 * deep, table)]])
    return [
        Shapes((arch,), mixed(inks.middle, inks.far, 0.45)),
        Shapes((inner,), mixed(mixed(inks.middle, inks.far, 0.22), inks.light, 0.1)),
    ]


def _sorted(scene: Scene) -> tuple[list[str], list[Thing | str]]:
    """What stands, and what lies: of the words, filled up to a picture."""
    things = scene.reading.of("table")
    standing = [thing.name for thing in things if thing.name in _ROOM]
    fruits: list[Thing | str] = [thing for thing in things if thing.name in FRUIT]
    chances, dice = scene.wording, scene.dice
    plain = not standing and not fruits
    if not fruits and (plain or "bowl" in standing or any(thing.name == "fruit" for thing in things)):
        fruits = [dice.pick("fruit", _FRUITS), dice.pick("fruit.2", ("pear", "orange", "apple", "grape"))]
    if plain or (fruits and not standing and chances.chance("in a bowl", 0.55)):
        standing.append("bowl")
    if scene.reading.of("flower") and "jug" not in standing:
        standing.append("jug")
    most = max(2 if dice.chance("still.few", 0.45) else 3, len(standing))
    first = dice.whole("usual", 0, len(_USUAL) - 1)
    for step in range(len(_USUAL)):
        name = _USUAL[(first + step) % len(_USUAL)]
        if len(standing) < most and name not in standing and not scene.has("wide") and not scene.has("close"):
            standing.append(name)
    return standing[:6], fruits


def _row(scene: Scene, frame: Frame, names: list[str], fruits: list[Thing | str], base: float) -> list[Plate]:
    """Things side by side, the tallest off the middle."""
    dice = scene.dice
    tall = sorted(names, key=lambda name: -_SIZES[name] * (1.4 if name in {"bottle", "jug"} else 1.0))
    row: list[str] = []
    for index, name in enumerate(tall):
        row = [*row, name] if (index % 2) ^ dice.chance("still.side", 0.5) else [name, *row]
    if "bowl" in row and len(row) > 2:  # noqa: PLR2004 - a bowl of fruit is what one looks at
        row.remove("bowl")
        row.insert(len(row) // 2, "bowl")
    total = sum(_ROOM[name] * _SIZES[name] for name in row) + 0.1 * (len(row) - 1)
    size = min(frame.wide * 0.88 / total, 0.62 * frame.high, 0.86)
    x = frame.wide / 2 - total * size / 2
    made: list[Plate] = []
    for index, name in enumerate(row):
        own = _SIZES[name] * size
        wide = _ROOM[name] * own
        y = base + (0.035 if name in {"cup", "bowl", "bread", "skull", "glass"} else 0.0) + 0.012 * (index % 2)
        made.append(tableware.shadow(scene, x + wide / 2, y, wide * 0.62))
        if name == "bowl":
            made += _heap(scene, fruits, x + wide / 2, y, own)
        if name == "jug":
            made += _sprigs(scene, x + wide / 2, y, own)
        made += tableware.MAKERS[name](scene, scene.reading.named(name), x + wide / 2, y, own)
        x += wide + 0.1 * size
    return made


def _of(fruits: list[Thing | str], index: int) -> tuple[str, Thing | None]:
    one = fruits[index % len(fruits)]
    return (one, None) if isinstance(one, str) else (one.name, one)


def _heap(scene: Scene, fruits: list[Thing | str], x: float, y: float, size: float) -> list[Plate]:
    """Fruit in a bowl, before its front is drawn."""
    if not fruits:
        return []
    dice = scene.dice
    made: list[Plate] = []
    radius = size * 0.17
    spots = ((-0.24, 0.5), (0.24, 0.5), (0.0, 0.56), (-0.37, 0.26), (0.37, 0.26), (-0.13, 0.3), (0.14, 0.3))
    for index, (across, up) in enumerate(spots):
        name, thing = _of(fruits, index)
        at = (x + across * size + dice.between("heap", -0.01, 0.01, index), y - up * size + radius * 0.3)
        made += fruit(scene, name, thing, *at, radius * dice.between("heap.r", 0.92, 1.08, index), index)
    return made


def _sprigs(scene: Scene, x: float, y: float, size: float) -> list[Plate]:
    """Flowers where they were said, else twigs."""
    flowers = scene.reading.of("flower")
    made: list[Plate] = []
    count = 5 if flowers else 3
    if not flowers and scene.dice.chance("bare jug", 0.4):
        return made
    for index in range(count):
        share = (index - (count - 1) / 2) / (count / 2)
        tip = (x + share * size * 0.5, y - size * (1.7 - 0.3 * abs(share)) - size * 0.1 * (index % 2))
        made += blooms.stem(
            scene, (x + share * size * 0.1, y - size), tip, size * 0.016, index + 90, leaves=2 if flowers else 5
        )
        if flowers:
            made += blooms.bloom(scene, flowers[index % len(flowers)], index, tip, size * 0.2)
    return made


def _loose(scene: Scene, frame: Frame, fruits: list[Thing | str], base: float, bowled: bool) -> list[Plate]:
    """Fruit on the table itself."""
    dice = scene.dice
    made: list[Plate] = []
    if not fruits:
        return made
    said = [one.count for one in fruits if not isinstance(one, str) and one.count is not None]
    count = min(9, sum(said)) if said else (2 if bowled else dice.whole("loose", 3, 4))
    radius = 0.062 * min(1.0, frame.wide) * (1.25 if scene.has("close") else 1.0)
    start = frame.wide * dice.between("loose.x", 0.2, 0.5)
    for index in range(count):
        name, thing = _of(fruits, index)
        x = start + (index - count * 0.2) * radius * 2.05
        y = base + 0.075 + 0.03 * ((index * 2) % 3)
        made.append(tableware.shadow(scene, x, y, radius * 1.4))
        made += fruit(scene, name, thing, x, y, radius * dice.between("loose.r", 0.9, 1.1, index), index)
    return made
