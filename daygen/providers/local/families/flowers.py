"""Flowers: in a vase, in a field, or rising from the foot of the page."""

from daygen.providers.local.colour import lighter, mixed
from daygen.providers.local.families import air, blooms, interior, landmarks, mountains, ranges, tableware, views
from daygen.providers.local.plates import Disc, Frame, Land, Light, Plate, Shapes, Sky
from daygen.providers.local.scene import Scene
from daygen.providers.local.shapes import oval
from daygen.providers.local.words import Thing

_FALLEN = 3


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """Where the words put them; else on the page, in a vase or in a field."""
    things = scene.reading.of("flower")
    if scene.has("vase") or scene.reading.place == "interior":
        return _in_a_vase(scene, frame, things)
    if scene.has("meadow") or scene.reading.place in {"mountains", "coast", "forest", "desert", "sea"}:
        return _field(scene, frame, things)
    layout = scene.wording.pick("flowers", ("page", "page", "vase", "field"))
    return {"page": _page, "vase": _in_a_vase, "field": _field}[layout](scene, frame, things)


def _kinds(things: tuple[Thing, ...], count: int) -> list[Thing | None]:
    """Which flower stands at each place: those that were said, in turn."""
    if not things:
        return [None] * count
    return [things[index % len(things)] for index in range(count)]


def _number(things: tuple[Thing, ...], usual: int) -> int:
    said = [thing.count for thing in things if thing.count is not None]
    return max(1, min(11, sum(said))) if said else usual


def _wall(scene: Scene, frame: Frame) -> list[Plate]:
    inks, dice = scene.palette, scene.dice
    light = Light(frame.wide * dice.between("wall.x", 0.3, 0.7), frame.high * 0.36, 0.2)
    return [Sky(inks.top, inks.middle, inks.low, frame.high, light, mixed(inks.low, inks.light, 0.5), 0.45)]


def _in_a_vase(scene: Scene, frame: Frame, things: tuple[Thing, ...]) -> list[Plate]:
    dice, inks = scene.dice, scene.palette
    table = frame.high * dice.between("vase.table", 0.76, 0.82)
    windowed = scene.reading.named("window") is not None or scene.reading.place is not None
    made = _wall(scene, frame)
    if windowed:
        reach = min(0.36, frame.wide * 0.4)
        place = (frame.wide * 0.5 - reach, frame.high * 0.06, frame.wide * 0.5 + reach, table - 0.05)
        made = interior.window(scene, frame, place, interior.wall_ink(scene))
    elif dice.chance("vase.disc", 0.5):
        made.append(
            Disc(Light(frame.wide * 0.5, frame.high * 0.38, 0.3), mixed(inks.light, inks.middle, 0.25), inks.low, 0.35)
        )
    made += tableware.table(scene, frame, table)
    size = 0.3 * min(1.0, frame.wide * 1.1)
    x, foot = frame.wide * 0.5, table + 0.055
    neck = foot - size * 1.06
    count = _number(things, dice.whole("vase.count", 5, 8))
    kinds = _kinds(things, count)
    heads: list[Plate] = []
    reach = min(0.3, frame.wide * 0.34)
    for index in range(count):
        share = (index - (count - 1) / 2) / max((count - 1) / 2, 1)
        inward = 1 if index % 2 else 0
        tip_x = x + share * reach + dice.between("vase.x", -0.02, 0.02, index)
        tall = (neck - frame.high * 0.12) * (1.0 - 0.34 * share * share) * (0.62 if inward else 0.9)
        tip = (tip_x, neck - tall * dice.between("vase.y", 0.85, 1.0, index))
        made += blooms.stem(scene, (x + share * size * 0.14, neck + size * 0.2), tip, 0.006, index, leaves=2)
        radius = min(0.105, 0.4 / count**0.62) * dice.between("vase.r", 0.85, 1.1, index) * min(1.0, frame.wide * 1.1)
        heads += blooms.bloom(scene, kinds[index], index, tip, radius)
    made += heads
    made += tableware.jug(scene, scene.reading.named("jug"), x, foot, size)
    if dice.chance("fallen", 0.6) and things:
        for index in range(_FALLEN):
            at = (x + (0.2 + 0.07 * index) * (1 if index % 2 else -1), table + 0.075 + 0.012 * index)
            petal = oval(*at, 0.022, 0.009, 20)
            kind = things[0].name if things[0].name != "flower" else "rose"
            made.append(Shapes((petal,), blooms.ink_of(scene, things[0], kind, index)))
    return made


def _field(scene: Scene, frame: Frame, things: tuple[Thing, ...]) -> list[Plate]:
    """Rows of blooms to the hills; the nearest large enough to be known."""
    dice, inks = scene.dice, scene.palette
    horizon = frame.high * dice.between("field.horizon", 0.42, 0.5)
    light = air.light_of(scene, frame, horizon - 0.02)
    place = scene.reading.place
    if place in {"coast", "sea"}:
        made = views.VIEWS[place](scene, frame)
    else:
        made = air.sky(scene, frame, horizon, light)
        form = ranges.peaks if place == "mountains" and mountains.kind_of(scene) == "peaks" else ranges.hills
        for row in range(2):
            ink = mixed(inks.land(0.1 + 0.15 * row), inks.low, 0.3)
            edge = ranges.profile_of(dice, form, f"field.far.{row}", horizon + 0.04 + 0.04 * row, 0.2 - 0.06 * row, 0.0)
            made.append(Land(f"field.far.{row}", edge, ink, air.haze(scene, ink, 0.2 * row), 0.14, 0.2 * row))
    if scene.has("windmill"):
        x = frame.wide * dice.pick("landmark.x", (0.32, 0.66))
        made += landmarks.windmill(scene, x, horizon + 0.09, 0.34)
    green = scene.lit((104, 138, 84))
    rows = 5
    for row in range(rows):
        near = (row + 0.5) / rows
        base = horizon + 0.06 + (frame.high * 0.94 - horizon) * near**1.5 * 0.9
        edge = ranges.profile_of(dice, ranges.hills, f"field.{row}", base, 0.05 * (1 - 0.5 * near), 0.3)
        ink = mixed(mixed(green, inks.low, 0.4 * (1 - near)), inks.near, 0.12 + 0.3 * near)
        made.append(Land(f"field.{row}", edge, ink, lighter(ink, -0.04), 0.2, near))
        for number, thing in enumerate(_kinds(things, max(1, min(len(things), 3)) if things else 3)):
            kind = thing.name if thing is not None else ("poppy", "daisy", "cornflower")[number]
            colour = blooms.ink_of(scene, thing, kind, number + row % 2)
            parts = blooms.dots(
                scene,
                edge,
                frame.wide,
                0.0042 + 0.0085 * near**1.4,
                f"field.{row}.{number}",
                int(110 * frame.wide * (1.15 - 0.5 * near)),
            )
            made.append(Shapes(tuple(parts), mixed(colour, inks.low, 0.3 * (1 - near)), near))
    return made + _foreground(scene, frame, things, 0.34)


def _foreground(scene: Scene, frame: Frame, things: tuple[Thing, ...], tall: float) -> list[Plate]:
    dice = scene.dice
    made: list[Plate] = []
    count = max(4, int(7 * frame.wide))
    kinds = _kinds(things, count)
    for index in range(count):
        x = frame.wide * (index + dice.between("front.x", 0.2, 0.8, index)) / count
        away = abs(x / frame.wide - 0.5) * 2
        high = tall * (0.45 + 0.6 * away) * dice.between("front.h", 0.75, 1.1, index)
        tip = (x + dice.between("front.l", -0.03, 0.03, index), frame.high - high)
        radius = 0.05 * dice.between("front.r", 0.8, 1.2, index) * (1.3 if scene.has("close") else 1.0)
        made += blooms.stem(scene, (x, frame.high + 0.05), tip, 0.005, index + 40, leaves=2)
        made += blooms.bloom(scene, kinds[index], index, tip, radius)
    return made


def _page(scene: Scene, frame: Frame, things: tuple[Thing, ...]) -> list[Plate]:
    """As in a herbal: stems from below, large blooms, a disc of light behind them."""
    dice, inks = scene.dice, scene.palette
    made = _wall(scene, frame)
    if inks.night:
        made = air.sky(scene, frame, frame.high * 0.95, Light(frame.wide * 0.5, frame.high * 0.36, 0.28))[:4]
    else:
        light = Light(frame.wide * dice.pick("page.x", (0.4, 0.5, 0.6)), frame.high * 0.4, 0.31)
        made.append(Disc(light, mixed(inks.light, inks.middle, 0.12), inks.low, 0.3))
    count = _number(things, dice.whole("page.count", 5, 7))
    kinds = _kinds(things, count)
    heads: list[Plate] = []
    order = [0] if count == 1 else list(range(count))
    for index in order:
        share = 0.5 if count == 1 else (index + 0.5) / count
        tip_x = frame.wide * (0.1 + 0.8 * share) + (0 if count == 1 else dice.between("page.tx", -0.03, 0.03, index))
        rise = dice.between("page.y", 0.0, 0.14, index) + (0.0, 0.3, 0.12)[index % 3] * (1 if count > 1 else 0.3)
        tip = (tip_x, frame.high * (0.24 + rise))
        radius = (0.24 if count == 1 else min(0.15, 0.62 / count)) * min(1.0, frame.wide * 1.05)
        radius *= dice.between("page.r", 0.88, 1.08, index) * (1.2 if scene.has("close") else 1.0)
        foot = (frame.wide * (0.3 + 0.4 * share), frame.high + 0.05)
        made += blooms.stem(scene, foot, tip, 0.007, index, leaves=4)
        heads += blooms.bloom(scene, kinds[index], index, tip, radius)
    return made + heads
