"""A scene in motion: every plate as it is at a moment of a short film that ends where it begins.

Motion happens in units, before anything is printed, so every technique prints it. A moment is a phase from 0 to 1; all
motion is made of whole turns, and phase 0 is the picture as it stands. Three kinds of motion:

- light breathes, mist and northern lights wander, water is on its way (`Water.phase` and its like);
- what says how it moves (`Shapes.moves`) moves so: stars twinkle, clouds drift, boats float, rain falls, cats breathe;
- everything else follows the field of its family, one smooth push for each place on the paper, so that what touches
  stays together: the near slides a little before the far, crowns bend in the wind, water sways weeds and fish. At the
  sides of the paper it is nothing, so that no edge comes into view.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from daygen.providers.local import families
from daygen.providers.local.dice import Dice, Floats
from daygen.providers.local.plates import Curtains, Frame, Glow, Land, Plate, Shapes, Sky, Veil, Water
from daygen.providers.local.scene import Scene

_GOLDEN = 0.381966  # of a turn: so far apart neighbours begin
_CYCLE_S = 4.0  # a calm breath; a film has as many as fit, and at least one
_SIDES = 0.14  # units from the paper's sides where the fields die down
_TABLES = frozenset(("interior", "still life"))  # families whose back is a wall, not a sky
_WAVES = ("wave.", "foam.", "great.", "leap", "foam", "lap")  # names of lands that are water

Field = Callable[[Floats, Floats, float], tuple[Floats, Floats]]
"""How far the places (x, y) are pushed at a phase."""


class Motion:
    """The plates of scenes at any moment of a film of so many seconds. Scenes are composed once and kept."""

    def __init__(self, seconds: float) -> None:
        self._cycles = max(1, round(seconds / _CYCLE_S))
        self._falls = max(1, round(seconds))
        self._known: dict[tuple[str, Dice, Dice, Frame], list[_Mover]] = {}

    def at(self, phase: float) -> Callable[[Scene, Frame], list[Plate]]:
        """What is printed of a scene at this phase."""
        return lambda scene, frame: [move(phase) for move in self._movers(scene, frame)]

    def _movers(self, scene: Scene, frame: Frame) -> "list[_Mover]":
        key = (scene.family, scene.dice, scene.wording, frame)
        if key not in self._known:
            plates = families.plates(scene, frame)
            field = _field_of(scene, frame, plates, self._cycles)
            self._known[key] = [
                _mover(plate, number, field, self._cycles, self._falls) for number, plate in enumerate(plates)
            ]
        return self._known[key]


_Mover = Callable[[float], Plate]


def _swing(phase: float, cycles: int, start: float = 0.0) -> float:
    """Back and forth around where it stands at phase 0, which is anywhere on its way."""
    return math.sin(2 * math.pi * (phase * cycles + start)) - math.sin(2 * math.pi * start)


def _swings(phase: float, cycles: int, starts: Floats) -> Floats:
    return np.sin(2 * math.pi * (phase * cycles + starts)) - np.sin(2 * math.pi * starts)


def _field_of(scene: Scene, frame: Frame, plates: Sequence[Plate], cycles: int) -> Field:
    """The push of a family."""
    horizon = next((plate.horizon for plate in plates if isinstance(plate, Sky)), frame.high * 0.5)
    if scene.family in _TABLES:
        horizon = frame.high * 0.3

    def calm(xs: Floats) -> Floats:
        away = np.clip(np.minimum(xs, frame.wide - xs) / _SIDES, 0.0, 1.0)
        return away * away * (3.0 - 2.0 * away)

    def nearness(ys: Floats) -> Floats:
        return np.clip((ys - horizon) / max(frame.high - horizon, 0.2), 0.0, 1.0)

    def ground(xs: Floats, ys: Floats, phase: float) -> tuple[Floats, Floats]:
        return calm(xs) * nearness(ys) * (0.013 * _swing(phase, cycles)), np.zeros_like(ys)

    def wind(xs: Floats, ys: Floats, phase: float) -> tuple[Floats, Floats]:
        tall = np.clip((frame.high * 0.9 - ys) / 0.7, 0.0, 1.0) ** 1.5
        return calm(xs) * tall * 0.011 * _swings(phase, cycles, xs * -0.45), np.zeros_like(ys)

    def current(xs: Floats, ys: Floats, phase: float) -> tuple[Floats, Floats]:
        open_ = calm(xs)
        return open_ * 0.009 * _swings(phase, cycles, ys * 0.8), open_ * 0.007 * _swings(phase, cycles, xs * 0.6)

    def waves(xs: Floats, ys: Floats, phase: float) -> tuple[Floats, Floats]:
        inside = calm(xs) * np.clip(np.minimum(ys, frame.high - ys) / _SIDES, 0.0, 1.0)
        return inside * 0.006 * _swings(phase, cycles, ys * 0.5), inside * 0.008 * _swings(phase, cycles, xs * 0.5)

    def breath(xs: Floats, ys: Floats, phase: float) -> tuple[Floats, Floats]:
        return np.zeros_like(xs), _breath(ys, phase, cycles, frame.high)

    if scene.has("underwater") or any(isinstance(plate, Land) and plate.name == "great.far" for plate in plates):
        return current
    by_family = {"forest": wind, "flowers": wind, "geometry": waves, "typography": waves, "space": waves}
    return (by_family | {"portrait": breath}).get(scene.family, ground)


def _breath(ys: Floats, phase: float, cycles: int, floor: float) -> Floats:
    """Shoulders rise and sink; what stands on the ground stays there."""
    lifted = (1.0 - math.cos(2 * math.pi * phase * cycles)) / 2
    return np.clip((floor - ys) / 0.6, 0.0, 1.3) * (-0.008 * lifted)


def _mover(plate: Plate, number: int, field: Field, cycles: int, falls: int) -> _Mover:
    start = number * _GOLDEN
    match plate:
        case Sky():
            return lambda phase: replace(
                plate, halo_strength=min(1.0, plate.halo_strength * (1 + 0.16 * _swing(phase, cycles)))
            )
        case Glow():
            return lambda phase: _glowing(plate, _swing(phase, cycles, start))
        case Water() | Veil() | Curtains():
            return lambda phase: replace(plate, phase=phase)
        case Land():
            return _rolling(plate, start, cycles) if plate.name.startswith(_WAVES) else _pushed(plate, field)
        case Shapes():
            return _shapes(plate, _Outlines(plate.polygons), start, field, (cycles, falls))
        case _:
            return lambda _: plate


def _glowing(plate: Glow, swing: float) -> Glow:
    strength = min(1.0, plate.strength * max(0.2, 1 + 0.2 * swing))
    return replace(plate, strength=strength, radius=plate.radius * (1 + 0.03 * swing))


def _pushed(plate: Land, field: Field) -> _Mover:
    """Land slides with whatever stands on it."""

    def at(phase: float) -> Land:
        def profile(xs: Floats) -> Floats:
            across, down = field(xs, plate.profile(xs), phase)
            return plate.profile(xs - across) + down

        return replace(plate, profile=profile)

    return at


def _rolling(plate: Land, start: float, cycles: int) -> _Mover:
    """A wave goes in circles: forth on its way up, back on its way down."""

    def at(phase: float) -> Land:
        across, down = 0.016 * _swing(phase, cycles, start), 0.007 * _swing(phase, cycles, start + 0.25)

        def profile(xs: Floats) -> Floats:
            return plate.profile(xs - across) + down

        return replace(plate, profile=profile)

    return at


class _Outlines:
    """The outlines of a plate as one list of points, so that they move together and quickly."""

    def __init__(self, polygons: tuple[Floats, ...]) -> None:
        self.polygons = polygons
        self.points: Floats = np.concatenate(polygons) if polygons else np.zeros((0, 2))
        lengths = [len(polygon) for polygon in polygons]
        self._cuts = np.cumsum(lengths)[:-1]
        self.owner = np.repeat(np.arange(len(polygons)), lengths)
        self.starts: Floats = np.arange(len(polygons), dtype=np.float64) * _GOLDEN
        ends = [(polygon.min(axis=0), polygon.max(axis=0)) for polygon in polygons if len(polygon)]
        self.low: Floats = np.array([low for low, _ in ends]).reshape(-1, 2)
        self.high: Floats = np.array([high for _, high in ends]).reshape(-1, 2)

    @property
    def xs(self) -> Floats:
        return self.points[:, 0]

    @property
    def ys(self) -> Floats:
        return self.points[:, 1]

    @property
    def middles(self) -> Floats:
        return (self.low + self.high) / 2

    def cut(self, xs: Floats, ys: Floats) -> tuple[Floats, ...]:
        """The points, moved, as outlines again."""
        return tuple(np.split(np.stack([xs, ys], axis=1), self._cuts))


def _shapes(plate: Shapes, lines: _Outlines, start: float, field: Field, turns: tuple[int, int]) -> _Mover:
    cycles, falls = turns
    if not plate.polygons or any(not len(polygon) for polygon in plate.polygons):
        return lambda _: plate
    if plate.moves == "lamps":
        return lambda phase: replace(plate, polygons=_lit(lines, phase))
    if plate.moves is not None:
        way = _WAYS[plate.moves]
        times = falls if plate.moves in _FALLING else cycles
        return lambda phase: replace(plate, polygons=lines.cut(*way(lines, phase, times, start)))

    def at(phase: float) -> Shapes:
        across, down = field(lines.xs, lines.ys, phase)
        shine = 1.0 - 0.09 * (1.0 - math.cos(2 * math.pi * phase * cycles)) if plate.light else 1.0
        return replace(plate, polygons=lines.cut(lines.xs + across, lines.ys + down), alpha=plate.alpha * shine)

    return at


def _twinkle(lines: _Outlines, phase: float, cycles: int, _start: float) -> tuple[Floats, Floats]:
    """Each by itself grows and shrinks, once or twice a breath."""
    turns = cycles * (1 + np.arange(len(lines.polygons)) % 2)
    swing = np.sin(2 * math.pi * (phase * turns + lines.starts)) - np.sin(2 * math.pi * lines.starts)
    size = np.clip(1.0 + 0.34 * swing, 0.25, 1.8)[lines.owner]
    middle = lines.middles[lines.owner]
    return middle[:, 0] + (lines.xs - middle[:, 0]) * size, middle[:, 1] + (lines.ys - middle[:, 1]) * size


def _drift(lines: _Outlines, phase: float, cycles: int, start: float) -> tuple[Floats, Floats]:
    """Slowly to one side and back."""
    return lines.xs + 0.022 * _swing(phase, cycles, start), lines.ys


def _fly(lines: _Outlines, phase: float, cycles: int, start: float) -> tuple[Floats, Floats]:
    """Wings beat, the flock sways."""
    beat = 1.0 - 0.3 * (1.0 - np.cos(2 * math.pi * phase * cycles * 4)) * (0.6 + 0.4 * np.cos(lines.starts))
    middle = lines.middles[lines.owner]
    sway = 0.01 * _swings(phase, cycles, lines.starts * 0.2)[lines.owner]
    up = 0.005 * _swings(phase, cycles, lines.starts * 0.2 + start)[lines.owner]
    return lines.xs + sway, middle[:, 1] + (lines.ys - middle[:, 1]) * beat[lines.owner] + up


def _float(lines: _Outlines, phase: float, cycles: int, _start: float) -> tuple[Floats, Floats]:
    """Up and down on a wave that comes along, and a little to the side; all that is in one place moves as one."""
    x = float(lines.middles[:, 0].mean())
    down, across = 0.0055 * _swing(phase, cycles, x), 0.008 * _swing(phase, cycles)
    roll = 0.02 * _swing(phase, cycles, x + 0.2)
    middle = lines.middles.mean(axis=0)
    return lines.xs + across - roll * (lines.ys - middle[1]), lines.ys + down + roll * (lines.xs - middle[0])


def _rain(lines: _Outlines, phase: float, falls: int, _start: float) -> tuple[Floats, Floats]:
    """Each drop falls along its own slant, from the top to the bottom and again."""
    wide, tall = (lines.high - lines.low).T
    slant = -wide / np.maximum(tall, 1e-6)
    fallen = _fallen(lines, phase * (falls + np.arange(len(lines.polygons), dtype=np.float64) % 2.0))
    return lines.xs + (slant * fallen)[lines.owner], lines.ys + fallen[lines.owner]


def _snow(lines: _Outlines, phase: float, falls: int, _start: float) -> tuple[Floats, Floats]:
    """Flakes sink, and swing as they do."""
    fallen = _fallen(lines, np.full(len(lines.polygons), phase * max(1, round(falls / _CYCLE_S))))
    swing = 0.012 * _swings(phase, 2, lines.starts)
    return lines.xs + swing[lines.owner], lines.ys + fallen[lines.owner]


def _fallen(lines: _Outlines, turns: Floats) -> Floats:
    """How far below its place each is after so many ways through the whole height; it comes in again at the top."""
    bottom = float(lines.low[:, 1].max()) + 0.05
    top = min(0.0, float(lines.low[:, 1].min())) - 0.05
    high = bottom - top
    return (lines.low[:, 1] - top + turns * high) % high + top - lines.low[:, 1]


def _breathe(lines: _Outlines, phase: float, cycles: int, _start: float) -> tuple[Floats, Floats]:
    return lines.xs, lines.ys + _breath(lines.ys, phase, cycles, 0.95)


def _flicker(lines: _Outlines, phase: float, cycles: int, start: float) -> tuple[Floats, Floats]:
    """Flames leap and lean."""
    starts = lines.starts + start
    leap = 0.1 * _swings(phase, cycles * 3, starts) + 0.07 * _swings(phase, cycles * 5, starts * 2)
    lean = 0.09 * _swings(phase, cycles * 2, starts) + 0.05 * _swings(phase, cycles * 5, starts)
    foot = lines.high[lines.owner, 1]
    tall = foot - lines.ys
    return lines.xs + lean[lines.owner] * tall, foot - tall * (1.0 + leap[lines.owner])


def _turn(lines: _Outlines, phase: float, cycles: int, _start: float) -> tuple[Floats, Floats]:
    """A mill's sails: a quarter of a turn, after which there is a sail where there was one."""
    middle = (lines.low.min(axis=0) + lines.high.max(axis=0)) / 2
    angle = math.pi / 2 * phase * cycles
    across, down = lines.xs - middle[0], lines.ys - middle[1]
    cosine, sine = math.cos(angle), math.sin(angle)
    return middle[0] + across * cosine - down * sine, middle[1] + across * sine + down * cosine


def _lit(lines: _Outlines, phase: float) -> tuple[Floats, ...]:
    """Here and there a lamp goes out for a while."""
    kept: list[Floats] = []
    for index, polygon in enumerate(lines.polygons):
        out = 0.12 + 0.5 * (index * _GOLDEN % 1.0)
        if index % 7 or not out < phase < out + 0.3:
            kept.append(polygon)
    return tuple(kept)


_FALLING = frozenset(("rain", "snow"))
_WAYS: dict[str, Callable[[_Outlines, float, int, float], tuple[Floats, Floats]]] = {
    "breathe": _breathe,
    "drift": _drift,
    "flicker": _flicker,
    "float": _float,
    "fly": _fly,
    "rain": _rain,
    "snow": _snow,
    "turn": _turn,
    "twinkle": _twinkle,
}
