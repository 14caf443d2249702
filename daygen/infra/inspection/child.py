"""The child that opens pictures: takes one open file at a time over its socket, and says what it found.

Its socket is its stdin. It says `ready`, then for each order (`{"type": "image/png"}` and a descriptor beside it) one
line: `{"width": 3, "height": 2}`, `{"unreadable": "…"}` or `{"demanding": "…"}`. It can open no file and write none.
"""

import json
import math
import os
import resource
import socket
import sys
import warnings
from typing import Any, BinaryIO

from PIL import AvifImagePlugin, GifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from daygen.infra.inspection.model import MOST_FRAMES, MOST_PIXELS, MOST_SIDE, PICTURES

MEMORY_BYTES = 512 << 20
CPU_S = 2
OPEN_FILES = 16
ORIENTATION = 0x0112
LYING = range(5, 9)  # orientations that exchange width and height
LOADED = (AvifImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin)  # before the limits


def confine() -> None:
    """Give up what is not needed for looking at pictures."""
    Image.MAX_IMAGE_PIXELS = None  # ours is asked before anything is decoded
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    if sys.platform == "linux":  # elsewhere an address space says nothing about memory
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def allow_time() -> None:
    """Be killed after some more seconds of work."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime) + CPU_S, most))


def look(file: BinaryIO, content_type: str) -> dict[str, Any]:
    """Open a picture, check what it would take before it is decoded, then decode it."""
    try:
        with Image.open(file, formats=[PICTURES[content_type]]) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
                return {"demanding": f"It has {width} by {height} pixels; up to {MOST_PIXELS // 1_000_000} million go."}
            frames = getattr(picture, "n_frames", 1)
            if frames > MOST_FRAMES:
                return {"demanding": f"It has {frames} frames; up to {MOST_FRAMES} go."}
            lying = picture.getexif().get(ORIENTATION) in LYING
            picture.draft(None, (width // 8, height // 8))  # of a JPEG a small one proves as much
            picture.load()
    except MemoryError:
        return {"demanding": "It takes more memory than one picture may."}
    except Exception as error:  # noqa: BLE001 - whatever a broken file does to Pillow
        return {"unreadable": f"It cannot be read as {content_type}: {error}"[:300]}
    return {"width": height, "height": width} if lying else {"width": width, "height": height}


def main() -> None:
    """Look until the socket is closed."""
    confine()
    line = socket.socket(fileno=0)
    line.sendall(b"ready\n")
    while True:
        order, descriptors, _, _ = socket.recv_fds(line, 4096, 1)
        if not order:
            return
        allow_time()
        with os.fdopen(descriptors[0], "rb") as file:
            file.seek(0)
            found = look(file, json.loads(order)["type"])
        line.sendall(json.dumps(found).encode() + b"\n")


if __name__ == "__main__":
    main()
