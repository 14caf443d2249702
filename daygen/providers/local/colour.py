"""Colours as the eye orders them (OKLab), and the palettes a printmaker would mix."""

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
                far=_dyed(made.far, land, 1.0),
                near=_dyed(made.near, land, 0.75),
                top=_dyed(made.top, land, 0.35),
                middle=_dyed(made.middle, land, 0.45),
                low=_dyed(made.low, land, 0.55),
            )
        if sky is not None:
            made = replace(
                made, top=_dyed(made.top, sky, 1.0), middle=_dyed(made.middle, sky, 0.95), low=_dyed(made.low, sky, 0.8)
            )
        if chroma != 1.0:
            made = replace(
                made,
                **{
                    name: toned(getattr(made, name), chroma) for name in ("top", "middle", "low", "far", "near", "glow")
                },
            )
        return made

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


def _dyed(colour: Ink, hue: Hue, share: float) -> Ink:
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


def _palette(inks: str, glow: str = "FFC871", *, night: bool = False) -> Palette:
    top, middle, low, light, far, near = (ink(part) for part in inks.split())
    return Palette(top, middle, low, light, far, near, ink(glow), night)


#                  top    middle low    light  far    near
PALETTES: dict[str, tuple[Palette, ...]] = {
    "dawn": (
        _palette("F1C9E2 DDB2D8 C79CCB FFF4DC 7F5EB2 261538"),
        _palette("F7DCC0 F4C3A6 EFA68D FFF5DF A5779A 2A2140"),
        _palette("C9D7E6 E9CFD0 F6BFA0 FFF6E2 7C86B0 1C2340"),
        _palette("F4E3C8 EFC9B8 D9A5B4 FFF8E6 866A9C 251B3A"),
    ),
    "blue": (
        _palette("E5E9F1 BCCBE0 95AFD1 FAF3DC 4A73A8 121D2E"),
        _palette("26436F 6384B4 E3BBA2 FFEBCB 3F5E92 0E1830"),
        _palette("16305A 3C639A 9DB8CF FFF3D6 31588C 0A1428"),
        _palette("A9BFDC 8FA9CF 7391BF FDF2D4 3C5E96 111A33"),
    ),
    "golden": (
        _palette("F3E7C0 E8D39A DBBB7A FFF7E2 A6854B 2B1E12"),
        _palette("F9D792 F6B96E EE9452 FFF3D4 B5633B 321610"),
        _palette("E9E3C8 F0D29A F0B263 FFF6DC 9A6B45 2A1A1A"),
        _palette("F6E3B4 F2C887 E39A5E FFF6DA 8F5F52 24151E"),
    ),
    "sunset": (
        _palette("F8C078 EF9A63 DE7157 FFF1D3 B23E4A 2B0F20"),
        _palette("3D2C5E A9517A F8A373 FFE4AC 6C3B70 160E29"),
        _palette("F3B48C E8837A C45C7C FFEFD2 7E3C6E 1E1030"),
        _palette("FBD08A F49B5B D8594A FFF3CF 8E3046 240C1C"),
    ),
    "dusk": (
        _palette("22486A 6F9D9C F1C692 FFF0CC 3F737C 0B1F28"),
        _palette("4B3D70 C57D8E F9CA9E FFF0D0 74527F 1B1230"),
        _palette("35477C 8E7BA8 F2AE9B FFEBCB 56558F 12132C"),
        _palette("6B5B8E D08A97 F8BE94 FFF2D6 85547E 20122E"),
    ),
    "day": (
        _palette("8EC2DC B8DCE5 E9F1E0 FFFCEC 76A6AC 1B3B39"),
        _palette("ECE9C8 CBD9B6 A5C4AA FFF9E4 629C88 15333A"),
        _palette("DCE9EE C6DCE4 A9C9D6 FFF9E6 5E8FA8 182F45"),
        _palette("F2E3B8 E9D9A6 CFCF98 FFF9E2 7E9E63 1E3326"),
        _palette("F6D9BF F2C6A4 E6A88C FFF6E0 C67A63 34222F"),
        _palette("A8D3D0 CFE3CF F4E6BF FFFBE8 5F9AA0 18323C"),
    ),
    "night": (
        _palette("0A1330 1B3262 4C6F9E FAF2D6 2C4A7C 060A19", night=True),
        _palette("071A25 0F3B49 3E7E80 F7F2DA 225A64 041015", night=True),
        _palette("150F2F 3B2559 8C4C79 FFF0D2 45316C 0B0818", night=True),
        _palette("101A2C 24395A 56708A F4EFDC 33506E 080D18", night=True),
    ),
    "fog": (
        _palette("EDEDEA D7D8D6 C1C3C4 FDF7E6 8D8F95 1A1B1E"),
        _palette("EFE7DB E1D5C6 D3C3B3 FFF7E6 A59687 2A2321"),
        _palette("E2EAE6 CBDAD5 B2C8C4 FBF7E6 7A9A98 17272B"),
    ),
    "storm": (
        _palette("3E4953 6D7B83 C9C4AA F4EBC8 56656B 13181D"),
        _palette("2F3548 5C6480 C5A99C F6E6C6 4A5270 10121F"),
        _palette("46524E 7C8C80 D2CBA4 F5EDCB 55685F 131B1A"),
    ),
    "winter": (
        _palette("D9E6EF E9EFF2 F7EEE5 FFFAEE 9CB4CA 20334A"),
        _palette("BCD0E3 DCE4EE F4DCD6 FFF8EA 8A9CC0 1D2744"),
        _palette("E6ECEE D3DFE5 BCD0DC FFF9EA 7E9DB4 182C40"),
    ),
    "autumn": (
        _palette("F4E2BB EFC78F E5A667 FFF7DF B9683D 2F1718"),
        _palette("EBDCC3 E6BE93 D4906A FFF5DD A2553C 2C1620"),
        _palette("CFDCDD EED9B0 EDB36B FFF8E2 B4643A 2B1A20"),
    ),
    "spring": (
        _palette("F0E8A6 D8D791 B6C27D FFFBE2 72A052 15301F"),
        _palette("F6DCE2 EFC6D0 CFC0C6 FFF8EA 8AA079 203328"),
        _palette("CFE6EC E2EFD8 F4EBC0 FFFCE8 86B07A 1A3830"),
    ),
    "desert": (
        _palette("F8DCAC F3BB83 E9955F FFF6DD C5653F 39151F"),
        _palette("F3E4C6 F0C9A0 E3A07C FFF8E4 B9705A 33191F"),
        _palette("9CC3C4 E5D3B0 F3B582 FFF8E2 C4714C 371A22"),
    ),
    "bloom": (
        _palette("F6DCE2 EFC6D0 CFC0C6 FFF8EA 8AA079 203328"),
        _palette("CFE6EC E2EFD8 F4EBC0 FFFCE8 86B07A 1A3830"),
        _palette("F1C9E2 DDB2D8 C79CCB FFF4DC 7F5EB2 261538"),
        _palette("A8D3D0 CFE3CF F4E6BF FFFBE8 5F9AA0 18323C"),
    ),
    "wet": (
        _palette("2F3548 5C6480 C5A99C F6E6C6 4A5270 10121F"),
        _palette("DCE9EE C6DCE4 A9C9D6 FFF9E6 5E8FA8 182F45"),
        _palette("22486A 6F9D9C F1C692 FFF0CC 3F737C 0B1F28"),
        _palette("E2EAE6 CBDAD5 B2C8C4 FBF7E6 7A9A98 17272B"),
    ),
    "tropic": (
        _palette("5DB9C6 9ED8CE F6E7B4 FFFBE2 2F8C93 0C3038"),
        _palette("F7C68A F59A82 D9709A FFF4D0 7A3F86 1D0F34"),
    ),
}
