"""Child processes that end with the process that started them."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def ending_with_us(by: signal.Signals) -> Callable[[], None] | None:
    """What a new process does last before it becomes its program: ask for a signal when we die (`preexec_fn`).

    Linux only, None elsewhere. "We" is the thread that starts it: start children from the main thread. CPython calls
    it after a change of uid, which would clear the request.
    """
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None, use_errno=True).prctl, os.getpid()

    def ask() -> None:
        if prctl(_PR_SET_PDEATHSIG, int(by), 0, 0, 0) != 0 or os.getppid() != parent:
            os._exit(1)  # the parent died in between

    return ask
