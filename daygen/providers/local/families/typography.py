"""Typography: the words of the prompt themselves, large, over a pattern or a place."""

import numpy as np

from daygen.providers.local import letters
from daygen.providers.local.colour import Ink, lab, lighter, mixed
from daygen.providers.local.dice import Floats
from daygen.providers.local.families import views
from daygen.providers.local.plates import Disc, Frame, Light, Plate, Shapes, Sky
from daygen.providers.local.scene import Scene
from daygen.providers.local.shapes import box, circle, disc

_MARGIN = 0.09
_MOST_LETTERS = 9  # in a line, before a text is set in more of them


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """The ground, then the lines of letters from the top."""
    dice = scene.dice
    text = scene.reading.lettering or "ABC"
    over = scene.reading.place in views.VIEWS
    made = views.VIEWS[str(scene.reading.place)](scene, frame) if over else _ground(scene, frame)
    lines = _lines(text, frame)
    style = dice.pick("letter.style", ("raised", "raised", "plain", "inline", "layers"))
    ink, second = _inks(scene, over=over)
    for place, one in _set(lines, frame, over=over):
        thick = _weight(scene, one, place)
        made += _styled(scene, one, place, thick, "raised" if over and style == "plain" else style, ink, second)
    return made


def _lines(text: str, frame: Frame) -> list[str]:
    """Words to lines of about the same length, more of them on a tall page."""
    words = text.split()
    most = max(_MOST_LETTERS * frame.wide / max(frame.high**0.5, 0.6), *(len(word) for word in words))
    made: list[str] = []
    for word in words:
        if made and len(made[-1]) + 1 + len(word) <= most and (len(word) < 4 or len(made[-1]) < 4):  # noqa: PLR2004
            made[-1] += " " + word
        else:
            made.append(word)
    return made[:6]


def _set(lines: list[str], frame: Frame, *, over: bool) -> list[tuple[tuple[float, float, float, float], str]]:
    """Where each line stands: all of one width, high enough for their letters to keep their form."""
    wide = frame.wide - 2 * _MARGIN
    gap = 0.045
    room = (frame.high - 2 * _MARGIN) * (0.6 if over else 0.86) - gap * (len(lines) - 1)
    heights: list[float] = []
    for one in lines:
        natural = wide / max(letters.width_of(one, 0.22), 0.3)
        heights.append(min(natural * 1.55, room / len(lines) * 1.25, max(natural, 0.3)))
    scale = min(1.0, room / sum(heights))
    heights = [high * scale for high in heights]
    total = sum(heights) + gap * (len(lines) - 1)
    y = (frame.high - total) / 2 * (0.55 if over else 1.0)
    made: list[tuple[tuple[float, float, float, float], str]] = []
    for one, high in zip(lines, heights, strict=True):
        own = min(wide, letters.width_of(one, 0.24) * high * 1.7)
        left = (frame.wide - own) / 2
        made.append(((left, y, left + own, y + high), one))
        y += high + gap
    return made


def _weight(scene: Scene, one: str, place: tuple[float, float, float, float]) -> float:
    """How thick strokes are: as much as the narrowest letter bears."""
    high, wide = place[3] - place[1], place[2] - place[0]
    share = scene.dice.between("weight", 0.19, 0.27)
    return min(high * share, wide / max(letters.width_of(one, 0.2), 0.3) * share * 1.15)


def _inks(scene: Scene, *, over: bool) -> tuple[Ink, Ink]:
    """The letters' ink and that of their sides: what stands out most from the ground."""
    inks = scene.palette
    if over:
        pale = mixed(inks.light, (255, 252, 244), 0.4)
        return pale, mixed(inks.near, inks.far, 0.2)
    ground = lab(inks.middle)[0]
    options = (inks.far, inks.near, inks.light, inks.glow)
    ranked = sorted(options, key=lambda ink: -abs(lab(ink)[0] - ground))
    first = ranked[0] if scene.dice.chance("letter.key", 0.4) else ranked[1]
    if abs(lab(first)[0] - ground) < 0.2:  # noqa: PLR2004 - it must be read
        first = ranked[0]
    second = max(
        options,
        key=lambda ink: sum((a - b) ** 2 for a, b in zip(lab(ink), lab(first), strict=True)) if ink != first else 0,
    )
    return first, second


def _styled(
    scene: Scene, one: str, place: tuple[float, float, float, float], thick: float, style: str, ink: Ink, second: Ink
) -> list[Plate]:
    body = letters.line(one, place, thick)
    inks = scene.palette
    if style == "raised":
        side = scene.dice.pick("raise.side", (-1.0, 1.0))
        deep = thick * 0.55
        sides = [part for polygon in body for part in letters.swept(polygon, side * deep, deep)]
        return [Shapes(tuple(sides), second), Shapes(tuple(body), ink)]
    if style == "inline":
        inner = letters.line(one, place, thick, 0.2)
        return [Shapes(tuple(body), ink), Shapes(tuple(inner), mixed(inks.middle, inks.light, 0.3))]
    if style == "layers":
        made: list[Plate] = []
        for step, own in enumerate((mixed(second, inks.middle, 0.35), mixed(second, ink, 0.4), ink)):
            away = (2 - step) * thick * 0.22
            made.append(Shapes(tuple(_shifted(part, away, away * 0.7) for part in body), own))
        return made
    foot = (mixed(ink, second, 0.35), place[1], place[3] * 1.1)
    return [Shapes(tuple(body), ink, foot=foot if scene.dice.chance("letter.foot", 0.5) else None)]


def _shifted(part: Floats, right: float, down: float) -> Floats:
    return part + np.array((right, down))


def _ground(scene: Scene, frame: Frame) -> list[Plate]:
    """Paper with a sun, rays, stripes, rounds or a frame."""
    dice, inks = scene.dice, scene.palette
    x, y = frame.wide * 0.5, frame.high * 0.5
    light = Light(x, y, 0.3)
    made: list[Plate] = [
        Sky(inks.top, inks.middle, inks.low, frame.high, light, mixed(inks.low, inks.light, 0.5), 0.35)
    ]
    soft = mixed(inks.middle, inks.light, 0.4)
    kind = dice.pick("type.ground", ("sun", "rays", "stripes", "frame", "dots", "hills"))
    if kind == "sun":
        made.append(
            Disc(Light(x, y, 0.4 * min(frame.wide, frame.high)), mixed(inks.glow, inks.middle, 0.35), inks.middle, 0.4)
        )
    elif kind == "rays":
        table, reach = circle(96), 2.0 * max(frame.wide, frame.high)
        rays = [
            np.array(
                [
                    (x, y),
                    *(
                        (x + float(table[at % 96][0]) * reach, y + float(table[at % 96][1]) * reach)
                        for at in (step * 4, step * 4 + 2)
                    ),
                ]
            )
            for step in range(24)
        ]
        made.append(Shapes(tuple(rays), soft, alpha=0.8))
    elif kind == "stripes":
        bars = [
            box(
                -0.1,
                frame.high * (0.62 + 0.05 * step),
                frame.wide + 0.1,
                frame.high * (0.62 + 0.05 * step) + 0.004 + 0.0045 * step,
            )
            for step in range(8)
        ]
        made.append(Shapes(tuple(bars), mixed(inks.far, inks.middle, 0.35)))
    elif kind == "dots":
        dots = [
            disc(frame.wide * (column + 0.5) / 14, frame.high * (row + 0.5) / 14, 0.004 + 0.013 * row / 14, 20)
            for row in range(14)
            for column in range(14)
        ]
        made.append(Shapes(tuple(dots), soft))
    elif kind == "hills":
        for step in range(4):
            radius = 0.62 - 0.12 * step
            made.append(
                Shapes(
                    (disc(frame.wide * (0.2 + 0.2 * step), frame.high * (1.12 + 0.06 * step), radius),),
                    mixed(inks.middle, inks.far, 0.2 + 0.14 * step),
                )
            )
    if kind in {"frame", "sun", "dots"}:
        made += _frame(scene, frame)
    return made


def _frame(scene: Scene, frame: Frame) -> list[Plate]:
    """A double rule around the page."""
    lines: list[Floats] = []
    for inset, half in ((0.04, 0.004), (0.052, 0.0014)):
        left, top, right, bottom = inset, inset, frame.wide - inset, frame.high - inset
        lines += [box(left - half, y - half, right + half, y + half) for y in (top, bottom)]
        lines += [box(x - half, top, x + half, bottom) for x in (left, right)]
    ink = lighter(mixed(scene.palette.near, scene.palette.far, 0.3), 0.0)
    return [Shapes(tuple(lines), ink)]
