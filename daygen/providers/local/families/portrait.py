"""People: a head in profile, with a landscape behind or inside it, or a figure that stands in a place."""

from collections.abc import Callable

import numpy as np

from daygen.providers.local.colour import HUES, Ink, lab, lighter, mixed
from daygen.providers.local.curves import hole, limb, outline, put, ring
from daygen.providers.local.dice import Floats
from daygen.providers.local.families import air, places
from daygen.providers.local.people import figure, hair_of, head, profile
from daygen.providers.local.plates import Disc, Frame, Glow, Light, Plate, Shapes, Sky
from daygen.providers.local.scene import Scene, painted
from daygen.providers.local.shapes import disc, oval
from daygen.providers.local.words import Thing

_SKINS = ((246, 214, 186), (236, 192, 156), (206, 150, 112), (160, 104, 74), (112, 72, 54), (84, 54, 44))
_HAIRS = ((44, 32, 34), (72, 44, 32), (134, 82, 44), (196, 148, 84), (168, 74, 40))
Placed = Callable[..., tuple[Floats, ...]]
_ROYAL = frozenset(("queen", "king"))


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """A figure where a place is named and no portrait is asked for; else a head."""
    people = scene.reading.of("person")
    person = next((one for one in people if one.name != "person"), people[0])
    place = scene.reading.place
    close = scene.has("portrait") or scene.has("close") or scene.has("double")
    acting = scene.has("acting") or scene.has("umbrella")
    if (acting or place not in {None, "interior"}) and not close:
        return _standing(scene, frame, person)
    others = [one for one in people if one.name not in {"person", "astronaut"}]
    if len(others) > 1 or person.count == 2:  # noqa: PLR2004 - a pair
        return _pair(scene, frame, others or [person, person])
    if person.name == "astronaut":
        return _astronaut(scene, frame)
    inside = scene.has("double") or place not in {None, "interior"} or _thoughtful(scene)
    return _inside(scene, frame, person) if inside else _bust(scene, frame, person)


def _thoughtful(scene: Scene) -> bool:
    """Whether a head may be filled with a landscape, nothing in the words being about the head itself."""
    looks = any(scene.has(trait) for trait in ("curls", "hat", "beard", "long_hair", "bun"))
    return not looks and "silhouette" not in scene.reading.text and scene.wording.chance("inside", 0.14)


def _standing(scene: Scene, frame: Frame, person: Thing) -> list[Plate]:
    dice, inks = scene.dice, scene.palette
    made = places.backdrop(scene, frame, scene.reading.place)
    base = frame.high * dice.between("stand.y", 0.88, 0.91)
    ground, edge, ink = places.mound(scene, frame, base)
    made += ground
    count = min(6, person.count or (2 if "couple" in scene.reading.text or "lovers" in scene.reading.text else 1))
    middle = frame.wide * dice.between("stand.x", 0.38, 0.62)
    size = (
        0.44 if scene.has("close") else 0.22 if scene.has("wide") else 0.4 if scene.reading.place is None else 0.32
    ) * min(1.2, frame.high)
    own = ink if lab(ink)[0] < 0.5 else inks.near  # noqa: PLR2004 - on snow a figure is dark
    for index in range(count):
        x = middle + (index - (count - 1) / 2) * size * dice.between("stand.gap", 0.36, 0.5, index)
        foot = float(edge(np.array([x]))[0]) + 0.008
        kind = _figure_of(scene, person, index)
        high = size * (0.66 if kind == "child" else dice.between("stand.h", 0.94, 1.04, index))
        made += figure(
            scene, kind, (x, foot), high, mirrored=dice.chance("stand.side", 0.5, index), ink=lighter(own, -0.02)
        )
        if scene.has("umbrella") or (scene.weather("rain") and index == 0):
            made += figure(scene, "umbrella", (x + size * 0.02, foot), high * 0.96, ink=_umbrella_ink(scene, own))
    return made


def _umbrella_ink(scene: Scene, own: Ink) -> Ink:
    words = scene.reading.text.replace(",", " ").split()
    before = words[max(0, words.index("umbrella") - 2) : words.index("umbrella")] if "umbrella" in words else []
    return next((scene.lit(painted(word, own)) for word in before if word in HUES), lighter(own, -0.02))


def _figure_of(scene: Scene, person: Thing, index: int) -> str:
    text = scene.reading.text
    if person.name == "astronaut":
        return "astronaut"
    if any(word in text.split() for word in ("boy", "girl", "child", "kid", "children")):
        return "child"
    if any(word in text for word in ("walk", "wander", "hik", "pilgrim", "stroll")) and person.name not in {
        "queen",
        "woman",
    }:
        return "walker"
    if "couple" in text or "lovers" in text:
        return ("man", "woman")[index % 2]
    named = {"woman": "woman", "queen": "woman", "man": "man", "king": "man"}
    return named.get(person.name) or scene.wording.pick("figure", ("man", "woman", "walker"))


def _kind(scene: Scene, person: Thing) -> str:
    words = scene.reading.text.split()
    if any(word in words for word in ("boy", "child", "kid")):
        return "child"
    kinds = {"woman": "woman", "queen": "woman", "man": "man", "king": "man"}
    return kinds.get(person.name) or scene.wording.pick("who", ("woman", "man", "woman"))


def _styles(scene: Scene, person: Thing, kind: str) -> tuple[str, ...]:
    """What the words, or the dice, put on a head."""
    if person.name in _ROYAL:
        return head(person.name)
    if any(word in scene.reading.text for word in ("samurai", "geisha", "ballerina")):
        return ("bun",)
    worn = ("top hat",) if "top hat" in scene.reading.text else ("fedora",) if scene.has("hat") else ()
    for trait, style in (("curls", "curls"), ("bun", "bun"), ("long_hair", "long")):
        if scene.has(trait):
            return (style, *worn)
    if kind == "woman":
        return (scene.dice.pick("hair", ("bun", "long", "curls", "pony", "bun")), *worn)
    beard = ("beard",) if scene.has("beard") or (kind == "man" and scene.dice.chance("beard", 0.3)) else ()
    return ("short", *beard, *worn)


def _wall(scene: Scene, frame: Frame, y: float) -> list[Plate]:
    """A ground with a great light behind the head, a ring or rays."""
    dice, inks = scene.dice, scene.palette
    light = Light(frame.wide * 0.5, y, 0.34 * min(1.0, frame.wide))
    made: list[Plate] = [Sky(inks.top, inks.middle, inks.low, frame.high, light, mixed(inks.low, inks.light, 0.4), 0.4)]
    if inks.night:
        made += air.sky(scene, frame, frame.high * 0.9, light)[1:3]
    kind = dice.pick("halo", ("disc", "disc", "ring", "leaves"))
    if kind == "ring":
        rings = [ring(light.x, light.y, light.radius * (0.8 + 0.16 * step), 0.006) for step in range(4)]
        made.append(Shapes(tuple(rings), mixed(inks.light, inks.low, 0.2), 0.3, 0.85))
    made.append(
        Disc(Light(light.x, light.y, light.radius * (0.72 if kind == "ring" else 1.0)), inks.light, inks.low, 0.5)
    )
    if kind == "leaves":
        made += _leaves(scene, light)
    return made


def _leaves(scene: Scene, light: Light) -> list[Plate]:
    """Boughs to both sides of the head."""
    dice, inks = scene.dice, scene.palette
    parts: list[Floats] = []
    for side in (-1.0, 1.0):
        for step in range(11):
            key = step + (20 if side > 0 else 0)
            y = light.y + 0.5 - step * 0.062
            foot = light.x + side * (0.3 + 0.011 * step * (11 - step) * 0.5)
            out = side * dice.between("leaf.o", 0.05, 0.1, key)
            blade = outline("0,0! 22,16 60,20 100,0! 60,-14 22,-12")
            parts += [
                put(blade, foot, y, 0.13, mirrored=side * turn < 0) + np.array((out * 0.1, -0.02 * turn))
                for turn in (1.0, -0.45)
            ]
    return [Shapes(tuple(parts), mixed(inks.far, inks.near, 0.3), 0.5, 0.95)]


def _place_of(frame: Frame, kind: str) -> tuple[float, float, float]:
    """Where a head is put: x, the foot of the outline, and its size."""
    size = 0.74 * min(1.28, max(1.0, frame.high * 0.9)) * (0.9 if kind == "child" else 1.0)
    return frame.wide * 0.5, frame.high + size * 0.12, min(size, frame.high * 0.78)


def _bust(scene: Scene, frame: Frame, person: Thing) -> list[Plate]:
    kind = _kind(scene, person)
    spot = _place_of(frame, kind)
    return _wall(scene, frame, spot[1] - 0.78 * spot[2]) + _head(
        scene, person, kind, spot, 0, mirrored=scene.dice.chance("looks", 0.4)
    )


def _pair(scene: Scene, frame: Frame, people: list[Thing]) -> list[Plate]:
    """Two heads that look at each other."""
    _, low, tall = _place_of(frame, "man")
    made = _wall(scene, frame, low - 0.66 * tall)
    for index, person in enumerate((people * 2)[:2]):
        kind = _kind(scene, person)
        x, foot, size = _place_of(frame, kind)
        spot = (x + min(frame.wide, 1.1) * (0.26 if index else -0.26), foot, size * 0.74)
        made += _head(scene, person, kind, spot, index, mirrored=index > 0)
    return made


def _head(
    scene: Scene, person: Thing, kind: str, spot: tuple[float, float, float], number: int, *, mirrored: bool
) -> list[Plate]:
    """A head with hair, clothes and features, or all in shadow."""
    dice, inks = scene.dice, scene.palette
    x, foot, size = spot
    styles = _styles(scene, person, kind)
    shadow = inks.night or "silhouette" in scene.reading.text or dice.chance("shadow", 0.2)

    def at(*parts: Floats) -> tuple[Floats, ...]:
        return tuple(put(part, x, foot, size, mirrored=mirrored) for part in parts)

    skin, hair, cloth = _colours(scene, person, number, shadow=shadow)
    made: list[Plate] = []
    if styles[0] in {"long", "curls"}:  # what hangs behind the shoulders
        made.append(Shapes(at(*hair_of(styles[0])), mixed(hair, inks.near, 0.25)))
    neck = (mixed(skin, inks.near, 0.35), foot - size * 0.52, foot - size * 0.1)
    made.append(Shapes(at(profile(kind)), skin, foot=neck))
    if not shadow:
        made.append(Shapes(at(outline(_JAW)), mixed(skin, inks.near, 0.4), alpha=0.75))
    folds = (mixed(cloth, inks.near, 0.5), foot - size * 0.3, foot)
    made.append(Shapes(at(outline(_CLOTHES[kind])), cloth, foot=folds))
    gold, felt = mixed(inks.glow, (226, 172, 60), 0.5), mixed(inks.near, cloth, 0.3)
    own = {"crown": gold, "top hat": felt, "fedora": felt}
    made += [Shapes(at(*hair_of(style)), own.get(style, hair)) for style in styles]
    return made + ([] if shadow else _features(scene, at, kind, skin, styles))


def _colours(scene: Scene, person: Thing, number: int, *, shadow: bool) -> tuple[Ink, Ink, Ink]:
    """Of skin, hair and clothes."""
    dice, inks = scene.dice, scene.palette
    if shadow:
        return lighter(inks.near, 0.05), lighter(inks.near, -0.02), mixed(inks.far, inks.near, 0.85)
    skin = scene.lit(dice.pick("skin", _SKINS, number), 0.8)
    old = any(word in scene.reading.text.split() for word in ("old", "elderly", "grandmother", "grandfather", "wizard"))
    hair = scene.lit((206, 204, 204) if old else dice.pick("hair.ink", _HAIRS, number), 0.8)
    worn = painted(person.colours[0], inks.far) if person.colours else inks.far if not number else inks.glow
    return skin, hair, worn if person.colours else mixed(worn, inks.near, 0.3)


_JAW = "22,45.4! 15,43.6 9.6,45.4 4,51! 2.6,45 5.6,36! 7.2,40.6 11,42.6 17,43.2"
_CLOTHES = {
    "woman": "9,24! 22,20 36,14 44,2 46,-16! -54,-16! -50,4 -39,18 -24,25 -14,28! -8,22 2,19",
    "man": "12,28! 30,20 46,12 54,-2 58,-16! -62,-16! -58,2 -47,16 -28,24 -15,33! -8,27 4,24",
    "child": "8,26! 18,25 30,18 37,4 40,-16! -46,-16! -42,6 -31,20 -18,28 -11,30! -4,26 2,25",
}


def _features(scene: Scene, place: Placed, kind: str, skin: Ink, styles: tuple[str, ...]) -> list[Plate]:
    """An eye looking down, a brow, lips, an ear, a blush."""
    inks = scene.palette
    line = mixed(skin, (40, 26, 28), 0.8)
    eye = limb("17.6,70.6,.5 20.4,69.4,.7 23.4,70.4,.6")
    brow = limb("16.4,75.4,.6 20,77.2,.8 24,76,.5") if kind != "man" else limb("16.4,75,.8 20.4,76.6,1.1 25,75.6,.7")
    made: list[Plate] = [Shapes(place(eye, brow), line)]
    if "beard" not in styles:
        lips = outline("24.6,60.6! 28,60.2 26.6,58.2 27.6,55.6 24.4,56.6 21.6,58.4!")
        made.append(Shapes(place(lips), mixed(skin, (176, 44, 52), 0.62 if kind == "woman" else 0.32)))
    made.append(Shapes(place(oval(0.17, 0.625, 0.036, 0.027)), mixed(skin, (214, 92, 80), 0.4), alpha=0.55))
    if styles[0] in {"bun", "short", "pony"}:
        made.append(Shapes(place(outline("-2,71 1,74 4.4,72 4,67 .6,62.4 -1.4,65")), mixed(skin, inks.near, 0.16)))
    if kind == "woman" and styles[0] == "bun":
        made.append(Shapes(place(disc(0.006, 0.6, 0.016, 30)), mixed(inks.glow, inks.light, 0.3)))
    return made


def _inside(scene: Scene, frame: Frame, person: Thing) -> list[Plate]:
    """The place fills the head; around it nothing but paper."""
    dice, inks = scene.dice, scene.palette
    kind = _kind(scene, person)
    styles = [style for style in _styles(scene, person, kind) if style != "beard"]
    place = scene.reading.place or dice.pick("inner", ("mountains", "forest", "sea", "coast", "forest"))
    made = places.backdrop(scene, frame, place)
    x, foot, size = _place_of(frame, kind)
    mirrored = dice.chance("looks", 0.4)
    pale = lab(inks.top)[0] + lab(inks.middle)[0] > 1.5  # noqa: PLR2004 - a pale sky would be lost on pale paper
    paper = mixed(inks.far, inks.light, 0.3) if pale else mixed(inks.light, (250, 246, 236), 0.5)
    shape = put(profile(kind), x, foot, size, mirrored=mirrored)
    made.append(Shapes((hole((-0.2, -0.2, frame.wide + 0.2, frame.high + 0.2), [shape]),), paper))
    own = mixed(inks.light, inks.low, 0.3) if pale else mixed(inks.near, inks.far, 0.12)
    for style in styles:
        # Of the hair only what stands away from the head is drawn; the head itself is a window.
        parts = hair_of(style)[-1:] if style in _OUTSIDE else ()
        made.append(Shapes(tuple(put(part, x, foot, size, mirrored=mirrored) for part in parts), own))
    return made


_OUTSIDE = frozenset(("bun", "pony", "crown", "top hat", "fedora"))


def _astronaut(scene: Scene, frame: Frame) -> list[Plate]:
    """A helmet, and a world in its visor."""
    dice, inks = scene.dice, scene.palette
    made = (
        places.backdrop(scene, frame, "space")
        if inks.night or scene.reading.place
        else _wall(scene, frame, frame.high * 0.47)
    )
    size = 0.3 * min(1.0, frame.wide)
    x, y = frame.wide * 0.5, frame.high * 0.47
    suit = mixed(inks.light, inks.far, 0.1 if not inks.night else 0.24)
    shade = mixed(suit, inks.near, 0.45)
    red = mixed(inks.glow, (208, 74, 46), 0.5)
    body = outline("-26,0! 26,0! 40,-10 60,-16 78,-30 84,-56 86,-120! -86,-120! -84,-56 -78,-30 -60,-16 -40,-10")
    made.append(Shapes((put(body, x, y + size * 0.72, size * 1.3),), suit, foot=(shade, y + size * 0.9, frame.high)))
    made.append(Shapes((oval(x, y + size * 0.86, size * 0.72, size * 0.2, 80),), shade))
    badge = [put(outline("-46,-46! -22,-46! -22,-60! -46,-60!"), x, y + size * 0.72, size * 1.3)]
    made.append(Shapes(tuple(badge), red))
    made += [Shapes((disc(x, y, size),), suit, foot=(shade, y - size * 0.2, y + size * 1.1))]
    ears = [oval(x + side * size * 0.98, y, size * 0.12, size * 0.26) for side in (-1, 1)]
    made.append(Shapes(tuple(ears), red))
    visor = oval(x, y + size * 0.02, size * 0.78, size * 0.66, 120)
    glass = mixed(inks.near, inks.far, 0.18)
    made.append(Shapes((oval(x, y + size * 0.02, size * 0.84, size * 0.72, 120),), mixed(shade, inks.near, 0.4)))
    made.append(Shapes((visor,), glass, foot=(mixed(inks.far, inks.low, 0.35), y - size * 0.3, y + size * 0.8)))
    planet = disc(x + size * dice.between("visor.x", -0.3, 0.3), y - size * 0.12, size * 0.2)
    made.append(
        Shapes(
            (planet,),
            mixed(inks.glow, inks.light, 0.2),
            foot=(mixed(inks.glow, inks.near, 0.4), y - size * 0.2, y + size * 0.15),
        )
    )
    hills = outline("-70,-22! -50,-8 -30,-16 -8,-2 14,-14 40,-4 70,-24! 62,-40 40,-54 0,-62 -40,-54 -62,-40")
    made.append(Shapes((put(hills, x, y + size * 0.06, size),), mixed(inks.near, inks.far, 0.4), alpha=0.85))
    gleam = outline("-62,20! -52,40 -34,54! -40,40 -50,26")
    made.append(Shapes((put(gleam, x, y, size),), inks.light, alpha=0.8, light=True))
    return [*made, Glow(x, y, size * 1.1, inks.light, 0.05)]
