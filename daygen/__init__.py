"""DayGen: the self-hostable studio and platform for AI images and video."""

__version__ = "0.1.0"
