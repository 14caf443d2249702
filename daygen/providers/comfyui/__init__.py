"""A ComfyUI of the house: graph templates are data (`templates/<model>-<operation>.json`), its disk is fed and read.

A template is a graph as "Save (API format)" writes it, the node that saves, and where each of our fields goes.
"""

from daygen.providers.comfyui.adapter import ComfyUI

__all__ = ["ComfyUI"]
