"""What stands in a room: chairs, plants, lamps, shelves and the rest, each on the floor at a point."""

from collections.abc import Callable

from daygen.providers.local.colour import lighter, mixed
from daygen.providers.local.curves import leaf, outline, put, tube
from daygen.providers.local.dice import Floats
from daygen.providers.local.families.fittings import accent, clock, in_shade, pendant, picture, rug, shelf
from daygen.providers.local.plates import Glow, Plate, Shapes
from daygen.providers.local.scene import Scene
from daygen.providers.local.shapes import box, oval
from daygen.providers.local.words import Thing

Maker = Callable[[Scene, Thing | None, float, float, float], list[Plate]]
"""Draws a thing of a size (a chair is about 1 high) at x on the floor y."""


def _legs(x: float, y: float, size: float, spread: float, high: float) -> list[Floats]:
    return [
        tube(
            [
                (x + side * spread * size, y - high * size, 0.022 * size),
                (x + side * (spread + 0.05) * size, y, 0.014 * size),
            ]
        )
        for side in (-1, 1)
    ]


def chair(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """An armchair seen from the front, a little turned."""
    ink = scene.coat(thing, accent(scene, 0)) if thing is not None and thing.colours else accent(scene, 0)
    dark, wood = in_shade(ink, scene), scene.lit((96, 60, 40))
    back = outline("-34,30! -38,92 -30,102 0,105 30,102 38,92 34,30!")
    seat = outline("-36,44 -30,48 0,50 30,48 36,44 37,28 30,24! -30,24! -37,28")
    arms = [outline("-50,24! -52,58 -48,64 -38,64 -34,58 -33,24!"), outline("50,24! 52,58 48,64 38,64 34,58 33,24!")]
    tufts = [oval(x + at * 0.17 * size, y - 0.78 * size, 0.016 * size, 0.016 * size, 16) for at in (-1, 0, 1)]
    return [
        Shapes(tuple(_legs(x, y, size, 0.4, 0.28)), wood),
        Shapes((put(back, x, y, size),), mixed(ink, dark, 0.25), foot=(dark, y - size * 0.9, y - size * 0.3)),
        Shapes(tuple(tufts), dark),
        Shapes((put(seat, x, y, size),), lighter(ink, 0.03)),
        Shapes(tuple(put(arm, x, y, size) for arm in arms), ink, foot=(dark, y - size * 0.6, y - size * 0.1)),
    ]


def sofa(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """Two seats wide."""
    ink = scene.coat(thing, accent(scene, 1)) if thing is not None and thing.colours else accent(scene, 1)
    dark = in_shade(ink, scene)
    back = outline("-92,26! -94,82 -88,90 0,92 88,90 94,82 92,26!")
    seats = [outline("-84,42 -78,48 -8,48 -2,42 -2,26! -84,26!"), outline("84,42 78,48 8,48 2,42 2,26! 84,26!")]
    arms = [
        outline("-108,22! -110,56 -104,64 -92,62 -86,54 -86,22!"),
        outline("108,22! 110,56 104,64 92,62 86,54 86,22!"),
    ]
    pillow = outline("-70,46 -74,76 -44,80 -40,50")
    return [
        Shapes(tuple(_legs(x, y, size, 0.92, 0.24)), scene.lit((96, 60, 40))),
        Shapes((put(back, x, y, size),), mixed(ink, dark, 0.3)),
        Shapes((put(pillow, x, y, size),), accent(scene, 3)),
        Shapes(tuple(put(seat, x, y, size) for seat in seats), lighter(ink, 0.03)),
        Shapes(tuple(put(arm, x, y, size) for arm in arms), ink, foot=(dark, y - size * 0.6, y)),
    ]


def plant(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A pot with large leaves, or with blades."""
    dice = scene.dice
    green = scene.lit((72, 118, 82))
    pot = scene.coat(thing, (200, 108, 76)) if thing is not None else scene.lit((200, 108, 76))
    stems: list[Floats] = []
    back: list[Floats] = []
    front: list[Floats] = []
    key = int(x * 977) % 997
    kind = dice.pick("plant", ("broad", "blades", "broad"), key)
    top = y - 0.36 * size
    for index in range(11):
        side = (index - 5) / 5
        reach = size * dice.between("plant.l", 0.5, 0.95, key * 16 + index) * (1.12 - 0.4 * abs(side))
        tip = (x + side * size * 0.5, top - reach * (1.0 - 0.35 * abs(side)))
        if kind == "blades":
            (front if index % 2 else back).append(leaf(x + side * 0.08 * size, top, *tip, 0.07))
            continue
        stems.append(
            tube(
                [
                    (x, top, 0.012 * size),
                    (x + side * 0.16 * size, top - reach * 0.5, 0.008 * size),
                    (*tip, 0.005 * size),
                ]
            )
        )
        end = (tip[0] + side * 0.2 * size + 0.04 * size, tip[1] - 0.14 * size + abs(side) * 0.2 * size)
        (front if index % 2 else back).append(leaf(*tip, *end, 0.34))
    body = outline("-20,40! 20,40! 15,0! -15,0!")
    rim = outline("-23,42! 23,42! 22,34! -22,34!")
    return [
        Shapes(tuple(stems), in_shade(green, scene)),
        Shapes(tuple(back), in_shade(green, scene)),
        Shapes(tuple(front), green),
        Shapes((put(body, x, y, size),), pot, foot=(in_shade(pot, scene), y - 0.3 * size, y + 0.1 * size)),
        Shapes((put(rim, x, y, size),), lighter(pot, 0.03)),
    ]


def lamp(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A floor lamp; lit when the hour is late."""
    inks = scene.palette
    high = 1.65 * size
    shade = outline("-16,30! 16,30! 26,0! -26,0!")
    cloth = scene.coat(thing, inks.glow) if thing is not None and thing.colours else mixed(inks.glow, inks.light, 0.35)
    made: list[Plate] = [
        Shapes(
            (tube([(x, y, 0.012 * size), (x, y - high, 0.012 * size)]), oval(x, y, 0.18 * size, 0.025 * size)),
            inks.near,
        )
    ]
    if scene.dim:
        made.append(Glow(x, y - high, 0.75 * size + 0.12, inks.glow, 0.6))
    made.append(Shapes((put(shade, x, y - high, size),), cloth if scene.dim else scene.lit(cloth), light=scene.dim))
    return made


def desk(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A table with a cup, some books and a vase on it."""
    wood = scene.coat(thing, (134, 86, 56)) if thing is not None else scene.lit((134, 86, 56))
    top = y - 0.66 * size
    slab = box(x - 0.62 * size, top, x + 0.62 * size, top + 0.05 * size)
    legs = [
        tube([(x + at * 0.52 * size, top, 0.024 * size), (x + at * 0.56 * size, y, 0.016 * size)]) for at in (-1, 1)
    ]
    books = [
        box(
            x + (0.18 + 0.02 * step) * size,
            top - 0.045 * (step + 1) * size,
            x + (0.48 - 0.02 * step) * size,
            top - 0.045 * step * size,
        )
        for step in range(3)
    ]
    vase = put(outline("-7,0! -10,10 -4,18 -5,24! 5,24! 4,18 10,10 7,0!"), x - 0.3 * size, top, size)
    twigs = [
        leaf(x - 0.3 * size, top - 0.22 * size, x + (-0.3 + out) * size, top - (0.62 - abs(out) * 0.4) * size, 0.12)
        for out in (-0.2, -0.08, 0.06, 0.18)
    ]
    return [
        Shapes(tuple(legs), in_shade(wood, scene)),
        Shapes((slab,), wood),
        Shapes(tuple(twigs), scene.lit((84, 122, 88))),
        Shapes((vase,), accent(scene, 1)),
        *(Shapes((book,), accent(scene, step)) for step, book in enumerate(books)),
    ]


def bed(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A bed from its side."""
    cloth = scene.coat(thing, (206, 196, 176)) if thing is not None and thing.colours else accent(scene, 0)
    wood, linen = scene.lit((110, 70, 48)), scene.lit((244, 238, 226))
    board = outline("-104,0! -106,84 -98,90 -92,84 -92,0!")
    frame_ = box(x - 1.0 * size, y - 0.26 * size, x + 1.0 * size, y - 0.12 * size)
    cover = outline("-50,24! -52,44 -30,50 30,48 96,46 104,38 104,14! -50,16!")
    sheet = outline("-92,24! -92,42 -60,46 -40,44 -40,24!")
    pillow = outline("-90,42 -88,60 -72,64 -54,58 -52,44")
    return [
        Shapes((put(board, x, y, size), frame_), wood),
        Shapes(tuple(_legs(x, y, size, 0.9, 0.14)), in_shade(wood, scene)),
        Shapes(
            (put(sheet, x, y, size), put(pillow, x, y, size)), linen, foot=(in_shade(linen, scene), y - 0.6 * size, y)
        ),
        Shapes((put(cover, x, y, size),), cloth, foot=(in_shade(cloth, scene), y - 0.45 * size, y)),
    ]


def piano(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """An upright piano with its stool."""
    wood = scene.coat(thing, (52, 36, 36)) if thing is not None else scene.lit((52, 36, 36))
    body = box(x - 0.78 * size, y - 1.12 * size, x + 0.78 * size, y)
    lid = box(x - 0.83 * size, y - 1.16 * size, x + 0.83 * size, y - 1.1 * size)
    shelf_ = box(x - 0.78 * size, y - 0.6 * size, x + 0.78 * size, y - 0.5 * size)
    ivory = box(x - 0.7 * size, y - 0.655 * size, x + 0.7 * size, y - 0.6 * size)
    black = [
        box(x + left * size, y - 0.655 * size, x + (left + 0.025) * size, y - 0.622 * size)
        for left in (-0.66 + 0.06 * key for key in range(22) if key % 7 not in {2, 6})
    ]
    sheet = box(x - 0.16 * size, y - 1.0 * size, x + 0.16 * size, y - 0.7 * size)
    stool = [
        box(x - 0.24 * size, y - 0.36 * size, x + 0.24 * size, y - 0.28 * size),
        *_legs(x, y + 0.02, size, 0.17, 0.3),
    ]
    return [
        Shapes((body, lid), wood, foot=(in_shade(wood, scene), y - size, y)),
        Shapes((ivory, sheet), scene.lit((244, 236, 220))),
        Shapes((*black, shelf_), in_shade(wood, scene)),
        Shapes(tuple(stool), accent(scene, 2)),
    ]


def fireplace(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A hearth with a fire in it."""
    inks, dice = scene.palette, scene.dice
    stone = scene.coat(thing, (196, 184, 168)) if thing is not None else scene.lit((196, 184, 168))
    body = box(x - 0.62 * size, y - 0.98 * size, x + 0.62 * size, y)
    mantel = box(x - 0.74 * size, y - 1.06 * size, x + 0.74 * size, y - 0.97 * size)
    mouth = outline("-36,0! -36,46 -20,64 0,68 20,64 36,46 36,0!")
    flames = [
        leaf(
            x + at * 0.13 * size,
            y - 0.03 * size,
            x + (at * 0.1 + dice.between("flame", -0.05, 0.05, at + 4)) * size,
            y - (0.48 - 0.08 * abs(at)) * size,
            0.3,
        )
        for at in (-2, -1, 0, 1, 2)
    ]
    hot = [leaf(x + at * 0.12 * size, y - 0.03 * size, x + at * 0.1 * size, y - 0.28 * size, 0.26) for at in (-1, 0, 1)]
    return [
        Shapes((body, mantel), stone, foot=(in_shade(stone, scene), y - size, y + size * 0.3)),
        Shapes((put(mouth, x, y, size),), lighter(inks.near, -0.02)),
        Shapes(tuple(flames), mixed(inks.glow, (226, 92, 40), 0.55), light=True, moves="flicker"),
        Shapes(tuple(hot), mixed(inks.glow, inks.light, 0.5), light=True, moves="flicker"),
        Glow(x, y - 0.25 * size, 0.9 * size, inks.glow, 0.5 if scene.dim else 0.25),
    ]


MAKERS: dict[str, Maker] = {
    "chair": chair,
    "sofa": sofa,
    "plant": plant,
    "lamp": lamp,
    "shelf": shelf,
    "desk": desk,
    "bed": bed,
    "piano": piano,
    "fireplace": fireplace,
    "picture": picture,
    "clock": clock,
    "rug": rug,
    "pendant": pendant,
}
WIDTHS = {
    "sofa": 2.2,
    "bed": 2.2,
    "piano": 1.7,
    "desk": 1.35,
    "fireplace": 1.5,
    "shelf": 1.2,
    "chair": 1.1,
    "plant": 0.9,
    "lamp": 0.6,
}
