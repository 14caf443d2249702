"""People as silhouettes: heads in profile, and figures seen from afar."""

from daygen.providers.local.colour import Ink, mixed
from daygen.providers.local.curves import limb, outline, put, turned
from daygen.providers.local.dice import Floats
from daygen.providers.local.plates import Plate, Shapes
from daygen.providers.local.scene import Scene
from daygen.providers.local.shapes import oval

# A head in profile to the right, with its neck and shoulders, in hundredths: the chin near y 40, the crown near 100.
_BACK = "-14,48 -20,54 -25,64 -26,76 -22,89 -12,98 2,101 14,97 21,89"
_FACES = {
    "woman": """
        23.5,82 22.6,77.5! 25,73 29.4,66.4 27,64.4! 25.6,62.6! 28.4,60.4 26.2,58 28,55.2 25.2,53! 25.6,49.6
        22.6,45.6 17,44 10,45.4! 6.6,40 6.4,32
    """,
    "man": """
        24.5,83 24.6,78.6! 27.4,73 32.2,66 29.4,63.6! 27,62! 29.2,59.6 27.4,57.4 29,54.8 26.6,52.4! 28.4,48.6
        26,43 19,41.4 10,44! 7.6,38 8.4,30
    """,
    "child": """
        23,84 22,79! 25.4,73 27.4,68.6 25,66.6! 23.6,65! 26,62.8 24.2,60.8 25.6,58.2 23.4,56.4! 24.4,52.6
        20.4,48.6 14,47.6 8,49! 5,43 5,36
    """,
}
_SHOULDERS = {
    "woman": "10,26 22,21 36,15 44,2 46,-14! -52,-14! -48,4 -38,17 -22,24 -12,31 -9,40",
    "man": "14,25 30,20 46,12 54,-2 56,-14! -60,-14! -57,2 -46,15 -26,23 -14,30 -11,40",
    "child": "8,30 18,25 30,18 36,4 38,-14! -44,-14! -40,6 -30,20 -16,27 -10,34 -8,42",
}


def profile(kind: str) -> Floats:
    """The outline of a head, its neck and shoulders: `woman`, `man` or `child`."""
    return outline(" ".join(f"{_BACK} {_FACES[kind]} {_SHOULDERS[kind]}".split()))


_HAIR: dict[str, tuple[str, ...]] = {
    "bun": (
        "22,88 23,82! 15,84 8,80 4,72 -2,66 -8,58 -14,50! -20,52 -27,62 -29,76 -25,91 -13,101 3,104 16,99",
        "-30,104 -20,108 -14,101 -17,91 -27,88 -36,93 -37,101",
    ),
    "long": (
        """
            23,88 24,81! 14,84 8,78 5,66 4,52 -2,40 -2,24 -10,8 -8,-6! -36,-4! -42,12 -36,30 -33,46 -32,62 -31,78
            -26,93 -13,103 3,105 17,99
        """,
    ),
    "curls": (
        """
            24,84! 17,80 12,82 8,74 6,66 -4,58 -12,50 -24,46 -36,50 -44,60 -48,74 -46,90 -38,104 -24,114 -6,118
            12,115 25,106 30,96 29,88
        """,
    ),
    "short": (
        """
            24,90 25,83! 17,85 11,80 8,72! 5,66! 3,70 -2,64 -8,56 -15,50! -21,54 -27,64 -28,78 -23,92 -12,101
            3,104.4 17,100
        """,
    ),
    "pony": (
        "23,88 24,82! 15,84 8,80 4,72 -2,66 -10,60 -18,58! -25,64 -29,77 -25,91 -13,101 3,104 16,99",
        "-24,84! -34,92 -46,88 -52,74 -52,56 -46,40 -50,30! -40,38 -38,54 -38,66 -32,72 -26,70!",
    ),
    "beard": ("27,54! 27,60 20,61 13,64 8,68! 4,66 4,58 8,46 14,38 20,30 26,26 30,32 31,42 29.6,50!",),
}
_WORN: dict[str, tuple[str, ...]] = {
    "crown": ("-22,92! -27,118! -15,106! -10,124! -1,108! 8,126! 13,107! 24,119! 22,94! 0,99",),
    "top hat": ("-34,88! 36,94! 36,90! 26,88! 24,93 -22,88!", "-24,90! -27,126! 22,130! 22,92!"),
    "fedora": (
        "-44,84! -26,90 2,92 24,92 46,86! 40,83 24,84 0,84 -26,82",
        "-26,88! -25,104 -17,113 -6,110 4,114 16,109 22,98 24,91!",
    ),
}


def head(name: str) -> tuple[str, ...]:
    """Which hair and head-dress a person known by a name has."""
    return {
        "queen": ("bun", "crown"),
        "king": ("short", "beard", "crown"),
        "woman": ("bun",),
        "man": ("short",),
    }.get(name, ("short",))


def hair_of(style: str) -> tuple[Floats, ...]:
    """The outlines of a style of hair, or of something worn on the head."""
    return tuple(outline(" ".join(text.split())) for text in (_HAIR | _WORN)[style])


# Figures from afar, standing on y 0, 100 high, seen from behind or from the side.
_FIGURES: dict[str, dict[str, str]] = {
    "man": {
        "body_limbs": """
            0,90,2.4 0,80,4; -5,80,4.4 0,78,6 5,80,4.4; 0,76,8 0,60,8.4 0,44,8;
            -4,42,5 -4.6,24,3.8 -4.6,6,2.8 -5.4,2,3; 4,42,5 4.8,24,3.8 5,6,2.8 6.2,2,3;
            -8.6,77,3.6 -12,64,2.8 -13,52,2.4 -12,44,2.2; 8.6,77,3.6 12,64,2.8 13,52,2.4 12,44,2.2
        """,
        "body_outlines": """
            -8.6,74! -9.6,50 -10.4,34! 10.4,34! 9.6,50 8.6,74!; -4.4,98 0,101 4.4,98 5,93 3.6,88 0,86 -3.6,88 -5,93
        """,
    },
    "woman": {
        "body_limbs": """
            0,90,1.8 0,80,3; -4,79,3 0,77,5 4,79,3; 0,74,5.6 0,62,4.8; -2.6,20,2.4 -2.6,6,1.7 -3,1.8,2.2;
            3,20,2.4 3,6,1.7 3.6,1.8,2.2; -6.4,76.6,2.6 -9.6,64,2 -11,52,1.6 -10,46,1.5;
            6.4,76.6,2.6 9.6,64,2 11,52,1.6 10,46,1.5
        """,
        "body_outlines": """
            -5,70! -4.8,60 -9,40 -14,16! 0,14 14,16! 9,40 4.8,60 5,70!;
            -4.2,97 0,100 4.2,97 4.8,92.6 3.4,88 0,86 -3.4,88 -4.8,92.6; -3,99 -4.6,103.6 0,105 3,102.4 2,99
        """,
    },
    "child": {
        "body_limbs": """
            0,78,3 0,66,4; 0,64,8 0,48,8.6; -4.6,42,4.6 -4.8,18,3.6 -5.4,3,3.4; 4.6,42,4.6 4.8,18,3.6 6,3,3.4;
            -8,66,3.4 -13,54,2.8 -13,46,2.4; 8,66,3.4 14,58,2.8 20,54,2.4
        """,
        "body_outlines": "-8,96 0,101 8,96 9,88 6,79 0,76 -6,79 -9,88; -9.6,62! -13,36! 13,36! 9.6,62!",
    },
    "walker": {
        "body_limbs": """
            1,90,2.4 0,80,4; 0,78,7 -0.6,60,8.2 -1,46,7.6; 1,44,5.6 6,26,3.8 7,9,2.7 11,2.2,2.5;
            -2,44,5.6 -6,28,3.8 -14,13,2.6 -16,5.4,2.4; 4,76,3.4 10,62,2.7 16,53,2.3; -3,76,3.4 -9,62,2.7 -9,50,2.2
        """,
        "body_outlines": """
            -8,74! -10.4,44 -11,32! 9,32! 9,54 8,74!; -3,98.6 1.4,101 6,98 6.6,92.6 4.6,88 1,86.4 -2.4,88 -3.8,93
        """,
    },
    "umbrella": {
        "body_limbs": "11,52,1 11,118,.9",
        "body_outlines": """
            -22,106! -16,124 2,134 12,136 22,134 40,124 46,106! 38,110 30,106! 21,110 11,106! 2,110 -6,106! -14,110
        """,
    },
    "astronaut": {
        "body_limbs": """
            0,74,15 0,60,16.4 0,44,14; -8,40,8.4 -9,22,7.4 -9,6,6.6 -7,4,6; 8,40,8.4 10,22,7.4 11,6,6.6 14,4,6;
            -15,68,6.6 -24,54,5.8 -26,42,5; 15,68,6.6 24,58,5.8 32,66,5
        """,
        "mark_limbs": "-13,10,1 -5,10,1; 6,10,1 15,10,1; -6,54,2.4 6,54,2.4",
    },
}  # fmt: skip


def _parts(kind: str, part: str) -> list[Floats]:
    """The limbs and outlines of a figure, in its own height."""
    own = _FIGURES[kind]
    made = [limb(" ".join(one.split())) for one in own.get(f"{part}_limbs", "").split(";") if one.strip()]
    return made + [outline(" ".join(one.split())) for one in own.get(f"{part}_outlines", "").split(";") if one.strip()]


def figure(
    scene: Scene, kind: str, at: tuple[float, float], size: float, *, turns: float = 0.0, mirrored: bool = False,
    ink: Ink | None = None,
) -> list[Plate]:  # fmt: skip
    """A whole person, `size` high, standing at a point."""
    inks = scene.palette
    parts = _parts(kind, "body")

    def placed(polygons: list[Floats]) -> tuple[Floats, ...]:
        made = [put(polygon, *at, size, mirrored=mirrored) for polygon in polygons]
        return tuple(turned(one, *at, turns) for one in made) if turns else tuple(made)

    own = ink if ink is not None else inks.near
    if kind != "astronaut":
        return [Shapes(placed(parts), own, 0.95)]
    suit = mixed(inks.light, inks.far, 0.14)
    shade = mixed(suit, inks.near, 0.5)
    pack = outline("-19,76! -19,46! 19,46! 19,76!")
    marks = _parts(kind, "mark")
    helmet, visor = oval(0.0, 0.87, 0.155, 0.155, 60), oval(0.02, 0.87, 0.11, 0.095, 60)
    gleam = oval(-0.02, 0.9, 0.03, 0.018, 30)
    return [
        Shapes(placed([pack]), shade, 0.95),
        Shapes(placed([*parts, helmet]), suit, 0.95, foot=(shade, at[1] - size * 0.7, at[1] + size * 0.2)),
        Shapes(placed(marks), mixed(inks.glow, (210, 80, 50), 0.4), 0.95),
        Shapes(placed([visor]), mixed(inks.near, inks.far, 0.25), 0.95),
        Shapes(placed([gleam]), mixed(inks.light, inks.glow, 0.4), 0.95, light=True),
    ]
