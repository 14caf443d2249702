"""A proof: every plate pulled smooth and in its own colours, for techniques that translate a whole picture."""

from collections.abc import Callable, Sequence

import numpy as np

from daygen.providers.local.plates import Plate
from daygen.providers.local.raster import Band, Bytes, Sheet
from daygen.providers.local.scene import Scene
from daygen.providers.local.screenprint import pull

_FLAT = np.uint8(128)


class Proof(Sheet):
    """A sheet of paper without grain: tints stay smooth."""

    def grain(self, band: Band, plate: int) -> Bytes:
        """Nothing but the middle."""
        del plate
        return np.broadcast_to(_FLAT, (band.stop - band.start, self.width))


def proofed(
    scene: Scene, size: tuple[int, int], plates: Sequence[Plate], progress: Callable[[float], None] = lambda _: None
) -> Proof:
    """Pull every plate onto a proof of this size in pixels. `progress` hears 0 to 1, rising."""
    made = Proof(*size, scene.dice)
    for number, plate in enumerate(plates):
        pull(scene, made, plate, number)
        progress((number + 1) / len(plates))
    return made
