"""Ideogram 3.0: every operation of its `/v1/ideogram-v3` endpoints, upscaling and describing; answers come at once."""

from daygen.providers.ideogram.adapter import Ideogram

__all__ = ["Ideogram"]
