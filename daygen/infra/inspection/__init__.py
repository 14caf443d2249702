"""Inspection: what a file that somebody sent really is, found out where it can do no harm.

Pictures are opened by one child process with little memory and little time, which is killed when it needs more and
started again for the next; videos by ffmpeg, where there is one. Neither sees more of the machine than an open file.
"""

from daygen.infra.inspection.inspector import Inspector, InspectorUnavailable
from daygen.infra.inspection.model import PICTURES, Found, TooDemanding, Unreadable
from daygen.infra.inspection.sniffing import HEAD_BYTES, sniffed

__all__ = [
    "HEAD_BYTES",
    "PICTURES",
    "Found",
    "Inspector",
    "InspectorUnavailable",
    "TooDemanding",
    "Unreadable",
    "sniffed",
]
