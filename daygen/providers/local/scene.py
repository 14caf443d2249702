"""A picture before it has a size: what the words mean, the inks, and the dice that decide the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from daygen.providers.local.colour import HUES, PALETTES, Palette
from daygen.providers.local.dice import Dice, root_of
from daygen.providers.local.words import FAMILIES, Reading, read

Technique = Literal["auto", "screenprint", "linocut"]
Strength = Literal["subtle", "strong"]
TECHNIQUES: tuple[Technique, ...] = ("auto", "screenprint", "linocut")
STRENGTHS: tuple[Strength, ...] = ("subtle", "strong")

# Plants and planets that are of one colour by day.
_GROWN = {
    "bamboo": "green",
    "jungle": "emerald",
    "rainforest": "emerald",
    "fern": "green",
    "moss": "moss",
    "mars": "rust",
}
_STEP: dict[Strength, float] = {"subtle": 0.11, "strong": 0.5}


@dataclass(frozen=True, slots=True)
class Variation:
    """One step from a picture to a neighbour of it."""

    seed: int
    strength: Strength


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that decides a picture except its size. Equal scenes print equal pictures."""

    reading: Reading
    family: str
    technique: str
    palette: Palette
    dice: Dice
    wording: Dice

    def has(self, trait: str) -> bool:
        """Say whether the words ask for it."""
        return self.reading.has(trait)

    def weather(self, kind: str) -> bool:
        """Say whether the words speak of this weather."""
        return kind in self.reading.weather


def compose(prompt: str, seed: int, technique: str = "auto", variations: Sequence[Variation] = ()) -> Scene:
    """Read a prompt and decide what is drawn. Any text and any integer do."""
    reading = read(prompt)
    wording = Dice(root_of(reading.text, 0))
    dice = Dice(root_of(reading.text, seed))
    for variation in variations:
        dice = dice.nudged(root_of(f"vary {variation.strength}", variation.seed), _STEP[variation.strength])
    return Scene(
        reading=reading,
        family=_family(reading, wording),
        technique=_technique(reading, wording, technique),
        palette=_palette(reading, dice),
        dice=dice,
        wording=wording,
    )


def _family(reading: Reading, wording: Dice) -> str:
    """What the words name, else what they sound like: one family for all seeds of a prompt."""
    return reading.family or wording.pick("family", (*FAMILIES, "mountains", "coast"))


def _technique(reading: Reading, wording: Dice, asked: str) -> str:
    if asked != "auto":
        return asked
    if reading.has("linocut"):
        return "linocut"
    if reading.has("screen"):
        return "screenprint"
    return "linocut" if wording.chance("technique", 0.22) else "screenprint"


def _palette(reading: Reading, dice: Dice) -> Palette:
    made = dice.pick("palette", _mixes(reading, dice))
    hues = [HUES[name] for name in reading.colours or _implied(reading)]
    chroma = 1.0
    if reading.has("muted"):
        chroma = 0.62
    elif reading.has("vivid"):
        chroma = 1.28
    land = hues[0] if hues else None
    sky = hues[1] if len(hues) > 1 else None
    return made.jittered(dice).recoloured(land, sky, chroma)


def _implied(reading: Reading) -> tuple[str, ...]:
    """A colour that a subject brings with it by day."""
    if reading.time in {"night", "blue", "dusk", "sunset"} or reading.season in {"autumn", "winter"}:
        return ()
    return next(((colour,) for word, colour in _GROWN.items() if word in reading.text), ())


def _mixes(reading: Reading, dice: Dice) -> tuple[Palette, ...]:
    """The palettes that would be honest for these words; several, so that seeds differ."""
    time, weather = reading.time, reading.weather
    if reading.has("aurora") or reading.has("star"):
        time = "night"
    if "storm" in weather:
        return PALETTES["night"] if time == "night" else PALETTES["storm"]
    if time in {"night", "blue", "sunset", "golden", "dusk"}:
        return PALETTES[time]
    if "fog" in weather:
        return (*PALETTES["fog"], *PALETTES["dawn"][1:3]) if time == "dawn" else PALETTES["fog"]
    return PALETTES["dawn"] if time == "dawn" else _seasonal(reading, dice)


def _seasonal(reading: Reading, dice: Dice) -> tuple[Palette, ...]:
    """The palettes of a season, a climate or a weather, where nothing says what time it is."""
    wet = "rain" in reading.weather or "cloud" in reading.weather
    kinds = (
        ("bloom", reading.has("blossom")),
        (reading.season or "", reading.season in {"winter", "autumn", "spring"}),
        ("desert", reading.has("desert") or reading.has("mesa")),
        ("tropic", reading.has("tropic")),
        ("wet", wet),
        ("day", reading.time == "day"),
    )
    # No word says when: any hour that prints well, and night only where no word says what either.
    hours = ("day", "day", "day", "dawn", "golden", "sunset", "blue", "dusk")
    free = dice.pick("hour", hours if reading.family else (*hours, "night"))
    return PALETTES[next((kind for kind, said in kinds if said), free)]
