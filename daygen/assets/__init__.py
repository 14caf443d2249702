"""Assets: stored files and what we know about them; the bytes are in object storage, never in the database.

Storage and database cannot commit together, so whoever puts a file says before, or when it is cut short, in which
folder something may lie (`expect`), and `sweep` deletes what lies there later and has become no asset.
"""

from daygen.assets.events import show_event
from daygen.assets.links import link, link_to
from daygen.assets.model import EXTENSIONS, Asset, File
from daygen.assets.schemas import AssetView, show
from daygen.assets.service import add, arrived, expect, find, find_many, known_keys, remove
from daygen.assets.sweep import sweep
from daygen.assets.uploads import LARGEST_PICTURE_BYTES, Uploads

__all__ = [
    "EXTENSIONS",
    "LARGEST_PICTURE_BYTES",
    "Asset",
    "AssetView",
    "File",
    "Uploads",
    "add",
    "arrived",
    "expect",
    "find",
    "find_many",
    "known_keys",
    "link",
    "link_to",
    "remove",
    "show",
    "show_event",
    "sweep",
]
