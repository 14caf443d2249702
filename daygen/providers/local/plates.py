"""What a scene is made of, back to front, before anyone decides how it is printed.

Lengths are in units of the picture's shorter side: the frame is `wide` by `high` with the smaller of them 1, x to the
right and y downwards, so a scene knows nothing of pixels.

What a technique may rely on: the first plate is a `Sky` and covers everything; plates are printed in order; names of
lands and veils differ within a picture. Every plate must be printed somehow, whatever the family.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from daygen.providers.local.colour import Ink
from daygen.providers.local.dice import Floats

Motion = Literal["breathe", "drift", "flicker", "float", "fly", "lamps", "rain", "snow", "turn", "twinkle"]
"""How something moves by itself: each is said in `motion.py`."""
Profile = Callable[[Floats], Floats]
"""The upper edge of something: y for each x."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The paper, in units. The shorter side is 1."""

    wide: float
    high: float


@dataclass(frozen=True, slots=True)
class Light:
    """Where the sun or moon stands, whether or not it is seen."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Sky:
    """The whole background: three inks rolled into each other, brighter around the light."""

    top: Ink
    middle: Ink
    low: Ink
    horizon: float
    light: Light
    halo: Ink
    halo_strength: float


@dataclass(frozen=True, slots=True)
class Facets:
    """Faces turned away from the light: an ink, how strong, and how far a face reaches before it turns."""

    ink: Ink
    strength: float
    wander: float
    grain: float = 9.0


@dataclass(frozen=True, slots=True)
class Cap:
    """Snow above a line: an ink, the height y where it ends and how jagged it ends."""

    ink: Ink
    line: float
    jag: float


@dataclass(frozen=True, slots=True)
class Land:
    """Everything below a profile: `ink` at its edge, turning to `foot` over `fade`. `depth` is 0 far to 1 near."""

    name: str
    profile: Profile
    ink: Ink
    foot: Ink
    fade: float
    depth: float
    floor: float | None = None
    facets: Facets | None = None
    cap: Cap | None = None
    strata: Ink | None = None


@dataclass(frozen=True, slots=True)
class Shapes:
    """Outlines filled with one ink, fading to `foot` (ink, top, bottom) where given. `alpha` below 1 lets through.

    The outlines of one plate are one silhouette: they overlap and are filled together. One outline is filled by the
    even-odd rule; a hole in it (a ring, a wall with a window) is joined to its rim by a seam that is walked twice, so
    whoever draws the line of an outline leaves out edges that come back. `light` marks what shines: lamps, stars, foam.
    `moves` is how it moves by itself in a film; what says nothing moves with its family.
    """

    polygons: tuple[Floats, ...]
    ink: Ink
    depth: float = 1.0
    alpha: float = 1.0
    foot: tuple[Ink, float, float] | None = None
    light: bool = False
    moves: Motion | None = None


@dataclass(frozen=True, slots=True)
class Disc:
    """The sun or the moon; its lower part may sink into `haze`."""

    light: Light
    ink: Ink
    haze: Ink
    sink: float
    shadow: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Water:
    """Water from `top` to `bottom`: inks far and near, a mirror of what is above, the light's path on it.

    `phase` is how far its ripples are on their way, from 0 round to 1, which looks as 0 does.
    """

    top: float
    bottom: float
    far: Ink
    near: Ink
    mirror: float
    light: Light
    glitter: Ink
    glitter_strength: float
    swell: float
    phase: float = 0.0


@dataclass(frozen=True, slots=True)
class Veil:
    """A band of mist: strongest at `middle`, gone `reach` above and below; how it is torn wanders with the `phase`."""

    middle: float
    reach: float
    ink: Ink
    strength: float
    name: str
    phase: float = 0.0


@dataclass(frozen=True, slots=True)
class Glow:
    """Light that hangs in the air around a point."""

    x: float
    y: float
    radius: float
    ink: Ink
    strength: float


@dataclass(frozen=True, slots=True)
class Curtains:
    """Northern lights: hanging folds of two inks above `low`, which wander with the `phase` (0 to 1)."""

    low: float
    ink: Ink
    tip: Ink
    strength: float
    phase: float = 0.0


Plate = Sky | Land | Shapes | Disc | Water | Veil | Glow | Curtains


def backdrop(plates: Sequence[Plate]) -> Sequence[Plate]:
    """What of a scene is its sky: the plates before the first that stands on the ground or is near."""
    last = next((at for at, plate in enumerate(plates) if not _airy(plate)), len(plates))
    return plates[:last]


def _airy(plate: Plate) -> bool:
    return isinstance(plate, Sky | Disc | Curtains | Glow) or (isinstance(plate, Shapes) and plate.depth <= 0)
