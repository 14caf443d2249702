"""Ideogram: every operation of 3.0, upscaling and describing, at once; pictures of 4.0 for a ticket."""

from daygen.providers.ideogram.adapter import Ideogram
from daygen.providers.ideogram.signatures import IdeogramReceiver

__all__ = ["Ideogram", "IdeogramReceiver"]
