"""Colours as the eye orders them (OKLab), and what makes a palette of inks."""

import math
from dataclasses import dataclass, replace

from daygen.providers.local.dice import Dice

Ink = tuple[int, int, int]
_Lab = tuple[float, float, float]


def ink(text: str) -> Ink:
    """Read `F2B880`."""
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def _linear(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB's own knee


def _encoded(value: float) -> int:
    value = min(max(value, 0.0), 1.0)
    share = value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055  # noqa: PLR2004
    return round(round(share * 255, 4))


def lab(colour: Ink) -> _Lab:
    """OKLab of an sRGB colour (Ottosson 2020): lightness 0 to 1, then green-red and blue-yellow."""
    red, green, blue = (_linear(part) for part in colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def of_lab(value: _Lab) -> Ink:
    """The sRGB colour, clipped to what a screen can show."""
    lightness, a, b = value
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _encoded(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
        _encoded(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
        _encoded(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
    )


def mixed(first: Ink, second: Ink, share: float) -> Ink:
    """`share` of the way from the first to the second, as the eye sees it."""
    share = min(max(share, 0.0), 1.0)
    one, two = lab(first), lab(second)
    return of_lab(
        (
            one[0] + (two[0] - one[0]) * share,
            one[1] + (two[1] - one[1]) * share,
            one[2] + (two[2] - one[2]) * share,
        )
    )


def lighter(colour: Ink, by: float) -> Ink:
    """Lightness moved by -1 to 1."""
    lightness, a, b = lab(colour)
    return of_lab((min(max(lightness + by, 0.02), 0.99), a, b))


def toned(colour: Ink, chroma: float) -> Ink:
    """Colourfulness multiplied."""
    lightness, a, b = lab(colour)
    return of_lab((lightness, a * chroma, b * chroma))


def turned(colour: Ink, degrees: float) -> Ink:
    """Hue moved around the circle."""
    lightness, a, b = lab(colour)
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return of_lab((lightness, a * cosine - b * sine, a * sine + b * cosine))


def hued(colour: Ink, hue: float, share: float, least: float = 0.0) -> Ink:
    """Pull a hue (degrees) a share of the way to another, keeping lightness; the chroma becomes at least `least`."""
    lightness, a, b = lab(colour)
    chroma = max(math.hypot(a, b), least)
    goal = (chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue)))
    a, b = a + (goal[0] - a) * share, b + (goal[1] - b) * share
    return of_lab((lightness, a, b))


@dataclass(frozen=True, slots=True)
class Palette:
    """The inks of one picture: a sky of three, its light, the land from far to near, and what glows in it."""

    top: Ink
    middle: Ink
    low: Ink
    light: Ink
    far: Ink
    near: Ink
    glow: Ink
    night: bool = False

    def land(self, depth: float) -> Ink:
        """The land's ink at a depth from 0 (the farthest range) to 1 (at our feet)."""
        return mixed(self.far, self.near, depth)

    @property
    def paper(self) -> Ink:
        """What shows where no ink is."""
        return mixed(self.light, (250, 246, 236), 0.6)

    def recoloured(self, land: "Hue | None", sky: "Hue | None", chroma: float) -> "Palette":
        """The same light, in the colours that were asked for."""
        made = self
        if land is not None:
            made = replace(
                made,
                far=dyed(made.far, land, 1.0),
                near=dyed(made.near, land, 0.75),
                top=dyed(made.top, land, 0.35),
                middle=dyed(made.middle, land, 0.45),
                low=dyed(made.low, land, 0.55),
            )
            if land.chroma == 0.0:
                names = ("glow", "top", "middle", "low", "far", "near")
                made = replace(made, **{name: dyed(getattr(made, name), land, 0.85) for name in names})
        if sky is not None:
            made = replace(
                made, top=dyed(made.top, sky, 1.0), middle=dyed(made.middle, sky, 0.95), low=dyed(made.low, sky, 0.8)
            )
        if chroma != 1.0:
            made = replace(
                made,
                **{
                    name: toned(getattr(made, name), chroma) for name in ("top", "middle", "low", "far", "near", "glow")
                },
            )
        return made

    def veiled(self) -> "Palette":
        """The same colours seen through fog: paler and nearer to each other, but the same colours."""
        air = mixed(mixed(self.low, self.light, 0.35), (226, 224, 220), 0.25)
        if self.night:
            air = mixed(self.low, self.middle, 0.4)
        return replace(
            self,
            top=toned(mixed(self.top, air, 0.5), 0.8),
            middle=toned(mixed(self.middle, air, 0.5), 0.8),
            low=toned(mixed(self.low, air, 0.45), 0.8),
            far=toned(mixed(self.far, air, 0.22), 0.9),
        )

    def at_sea(self, hue: "Hue") -> "Palette":
        """The same light over water of a hue."""
        return replace(self, far=dyed(self.far, hue, 0.85), near=dyed(self.near, hue, 0.7))

    def jittered(self, dice: Dice) -> "Palette":
        """A printmaker never mixes the same ink twice."""
        turn = dice.between("palette.turn", -9, 9)
        lift = dice.between("palette.lift", -0.015, 0.015)
        return replace(
            self,
            **{
                name: lighter(turned(getattr(self, name), turn + dice.between(f"palette.{name}", -4, 4)), lift)
                for name in ("top", "middle", "low", "far", "near")
            },
        )


@dataclass(frozen=True, slots=True)
class Hue:
    """A colour word: hue in degrees of OKLab, chroma it wants at least, a shift of lightness."""

    degrees: float
    chroma: float
    lift: float = 0.0


def dyed(colour: Ink, hue: Hue, share: float) -> Ink:
    """A share of the way to a colour word, as far as the lightness carries it."""
    lightness, a, b = lab(colour)
    if hue.chroma == 0.0:
        made = of_lab((lightness, a * (1 - share), b * (1 - share)))
    else:
        # The middle lightnesses carry colour best; near black and near white only a tint of it.
        room = max(0.25, 1.0 - abs(lightness - 0.6) * 1.6)
        made = hued(colour, hue.degrees, share, hue.chroma * room)
    return lighter(made, hue.lift * share)


HUES: dict[str, Hue] = {
    "red": Hue(25, 0.17), "crimson": Hue(18, 0.17), "scarlet": Hue(30, 0.18), "vermilion": Hue(35, 0.18),
    "burgundy": Hue(12, 0.12, -0.06), "maroon": Hue(18, 0.1, -0.06), "ruby": Hue(15, 0.17),
    "rust": Hue(42, 0.12, -0.03),
    "terracotta": Hue(42, 0.11), "copper": Hue(50, 0.1), "orange": Hue(58, 0.15), "amber": Hue(75, 0.14),
    "coral": Hue(32, 0.13, 0.03), "peach": Hue(55, 0.09, 0.05), "apricot": Hue(65, 0.1, 0.05), "gold": Hue(85, 0.12),
    "golden": Hue(82, 0.11), "yellow": Hue(100, 0.14, 0.06), "lemon": Hue(105, 0.14, 0.08), "mustard": Hue(88, 0.11),
    "ochre": Hue(75, 0.1), "sepia": Hue(70, 0.055), "brown": Hue(60, 0.07, -0.04), "sand": Hue(80, 0.06, 0.06),
    "beige": Hue(82, 0.035, 0.06), "cream": Hue(90, 0.04, 0.08), "green": Hue(148, 0.11), "lime": Hue(125, 0.15, 0.05),
    "olive": Hue(112, 0.08), "emerald": Hue(158, 0.12), "jade": Hue(165, 0.09), "sage": Hue(140, 0.045, 0.03),
    "moss": Hue(125, 0.08, -0.03), "mint": Hue(165, 0.07, 0.06), "teal": Hue(195, 0.09),
    "turquoise": Hue(192, 0.11, 0.03),
    "cyan": Hue(205, 0.12, 0.04), "aqua": Hue(200, 0.1, 0.04), "blue": Hue(255, 0.13), "azure": Hue(245, 0.12, 0.03),
    "cobalt": Hue(262, 0.16), "navy": Hue(262, 0.1, -0.08), "indigo": Hue(278, 0.13, -0.04), "sapphire": Hue(260, 0.15),
    "cerulean": Hue(235, 0.11), "ultramarine": Hue(266, 0.17), "violet": Hue(298, 0.14), "purple": Hue(305, 0.14),
    "lavender": Hue(295, 0.08, 0.05), "lilac": Hue(312, 0.08, 0.05), "mauve": Hue(325, 0.07),
    "plum": Hue(330, 0.09, -0.04),
    "magenta": Hue(340, 0.17), "fuchsia": Hue(338, 0.19), "pink": Hue(355, 0.12, 0.05), "rose": Hue(8, 0.12, 0.03),
    "blush": Hue(20, 0.06, 0.06), "salmon": Hue(30, 0.11, 0.04), "grey": Hue(0, 0), "gray": Hue(0, 0),
    "black": Hue(0, 0, -0.06), "white": Hue(0, 0, 0.08), "silver": Hue(250, 0.012, 0.04), "monochrome": Hue(0, 0),
    "charcoal": Hue(260, 0.012, -0.06), "slate": Hue(245, 0.03), "ivory": Hue(90, 0.03, 0.07),
}  # fmt: skip
