"""The four families of scenes: each turns a scene and a frame into plates, back to front."""

from collections.abc import Callable

from daygen.providers.local.families import city, coast, mountains, woods
from daygen.providers.local.plates import Frame, Plate
from daygen.providers.local.scene import Scene

_FAMILIES: dict[str, Callable[[Scene, Frame], list[Plate]]] = {
    "city": city.plates,
    "coast": coast.plates,
    "mountains": mountains.plates,
    "woods": woods.plates,
}


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """Everything to print, back to front."""
    return _FAMILIES[scene.family](scene, frame)
