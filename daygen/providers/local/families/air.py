"""The sky and what falls from it: the same for every family."""

import numpy as np

from daygen.providers.local import shapes
from daygen.providers.local.colour import Ink, lighter, mixed, toned
from daygen.providers.local.dice import Floats
from daygen.providers.local.plates import Curtains, Disc, Frame, Glow, Light, Plate, Shapes, Sky
from daygen.providers.local.scene import Scene


def haze(scene: Scene, ink: Ink, depth: float) -> Ink:
    """The ink at the foot of something: the farther, the more of the air's colour."""
    air = mixed(scene.palette.low, scene.palette.light, 0.12)
    thick = 0.55 * (1 - depth) ** 1.3
    if scene.weather("fog"):
        thick = 0.86 * (1 - depth) ** 0.55
    if scene.palette.night:
        thick *= 0.75
    return mixed(ink, air, thick) if depth < 0.8 else lighter(ink, -0.04)  # noqa: PLR2004 - what is near turns to shadow


def light_of(scene: Scene, frame: Frame, horizon: float) -> Light:
    """Where the light stands, `horizon` being where the land begins."""
    dice = scene.dice
    radius = dice.between("light.r", 0.09, 0.14)
    if scene.has("big_light"):
        radius = dice.between("light.r", 0.2, 0.27)
    elif scene.has("wide"):
        radius *= 0.75
    elif scene.has("close"):
        radius *= 1.2
    side = dice.pick("light.side", (0.3, 0.36, 0.5, 0.64, 0.7))
    if scene.focused and not scene.has("wide"):  # the light stands behind the one the picture is about
        side = dice.pick("light.focus", (0.42, 0.5, 0.58))
        radius = max(radius, dice.between("light.r", 0.17, 0.23))
    x = frame.wide * (side + dice.between("light.x", -0.05, 0.05))
    lowest, highest = horizon - radius * 0.55, max(horizon * 0.36, radius * 1.5)
    share = dice.between("light.y", 0.0, 0.75)
    if scene.has("low_light") or scene.reading.time in {"sunset", "dawn"}:
        share = dice.between("light.y", 0.0, 0.3)
    elif scene.has("high_light"):
        share = dice.between("light.y", 0.75, 1.0)
    elif scene.palette.night:
        share = dice.between("light.y", 0.45, 0.95)
    return Light(x, lowest + (highest - lowest) * share, radius)


def sky(scene: Scene, frame: Frame, horizon: float, light: Light) -> list[Plate]:
    """The sky with all that hangs in it: stars, aurora, sun or moon, clouds, birds."""
    inks, dice = scene.palette, scene.dice
    veiled = scene.weather("storm") or (scene.weather("rain") and not scene.has("sun"))
    strength = 0.38 if inks.night else 0.75
    halo = mixed(inks.low, inks.light, 0.5 if inks.night else 0.75)
    made: list[Plate] = [
        Sky(
            inks.top,
            inks.middle,
            inks.low,
            horizon,
            light,
            halo,
            0.2 if veiled else strength,
        )
    ]
    if inks.night and not scene.weather("fog") and not veiled:
        made += _stars(scene, frame, horizon)
    if scene.has("aurora"):
        made.append(Curtains(horizon, (126, 232, 178), mixed(inks.top, (186, 120, 214), 0.75), 0.85))
    if not veiled or dice.chance("light.seen", 0.35):
        made.append(_disc(scene, light, veiled=veiled))
    made += _clouds(scene, frame, horizon)
    if scene.has("lightning"):
        made += _lightning(scene, frame, horizon)
    if scene.has("balloon"):
        made += _balloons(scene, frame, horizon)
    if scene.family != "space":
        made += comet(scene, frame) if scene.has("comet") else []
        made += saucer(scene, frame) if scene.has("ufo") else []
    if scene.has("bird") or (dice.chance("birds", 0.28) and not inks.night):
        made.append(_birds(scene, frame, horizon, light))
    return made


def _disc(scene: Scene, light: Light, *, veiled: bool) -> Disc:
    inks, dice = scene.palette, scene.dice
    ink = inks.light if not veiled else mixed(inks.middle, inks.light, 0.5)
    if scene.weather("fog"):
        ink = mixed(inks.middle, inks.light, 0.8)
    shadow = None
    if inks.night and (scene.has("crescent") or (not scene.has("big_light") and dice.chance("crescent", 0.3))):
        side = dice.pick("crescent.side", (-1.0, 1.0))
        shadow = (side * light.radius * 0.42, -light.radius * 0.16)
    return Disc(light, ink, mixed(inks.low, inks.light, 0.35), 0.0 if inks.night else 0.75, shadow)


def _stars(scene: Scene, frame: Frame, horizon: float) -> list[Plate]:
    dice = scene.dice
    many = 260 if scene.has("star") else 130
    count = min(900, int(many * frame.wide * max(1.0, horizon * 1.4)))
    small: list[Floats] = []
    bright: list[Floats] = []
    for index in range(count):
        x, y = dice.unit("star.x", index) * frame.wide, dice.unit("star.y", index) ** 1.3 * horizon
        size = 0.0008 + 0.0022 * dice.unit("star.r", index) ** 5
        (bright if index % 9 == 0 else small).append(shapes.disc(x, y, size * (1.5 if index % 9 == 0 else 1), 12))
    glow = scene.palette.light
    return [
        Shapes(tuple(small), glow, 0.0, 0.62, light=True, moves="twinkle"),
        Shapes(tuple(bright), glow, 0.0, 0.95, light=True, moves="twinkle"),
    ]


def _clouds(scene: Scene, frame: Frame, horizon: float) -> list[Plate]:
    inks, dice = scene.palette, scene.dice
    asked = scene.weather("cloud") or scene.weather("storm") or scene.weather("rain")
    if scene.weather("clear") or not (asked or dice.chance("clouds", 0.5)):
        return []
    count = dice.whole("clouds.n", 5, 8) if asked else dice.whole("clouds.n", 2, 4)
    kind = dice.pick("clouds.kind", ("stratus", "stratus", "cumulus"))
    if scene.weather("storm"):
        kind = "cumulus"
    made: list[Plate] = []
    for index in range(count):
        share = (index + dice.unit("cloud.y", index)) / count
        y = horizon * (0.1 + 0.72 * share)
        x = frame.wide * ((dice.unit("cloud.x", 0) + 0.382 * index) % 1.0 * 1.2 - 0.1)
        # Clouds far away, low over the horizon, are smaller.
        wide = dice.between("cloud.w", 0.3, 0.62, index) * (1.15 - 0.7 * share) * min(1.3, max(frame.wide, 0.8))
        behind = mixed(mixed(inks.top, inks.middle, 2 * share), inks.low, 2 * share - 1)
        if scene.weather("storm"):
            ink = lighter(mixed(behind, inks.near, 0.32), 0.03 * (index % 2))
        elif inks.night:
            ink = mixed(behind, inks.far, 0.4)
        else:
            ink = mixed(behind, inks.light, 0.5)
        if kind == "cumulus":
            parts = shapes.cumulus(x, y, wide, dice, index)
            foot = mixed(ink, behind, 0.75)
            made.append(
                Shapes(tuple(parts), ink, 0.0, 0.9, foot=(foot, y - wide * 0.28, y + wide * 0.03), moves="drift")
            )
        else:
            made.append(Shapes(tuple(shapes.stratus(x, y, wide, dice, index)), ink, 0.0, 0.62, moves="drift"))
    return made


def _birds(scene: Scene, frame: Frame, horizon: float, light: Light) -> Shapes:
    dice = scene.dice
    count = dice.whole("birds.n", 5, 11)
    x = light.x + dice.pick("birds.side", (-1, 1)) * dice.between("birds.x", 0.12, 0.3)
    y = max(0.08, light.y - dice.between("birds.y", -0.02, 0.12))
    flock: list[Floats] = []
    for index in range(count):
        size = dice.between("bird.size", 0.008, 0.019, index)
        across = (dice.unit("bird.x", index) - 0.5) * 0.34
        down = (dice.unit("bird.y", index) - 0.5) * 0.13 + abs(across) * 0.2
        flock.append(
            shapes.bird(x + across, min(y + down, horizon * 0.9), size, dice.between("bird.lift", 0.5, 1.3, index))
        )
    inside = [bird for bird in flock if bird[:, 0].max() > 0 and bird[:, 0].min() < frame.wide]
    return Shapes(tuple(inside), mixed(scene.palette.near, scene.palette.far, 0.3), 0.2, moves="fly")


def _balloons(scene: Scene, frame: Frame, horizon: float) -> list[Plate]:
    inks, dice = scene.palette, scene.dice
    made: list[Plate] = []
    for index in range(dice.whole("balloons", 3, 5)):
        size = dice.between("balloon.size", 0.09, 0.3, index) * (0.8 if index else 1.15)
        x = frame.wide * ((dice.unit("balloon.x") + 0.618 * index) % 1.0 * 0.8 + 0.1)
        y = horizon * dice.between("balloon.y", 0.35, 0.85, index)
        depth = min(1.0, size / 0.3)
        whole, gores = shapes.balloon(x, y, size)
        ink = mixed(inks.far, toned(inks.glow, 0.9), 0.35 + 0.3 * (index % 2))
        ink = mixed(mixed(inks.low, ink, 0.55 + 0.45 * depth), inks.near, 0.12)
        made.append(
            Shapes(
                tuple(whole),
                ink,
                depth,
                foot=(mixed(ink, inks.near, 0.5), y - size * 0.6, y + size * 0.1),
                moves="float",
            )
        )
        made.append(Shapes(tuple(gores), mixed(ink, inks.light, 0.6), depth, 0.75, moves="float"))
    return made


def _lightning(scene: Scene, frame: Frame, horizon: float) -> list[Plate]:
    """A bolt from the clouds to the ground, with a branch."""
    dice, inks = scene.dice, scene.palette
    x = frame.wide * dice.pick("bolt.x", (0.22, 0.3, 0.7, 0.78))
    steps = 9
    spine = [(x, horizon * 0.08)]
    for step in range(1, steps + 1):
        sway = dice.between("bolt", -0.055, 0.055, step) * min(1.0, horizon * 1.6)
        spine.append((spine[-1][0] + sway, horizon * (0.08 + 0.94 * step / steps)))
    fork = spine[4]
    branch = [fork]
    for step in range(1, 5):
        branch.append((branch[-1][0] + dice.between("fork", 0.005, 0.06, step), fork[1] + horizon * 0.07 * step))
    parts = [_tapered(spine, 0.0052), _tapered(branch, 0.003)]
    glow = mixed(inks.light, inks.glow, 0.35)
    return [
        Glow(x, horizon * 0.45, 0.5, glow, 0.4),
        Shapes(tuple(parts), mixed(inks.light, (255, 255, 255), 0.4), light=True),
    ]


def _tapered(spine: list[tuple[float, float]], wide: float) -> Floats:
    """A jagged line that ends in a point."""
    last = len(spine) - 1
    left = [(x - wide * (1 - at / last), y) for at, (x, y) in enumerate(spine)]
    right = [(x + wide * (1 - at / last), y) for at, (x, y) in enumerate(spine)]
    return np.array(left + right[::-1])


def falling(scene: Scene, frame: Frame) -> list[Plate]:
    """Rain or snow in front of everything."""
    if scene.weather("rain") or (scene.weather("storm") and not scene.weather("snow")):
        return [_rain(scene, frame)]
    if scene.weather("snow"):
        return _snow(scene, frame)
    return []


def _rain(scene: Scene, frame: Frame) -> Shapes:
    dice = scene.dice
    slant = dice.between("rain.slant", 0.12, 0.32)
    drops: list[Floats] = []
    for index in range(min(1400, int(230 * frame.wide * frame.high))):
        x = dice.unit("rain.x", index) * (frame.wide + 0.3) - 0.1
        y = dice.unit("rain.y", index) * (frame.high + 0.1) - 0.1
        long = dice.between("rain.l", 0.02, 0.085, index)
        thin = 0.0007 + 0.0007 * dice.unit("rain.t", index)
        drops.append(
            np.array([(x, y), (x + thin, y), (x - slant * long + thin, y + long), (x - slant * long, y + long)])
        )
    return Shapes(tuple(drops), mixed(scene.palette.light, scene.palette.low, 0.4), 1.0, 0.34, light=True, moves="rain")


def _snow(scene: Scene, frame: Frame) -> list[Plate]:
    dice = scene.dice
    near: list[Floats] = []
    far: list[Floats] = []
    for index in range(min(1500, int(300 * frame.wide * frame.high))):
        x, y = dice.unit("snow.x", index) * frame.wide, dice.unit("snow.y", index) * frame.high
        size = 0.0014 + 0.0052 * dice.unit("snow.r", index) ** 3
        (near if size > 0.0028 else far).append(shapes.disc(x, y, size, 16))  # noqa: PLR2004 - units of the picture
    ink = mixed(scene.palette.light, (255, 255, 255), 0.6)
    return [
        Shapes(tuple(far), ink, 1.0, 0.55, light=True, moves="snow"),
        Shapes(tuple(near), ink, 1.0, 0.82, light=True, moves="snow"),
    ]


def waving(values: Floats) -> Floats:
    """Noise folded into crests: sharp above, hollow below; 0 to 1."""
    return 1.0 - np.abs(values)


def comet(scene: Scene, frame: Frame) -> list[Plate]:
    """A comet with its tail."""
    dice, inks = scene.dice, scene.palette
    made: list[Plate] = []
    x, y = frame.wide * dice.between("comet.x", 0.55, 0.8), frame.high * dice.between("comet.y", 0.18, 0.3)
    for step, alpha in ((1.0, 0.25), (0.6, 0.4)):
        tail = np.array([(x - 0.014, y - 0.012), (x - 0.5 * step, y + 0.24 * step), (x + 0.004, y + 0.02)])
        made.append(Shapes((tail,), mixed(inks.light, inks.far, 0.3), alpha=alpha, light=True))
    made += [Glow(x, y, 0.12, inks.light, 0.6), Shapes((shapes.disc(x, y, 0.018),), inks.light, light=True)]
    return made


def saucer(scene: Scene, frame: Frame) -> list[Plate]:
    """A flying saucer and its ray."""
    inks, dice = scene.palette, scene.dice
    x, y = frame.wide * dice.between("saucer.x", 0.36, 0.64), frame.high * dice.between("saucer.y", 0.26, 0.36)
    ray = np.array([(x - 0.06, y), (x + 0.06, y), (x + 0.26, frame.high * 0.95), (x - 0.26, frame.high * 0.95)])
    lamps = tuple(shapes.disc(x + at * 0.05, y + 0.012, 0.009, 20) for at in (-2, -1, 0, 1, 2))
    hull = mixed(inks.light, inks.far, 0.4)
    return [
        Shapes((ray,), mixed(inks.glow, inks.light, 0.4), alpha=0.3),
        Shapes((shapes.dome(x, y - 0.01, 0.075, 0.085),), mixed(inks.far, inks.light, 0.5), alpha=0.9),
        Shapes((shapes.oval(x, y, 0.18, 0.042, 80),), hull, foot=(mixed(hull, inks.near, 0.6), y - 0.03, y + 0.05)),
        Shapes(lamps, inks.glow, light=True),
    ]
