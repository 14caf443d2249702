"""A scene in motion becomes a film: frames printed one after another, straight into ffmpeg, and never kept."""

import ctypes
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from daygen.providers.local.ffmpeg import CODEC
from daygen.providers.local.keepsake import film_comment
from daygen.providers.local.motion import Motion
from daygen.providers.local.picture import Look, Progress, drawn
from daygen.providers.local.recipe import LEAST_SIDE, Recipe

FRAMES_PER_S = 12  # drawn, as on twos: smooth enough for slow motion, and the grain has time to be seen
LONG_SIDE = 768
_QUALITY = 20  # x264's CRF
_ENDS_IN_S = 60
_PR_SET_PDEATHSIG = 1


def film_size(width: int, height: int) -> tuple[int, int]:
    """The frame of a film of such a picture: its longer side 768 pixels, both even, as H.264 wants them."""
    scale = LONG_SIDE / max(width, height)
    even = [max(LEAST_SIDE, round(side * scale / 2) * 2) for side in (width, height)]
    return even[0], even[1]


def film(recipe: Recipe, seconds: int, ffmpeg: str, path: Path, progress: Progress, look: Look) -> None:
    """Print a loop of a recipe's scene, in the recipe's size, into an MP4 that carries the recipe.

    The same recipe, seconds and ffmpeg give the same bytes. Its first frame is the picture itself.
    """
    motion, count = Motion(seconds), seconds * FRAMES_PER_S
    with _encoder(ffmpeg, recipe, path) as frames:
        for number in range(count):
            image = drawn(recipe, plates=motion.at(number / count))
            if number == 0:
                look(image)
            frames.write(image.tobytes())
            progress((number + 1) / (count + 1))
    progress(1.0)


@contextmanager
def _encoder(ffmpeg: str, recipe: Recipe, path: Path) -> Generator[IO[bytes]]:
    """Take frames as bytes; when the block ends the file is whole. Whatever goes wrong, no ffmpeg stays behind."""
    with tempfile.TemporaryFile(dir=path.parent) as said:
        notes = path.with_suffix(".notes")
        notes.write_text(f";FFMETADATA1\ncomment={_escaped(film_comment(recipe))}\n")
        process = subprocess.Popen(  # noqa: S603 - the operator's own program, and our own arguments
            [ffmpeg, *_arguments(recipe, notes, path)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, preexec_fn=_die_with_press,  # noqa: PLW1509 - the press has one thread
        )  # fmt: skip
        try:
            assert process.stdin is not None
            with suppress(BrokenPipeError):  # it has said why it left
                yield process.stdin
                process.stdin.close()
            if process.wait(_ENDS_IN_S) != 0:
                said.seek(0)
                raise OSError(f"ffmpeg: {said.read(2000).decode(errors='replace').strip()}")
        finally:
            process.kill()
            process.wait()
            notes.unlink()


def _arguments(recipe: Recipe, notes: Path, path: Path) -> list[str]:
    frames = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{recipe.width}x{recipe.height}", "-r", f"{FRAMES_PER_S}"]
    colours = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]
    return [
        *("-hide_banner", "-nostdin", "-loglevel", "error", "-y"),
        *(*frames, "-i", "pipe:0", "-f", "ffmetadata", "-i", str(notes), "-map", "0:v", "-map_metadata", "1"),
        *("-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p", *colours),
        *("-c:v", CODEC, "-preset", "veryfast", "-tune", "animation", "-crf", f"{_QUALITY}", "-threads", "1"),
        *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-movflags", "+faststart", str(path)),
    ]


def _escaped(text: str) -> str:
    for special in ("\\", "=", ";", "#", "\n"):
        text = text.replace(special, f"\\{special}")
    return text


def _make_death_signal() -> Callable[[], None]:
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    return ask


_die_with_press = _make_death_signal()
