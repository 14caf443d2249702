"""The families of scenes, one module each: it turns a scene and a frame into plates, back to front."""

from collections.abc import Callable

from daygen.providers.local.families import (
    air,
    animal,
    city,
    coast,
    desert,
    flowers,
    forest,
    geometry,
    interior,
    mountains,
    portrait,
    sea,
    space,
    still_life,
    typography,
)
from daygen.providers.local.plates import Frame, Plate
from daygen.providers.local.scene import Scene

_FAMILIES: dict[str, Callable[[Scene, Frame], list[Plate]]] = {
    "animal": animal.plates,
    "city": city.plates,
    "coast": coast.plates,
    "desert": desert.plates,
    "flowers": flowers.plates,
    "forest": forest.plates,
    "geometry": geometry.plates,
    "interior": interior.plates,
    "mountains": mountains.plates,
    "portrait": portrait.plates,
    "sea": sea.plates,
    "space": space.plates,
    "still life": still_life.plates,
    "typography": typography.plates,
}
_INDOORS = frozenset(("interior", "still life", "geometry", "typography", "space"))


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """Everything to print, back to front."""
    made = _FAMILIES[scene.family](scene, frame)
    return made if scene.family in _INDOORS or scene.reading.place == "interior" else made + air.falling(scene, frame)
