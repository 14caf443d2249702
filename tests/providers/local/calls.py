"""Calls to the printmaker, a sink that keeps what it is told, and the presses that live."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from daygen.kit.ids import JobId
from daygen.providers.contract import Call, Output, Source


class Heard:
    """A sink that keeps what it is told; `first` is set at the first sign of progress."""

    def __init__(self) -> None:
        self.shares: list[float] = []
        self.outputs: dict[int, Output] = {}
        self.previews: list[tuple[int, Output]] = []
        self.first = asyncio.Event()

    async def progress(self, share: float) -> None:
        self.shares.append(share)
        self.first.set()

    async def preview(self, index: int, output: Output) -> None:
        assert output.path.exists()
        self.previews.append((index, output))

    async def output(self, index: int, output: Output) -> None:
        assert output.path.exists()
        self.outputs[index] = output


def call(
    scratch: Path,
    wanted: Sequence[int] = (0,),
    *,
    side: int = 96,
    sources: Mapping[str, Source] | None = None,
    **given: Any,
) -> Call:
    filled: dict[str, Any] = {"prompt": "a lighthouse", "seed": 5, "width": side, "height": side, "technique": "auto"}
    return Call(
        job_id=JobId.new(),
        ref="ref",
        model="local/print",
        operation=given.pop("operation", "text_to_image"),
        input=filled | given,
        wanted=wanted,
        scratch=scratch,
        sources=sources or {},
    )


def children() -> list[psutil.Process]:
    living = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in living if "press" in " ".join(child.cmdline())]
