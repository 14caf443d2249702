"""Where ffmpeg is: it makes films, stays a program of its own (its codecs are under the GPL), and may be missing."""

import shutil
import subprocess
from functools import cache
from importlib import import_module

NONE = "none"
CODEC = "libx264"
HOW_TO_GET_IT = "Install ffmpeg, or `pip install 'daygen[video]'`, and start again."
_ANSWERS_IN_S = 20


def find_ffmpeg(named: str = "") -> str | None:
    """The ffmpeg to use: the one that is named, else that on PATH, else that of the extra `video`.

    None where there is none that writes H.264, and where `none` is named.
    """
    if named == NONE:
        return None
    return _usable(named or shutil.which("ffmpeg") or "") or (None if named else _usable(_bundled()))


def _bundled() -> str:
    try:
        found: str = import_module("imageio_ffmpeg").get_ffmpeg_exe()
    except (ImportError, RuntimeError):
        return ""
    return found


@cache
def _usable(path: str) -> str | None:
    """The path again, if it runs and knows the codec."""
    if not path:
        return None
    try:
        said = subprocess.run(  # noqa: S603 - the operator's own program
            [path, "-hide_banner", "-encoders"], capture_output=True, text=True, timeout=_ANSWERS_IN_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return path if CODEC in said.stdout else None
