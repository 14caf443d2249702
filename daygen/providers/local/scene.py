"""A picture before it has a size: what the words mean, the inks, and the dice that decide the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from daygen.providers.local.colour import HUES, Ink, Palette, dyed, lab, mixed
from daygen.providers.local.crafts import TECHNIQUES, Technique, chosen
from daygen.providers.local.dice import Dice, root_of
from daygen.providers.local.palettes import PALETTES
from daygen.providers.local.subject import FAMILIES
from daygen.providers.local.words import Reading, Thing, read

__all__ = ["FAMILIES", "STRENGTHS", "TECHNIQUES", "Scene", "Strength", "Technique", "Variation", "compose"]

Strength = Literal["subtle", "strong"]
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
_PALE = 0.85
_STEP: dict[Strength, float] = {"subtle": 0.11, "strong": 0.5}
# Families whose inks are chosen for their contrast, as light does not fall on a landscape there.
_STUDIO = frozenset(("geometry", "typography", "still life", "interior", "flowers"))
# Animals that are seen under water.
_DIVERS = ("fish", "jellyfish", "turtle")
# What a prompt may be about when none of its words is known.
_UNKNOWN = ("mountains", "coast", "sea", "forest", "desert", "geometry", "mountains", "coast", "space", "flowers")


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

    @property
    def dim(self) -> bool:
        """Whether lamps are lit."""
        return (
            self.palette.night
            or self.reading.time in {"dusk", "blue", "sunset", "dawn"}
            or self.weather("storm")
            or self.weather("fog")
        )

    @property
    def focused(self) -> bool:
        """Whether something stands in front of the scene that the light should stand behind."""
        return self.family in {"animal", "portrait"}

    def coat(self, thing: Thing | None, natural: Ink, at: int = 0) -> Ink:
        """A thing's own ink: the colour the words give it, else its natural one, as this light shows it."""
        own = natural
        if thing is not None and thing.colours:
            own = painted(thing.colours[at % len(thing.colours)], natural)
        return self.lit(own)

    def lit(self, own: Ink, share: float = 1.0) -> Ink:
        """An ink in the light of this picture; with a share below 1, nearer to its own colour."""
        inks = self.palette
        if lab(own)[0] > _PALE:  # what is white stays the lightest thing about
            share *= 0.4
        if inks.night:
            return mixed(mixed(own, inks.far, 0.3 * share), inks.near, 0.42 * share)
        if self.dim:
            return mixed(mixed(own, inks.far, 0.2 * share), inks.near, 0.16 * share)
        return mixed(own, inks.low, 0.1 * share)


def painted(word: str, natural: Ink) -> Ink:
    """A thing in a colour that a word names."""
    if word == "black":
        return (34, 30, 36)
    if word in {"white", "ivory", "cream"}:
        return (246, 240, 226)
    return dyed(mixed(natural, dyed((168, 140, 128), HUES[word], 1.0), 0.8), HUES[word], 1.0)


def compose(prompt: str, seed: int, technique: str = "auto", variations: Sequence[Variation] = ()) -> Scene:
    """Read a prompt and decide what is drawn. Any text and any integer do."""
    reading = read(prompt)
    wording = Dice(root_of(reading.text, 0))
    dice = Dice(root_of(reading.text, seed))
    for variation in variations:
        dice = dice.nudged(root_of(f"vary {variation.strength}", variation.seed), _STEP[variation.strength])
    family = _family(reading, wording)
    return Scene(
        reading=reading,
        family=family,
        technique=chosen(reading.traits, family, wording, technique),
        palette=_palette(reading, family, dice),
        dice=dice,
        wording=wording,
    )


def _family(reading: Reading, wording: Dice) -> str:
    """What the words name, else what they sound like: one family for all seeds of a prompt."""
    return reading.family or wording.pick("family", _UNKNOWN)


def _palette(reading: Reading, family: str, dice: Dice) -> Palette:
    made = dice.pick("palette", _mixes(reading, family, dice)).jittered(dice)
    hues = [HUES[name] for name in reading.colours or _implied(reading)]
    chroma = 1.0
    if reading.has("muted"):
        chroma = 0.62
    elif reading.has("vivid"):
        chroma = 1.28
    land = hues[0] if hues else None
    sky = hues[1] if len(hues) > 1 else None
    if not hues and family == "sea" and reading.time in {None, "day", "dawn"}:
        made = made.at_sea(HUES[dice.pick("sea", ("teal", "cerulean", "blue"))])
    made = made.recoloured(land, sky, chroma)
    return made.veiled() if _veils(reading) else made


def _implied(reading: Reading) -> tuple[str, ...]:
    """A colour that a subject brings with it by day."""
    if reading.time in {"night", "blue", "dusk", "sunset"} or reading.season in {"autumn", "winter"}:
        return ()
    return next(((colour,) for word, colour in _GROWN.items() if word in reading.text), ())


def _veils(reading: Reading) -> bool:
    """Whether fog lies over inks that something else chose: it mutes them, but does not take them away."""
    other = reading.time in {"night", "blue", "sunset", "golden", "dusk"}
    return "fog" in reading.weather and (other or _coloured(reading))


def _coloured(reading: Reading) -> bool:
    return bool(reading.colours) or reading.season in {"autumn", "spring"} or reading.has("blossom")


def _mixes(reading: Reading, family: str, dice: Dice) -> tuple[Palette, ...]:
    """The palettes that would be honest for these words; several, so that seeds differ."""
    time, weather = reading.time, reading.weather
    if reading.has("aurora") or (reading.has("star") and time is None) or (family == "space" and time is None):
        time = "night"
    if "storm" in weather:
        return PALETTES["night"] if time == "night" else PALETTES["storm"]
    if family == "space":
        return PALETTES["cosmos"] if time == "night" else PALETTES[time or "night"]
    if time in {"night", "blue", "sunset", "golden", "dusk"}:
        return PALETTES[time]
    if "fog" in weather and not _coloured(reading):
        return (*PALETTES["fog"], *PALETTES["dawn"][1:3]) if time == "dawn" else PALETTES["fog"]
    if time is None and family in _STUDIO and not weather and reading.season is None:
        return PALETTES["bold" if family in {"geometry", "typography"} else "studio"]
    return PALETTES["dawn"] if time == "dawn" else _seasonal(reading, family, dice)


def _seasonal(reading: Reading, family: str, dice: Dice) -> tuple[Palette, ...]:
    """The palettes of a season, a climate or a weather, where nothing says what time it is."""
    wet = "rain" in reading.weather or "cloud" in reading.weather
    kinds = (
        ("bloom", reading.has("blossom")),
        (reading.season or "", reading.season in {"winter", "autumn", "spring"}),
        ("desert", family == "desert" or reading.place == "desert"),
        ("tropic", reading.has("tropic")),
        ("reef", reading.has("underwater") or any(reading.named(name) is not None for name in _DIVERS)),
        ("golden", reading.has("cypress")),
        ("wet", wet),
        ("day", reading.time == "day"),
    )
    # No word says when: any hour that prints well, and night only where no word says what either.
    hours = ("day", "day", "day", "dawn", "golden", "sunset", "blue", "dusk")
    free = dice.pick("hour", hours if reading.family else (*hours, "night"))
    return PALETTES[next((kind for kind, said in kinds if said), free)]
