"""The inspector of a process: keeps one warm child that opens pictures, and asks ffmpeg about videos."""

import asyncio
import json
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from typing import Any, BinaryIO

from daygen.infra import telemetry
from daygen.infra.inspection import videos
from daygen.infra.inspection.model import Found, TooDemanding, Unreadable
from daygen.infra.processes import ending_with_us
from daygen.kit.problems import Unavailable

PATIENCE = timedelta(seconds=1.8)
STARTS_WITHIN = timedelta(seconds=10)

log = telemetry.get_logger(__name__)


class InspectorUnavailable(Unavailable):
    """The child that looks at files does not start."""

    code = "assets.inspector_unavailable"
    title = "Files cannot be looked at right now"


class _Child:
    """One child process and our end of its socket."""

    def __init__(self, process: subprocess.Popen[bytes], line: socket.socket) -> None:
        self._process = process
        self._line = line

    @classmethod
    async def start(cls) -> "_Child":
        """Start one, and wait until it has loaded what it needs. Raises OSError or TimeoutError."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        ours.setblocking(False)
        try:
            # From this thread, since it ends with the thread that starts it; it takes some milliseconds
            process = subprocess.Popen(  # noqa: ASYNC220
                [sys.executable, "-m", "daygen.infra.inspection.child"],
                stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True, preexec_fn=ending_with_us(signal.SIGKILL),  # noqa: PLW1509
            )  # fmt: skip
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        child = cls(process, ours)
        try:
            async with asyncio.timeout(STARTS_WITHIN.total_seconds()):
                await child.hear()
        except BaseException:
            await child.kill()
            raise
        return child

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, file: BinaryIO, content_type: str) -> None:
        """Hand it an open file."""
        socket.send_fds(self._line, [json.dumps({"type": content_type}).encode()], [file.fileno()])

    async def hear(self) -> str:
        """The next line it says. Raises ConnectionError when it has ended."""
        said = b""
        while not said.endswith(b"\n"):
            piece = await asyncio.get_running_loop().sock_recv(self._line, 4096)
            if not piece:
                raise ConnectionError("the child ended")
            said += piece
        return said.decode()

    async def kill(self) -> None:
        """End it at once, and take it off the list of processes."""
        with suppress(ProcessLookupError):
            self._process.kill()
        self._line.close()
        await asyncio.to_thread(self._process.wait)


class Inspector:
    """Looks at one picture at a time. The child is started by the first, and again after one that was too much."""

    def __init__(self, patience: timedelta = PATIENCE) -> None:
        self._patience = patience
        self._turn = asyncio.Lock()
        self._child: _Child | None = None
        self.ffmpeg = shutil.which("ffmpeg")

    @property
    def pid(self) -> int | None:
        """The child's process id, while there is one."""
        return self._child.pid if self._child else None

    async def picture(self, file: BinaryIO, content_type: str) -> Found:
        """Find out the size of a picture of one of `PICTURES`, and that it can be read.

        Raises `Unreadable`, `TooDemanding`, or `InspectorUnavailable` (503). Moves the file's position.
        """
        async with self._turn:
            child = await self._started()
            try:
                async with asyncio.timeout(self._patience.total_seconds()):
                    child.ask(file, content_type)
                    found: dict[str, Any] = json.loads(await child.hear())
            except (TimeoutError, OSError) as error:
                log.warning("inspector.killed", reason=f"{type(error).__name__}: {error}")
                await self._end()
                raise TooDemanding("It takes more memory or time than one picture may.") from error
            except BaseException:
                await asyncio.shield(self._end())  # it is at our file still
                raise
        if "demanding" in found:
            raise TooDemanding(found["demanding"])
        if "unreadable" in found:
            raise Unreadable(found["unreadable"])
        return Found(found["width"], found["height"])

    async def video(self, file: BinaryIO, content_type: str) -> Found:
        """Find out size and duration of a video; nothing where there is no ffmpeg, or it makes nothing of it."""
        return Found() if self.ffmpeg is None else await videos.look(self.ffmpeg, file, content_type)

    async def close(self) -> None:
        """End the child."""
        async with self._turn:
            await self._end()

    async def _started(self) -> _Child:
        if self._child is None or not self._child.alive:
            await self._end()
            try:
                self._child = await _Child.start()
            except (OSError, TimeoutError) as error:
                log.exception("inspector.does_not_start")
                raise InspectorUnavailable("The picture could not be looked at. Try again.") from error
        return self._child

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await child.kill()
