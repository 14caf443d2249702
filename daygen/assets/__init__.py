"""Assets: stored files and what we know about them; the bytes are in object storage, never in the database."""

from daygen.assets.links import link, link_to
from daygen.assets.model import EXTENSIONS, Asset, File
from daygen.assets.schemas import AssetView, show
from daygen.assets.service import add, find, find_many, known_keys, remove

__all__ = [
    "EXTENSIONS",
    "Asset",
    "AssetView",
    "File",
    "add",
    "find",
    "find_many",
    "known_keys",
    "link",
    "link_to",
    "remove",
    "show",
]
