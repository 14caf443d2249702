"""What is seen out of a window, and walls without one."""

from collections.abc import Callable

from daygen.providers.local.colour import Ink, mixed
from daygen.providers.local.families import city, coast, desert, forest, mountains, sea, space
from daygen.providers.local.plates import Frame, Light, Plate, Sky
from daygen.providers.local.scene import Scene

VIEWS: dict[str, Callable[[Scene, Frame], list[Plate]]] = {
    "city": city.plates, "coast": coast.plates, "desert": desert.plates, "forest": forest.plates,
    "mountains": mountains.plates, "sea": sea.plates, "space": space.plates,
}  # fmt: skip


def view(scene: Scene, frame: Frame) -> list[Plate]:
    """The place the words name, or one that suits any room."""
    place = scene.reading.outlook
    if place not in VIEWS:
        place = scene.dice.pick("view", ("mountains", "coast", "forest", "city"))
    return VIEWS[place](scene, frame)


def blank(scene: Scene, frame: Frame, wall: Ink) -> list[Plate]:
    """A wall with the light of the room on it."""
    inks = scene.palette
    light = Light(frame.wide * 0.5, frame.high * 0.35, 0.14)
    halo = mixed(wall, inks.glow if scene.dim else inks.light, 0.4)
    return [Sky(wall, wall, mixed(wall, inks.near, 0.08), frame.high, light, halo, 0.5)]
