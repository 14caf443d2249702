"""The techniques there are, how people name them, and which of them chance gives to a family."""

from typing import Literal, get_args

from daygen.providers.local.dice import Dice
from daygen.providers.local.lexicon import lists

Technique = Literal[
    "auto", "screenprint", "linocut", "watercolour", "ink", "risograph", "pixel", "blueprint", "stained_glass"
]
TECHNIQUES: tuple[Technique, ...] = get_args(Technique)

_NAMES = lists(
    watercolour="""
        watercolour, watercolor, watercolour painting, watercolor painting, water colour, water color, aquarelle,
        watercolours, watercolors, gouache, watercolour wash, watercolor wash, wet on wet
    """,
    ink="""
        ink, ink drawing, ink wash, ink painting, ink wash painting, ink brush, india ink, indian ink, chinese ink,
        brush and ink, pen and ink, sumi-e, sumi, sumi e, sumi-e painting, brush painting, brush drawing, brushwork,
        calligraphy, chinese painting
    """,
    risograph="""
        risograph, riso, riso print, risograph print, risography, risographie, halftone, zine, duotone, overprint,
        misregistration, spot colour, spot color
    """,
    pixel="""
        pixel art, pixel, pixels, pixelated, pixelart, 8-bit, 8 bit, 8bit, 16-bit, 16 bit, 16bit, sprite, video game,
        retro game, arcade game, game boy, low res
    """,
    blueprint="""
        blueprint, blue print, blueprint drawing, cyanotype, technical drawing, engineering drawing, patent drawing,
        architectural drawing, construction drawing, schematic, line drawing, draughtsman
    """,
    stained_glass="""
        stained glass, stained-glass, stained glass window, stained-glass window, leaded glass, leadlight, glass window,
        church window, cathedral window, rose window, tiffany glass, tiffany lamp, vitrail
    """,
    linocut="""
        linocut, lino, linoprint, woodcut, woodblock, block print, engraving, etching, carved, relief print,
        black and white, wood engraving, scratchboard, lithograph, ukiyo-e, drypoint
    """,
    screenprint="""
        screen print, screenprint, screen-printed, silkscreen, serigraph, poster, grain, grainy, vector, flat,
        travel poster, gradient, separation
    """,
)
NAMED: dict[str, tuple[str, ...]] = {name.replace(" ", "_"): words for name, words in _NAMES.items()}

# How often of a hundred chance takes each, where no word and no order says: what suits the family, and most often the
# screen print, which suits all of them.
_BY_CHANCE: dict[str, dict[str, int]] = {
    "coast": {"watercolour": 22, "linocut": 13, "ink": 8, "risograph": 7, "stained_glass": 5, "pixel": 3},
    "sea": {"watercolour": 21, "linocut": 15, "ink": 9, "risograph": 6, "stained_glass": 6, "pixel": 2},
    "mountains": {"watercolour": 20, "ink": 15, "linocut": 11, "risograph": 7, "pixel": 4, "stained_glass": 3},
    "desert": {"watercolour": 19, "risograph": 12, "linocut": 11, "ink": 6, "pixel": 5, "stained_glass": 3},
    "city": {"linocut": 14, "pixel": 13, "risograph": 12, "blueprint": 8, "watercolour": 7, "ink": 6},
    "forest": {"watercolour": 22, "ink": 13, "linocut": 12, "risograph": 6, "stained_glass": 4, "pixel": 2},
    "space": {"risograph": 16, "pixel": 14, "linocut": 10, "blueprint": 8, "watercolour": 8, "stained_glass": 4},
    "interior": {"watercolour": 19, "risograph": 14, "pixel": 9, "blueprint": 6, "ink": 5},
    "still life": {"watercolour": 27, "risograph": 15, "stained_glass": 12, "ink": 8},
    "flowers": {"watercolour": 29, "stained_glass": 16, "risograph": 13, "ink": 10},
    "portrait": {"risograph": 19, "stained_glass": 14, "watercolour": 11, "ink": 8},
    "animal": {"watercolour": 18, "ink": 13, "linocut": 13, "risograph": 10, "stained_glass": 5, "pixel": 4},
    "geometry": {"risograph": 25, "stained_glass": 20},
    "typography": {"risograph": 28, "linocut": 8, "pixel": 6},
}
_HUNDRED = 100


def chosen(traits: frozenset[str], family: str, wording: Dice, asked: str) -> str:
    """What the order asks for, else what the words name, else one that suits the family: one for all seeds."""
    if asked != "auto":
        return asked
    named = next((name for name in NAMED if name in traits), None)
    if named is not None:
        return named
    drawn = wording.unit("technique") * _HUNDRED
    for name, share in _BY_CHANCE[family].items():
        drawn -= share
        if drawn < 0:
            return name
    return "screenprint"
