"""What ffmpeg says about a video, from what it prints of every input."""

import asyncio
import re
import resource
import signal
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable
from typing import BinaryIO

from daygen.infra.inspection.model import Found
from daygen.infra.processes import ending_with_us

PATIENCE_S = 5.0
MEMORY_BYTES = 2 << 30
MOST_SAID = 64 * 1024
# The reader is named, so that nothing but the video itself is opened: a playlist would lead elsewhere
READERS = {"video/mp4": "mov", "video/quicktime": "mov", "video/webm": "matroska"}

_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
_SIZE = re.compile(r"Stream #\S+.*?: Video: .*?\b([1-9]\d{1,4})x([1-9]\d{1,4})\b")
_TURNED = re.compile(r"rotation of -?(?:90|270)(?:\.0+)? degrees")


async def look(ffmpeg: str, file: BinaryIO, content_type: str) -> Found:
    """Ask ffmpeg; nothing is found where it fails or takes too long."""
    path = f"/dev/fd/{file.fileno()}"
    command = ["-hide_banner", "-nostdin", "-protocol_whitelist", "file", "-f", READERS[content_type], "-i", path]
    file.seek(0)
    process = await asyncio.create_subprocess_exec(
        ffmpeg,
        *command,
        stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, pass_fds=[file.fileno()], preexec_fn=_confined(),
        start_new_session=True, limit=MOST_SAID,
    )  # fmt: skip
    assert process.stderr is not None
    try:
        async with asyncio.timeout(PATIENCE_S):
            said = (await process.stderr.read(MOST_SAID)).decode(errors="replace")
            while more := await process.stderr.read(MOST_SAID):
                said = (said + more.decode(errors="replace"))[:MOST_SAID]
    except TimeoutError:
        return Found()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    return understood(said)


def understood(said: str) -> Found:
    """Read what ffmpeg printed."""
    duration, size = _DURATION.search(said), _SIZE.search(said)
    seconds = int(duration[1]) * 3600 + int(duration[2]) * 60 + float(duration[3]) if duration else None
    if size is None:
        return Found(duration_s=seconds)
    width, height = int(size[1]), int(size[2])
    return Found(height, width, seconds) if _TURNED.search(said) else Found(width, height, seconds)


def _confined() -> Callable[[], None]:
    """What the process does last before it becomes ffmpeg."""
    end_with_us = ending_with_us(signal.SIGKILL)

    def confine() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (int(PATIENCE_S), int(PATIENCE_S)))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        if end_with_us is not None:
            end_with_us()

    return confine
