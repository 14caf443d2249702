"""The house that runs on a data directory, as other programs of this machine find it.

data_dir/
├── up.lock         held while a supervisor runs, so a house that was killed is known to be gone
├── instance.json   where it is and how to reach its database; mode 0600, removed when it stops
└── operator-key    the operator's API key; mode 0600
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

from daygen.app.settings import Settings, SettingsError

FILE = "instance.json"
LOCK = "up.lock"
KEY_FILE = "operator-key"
CLAIM_WITHIN_S = 0.5  # who only looks whether a house runs holds the lock for a moment


class AlreadyUp(Exception):  # noqa: N818 - says what it is
    """Another supervisor has this data directory."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A running house. `url` is how clients reach it, `local_url` how this machine does, past every proxy."""

    url: str
    local_url: str
    database_url: str
    database_direct_url: str
    storage_url: str
    api: Sequence[int]
    workers: Sequence[int]
    postgres: int | None

    @property
    def pids(self) -> dict[str, Any]:
        """Its processes, in the shape that leaves the house."""
        return {"api": [*self.api], "workers": [*self.workers], "postgres": self.postgres}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Read what was written."""
        pids = told["pids"]
        return cls(
            url=told["url"],
            local_url=told["localUrl"],
            database_url=told["databaseUrl"],
            database_direct_url=told["databaseDirectUrl"],
            storage_url=told["storageUrl"],
            **pids,
        )

    def told(self) -> dict[str, Any]:
        """What is written."""
        facts = asdict(self)
        return {
            "url": facts["url"],
            "localUrl": facts["local_url"],
            "databaseUrl": facts["database_url"],
            "databaseDirectUrl": facts["database_direct_url"],
            "storageUrl": facts["storage_url"],
            "pids": self.pids,
        }


def find(data_dir: Path) -> Instance | None:
    """The house that runs on a data directory; None when none does, or none is ready yet."""
    return _read(data_dir) if _is_claimed(data_dir) else None


def operator_key(data_dir: Path) -> str | None:
    """The operator's API key, kept since the first start; None before it."""
    with contextlib.suppress(FileNotFoundError):
        return (data_dir / KEY_FILE).read_text().strip()
    return None


def left_behind(data_dir: Path) -> Instance | None:
    """What a house that was killed had told. Only for who has claimed the directory."""
    return _read(data_dir)


def tell(data_dir: Path, instance: Instance) -> None:
    """Write it, whole or not at all, for its owner's eyes alone."""
    draft = data_dir / f"{FILE}.new"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(instance.told(), file, indent=1)
    draft.replace(data_dir / FILE)


def forget(data_dir: Path) -> None:
    """Say that no house runs here."""
    (data_dir / FILE).unlink(missing_ok=True)


@contextmanager
def claimed(data_dir: Path) -> Generator[None]:
    """Be the only supervisor of a data directory while the block lasts. Raises `AlreadyUp`."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    give_up_at = time.monotonic() + CLAIM_WITHIN_S
    with (data_dir / LOCK).open("w") as lock:
        while not _locked(lock.fileno(), fcntl.LOCK_EX):
            if time.monotonic() > give_up_at:
                raise AlreadyUp
            time.sleep(0.02)
        yield


def joined(settings: Settings) -> Settings:
    """These settings, with the database and storage of the house that runs on the data directory.

    Raises `SettingsError` when none runs and no database is named.
    """
    instance = find(settings.data_dir)
    if instance is not None:
        return replace(
            settings,
            database_url=instance.database_url,
            database_direct_url=instance.database_direct_url,
            storage_url=instance.storage_url,
            public_url=instance.url,
        )
    if settings.database_url:
        return settings
    raise nobody_home(settings.data_dir)


def nobody_home(data_dir: Path) -> SettingsError:
    """What to do when no house runs here."""
    return SettingsError(
        f"No DayGen is running with the data in {data_dir}: "
        "start it with `daygen up`, or name its directory with --data-dir."
    )


def _is_claimed(data_dir: Path) -> bool:
    try:
        with (data_dir / LOCK).open() as lock:
            return not _locked(lock.fileno(), fcntl.LOCK_SH)
    except FileNotFoundError:
        return False


def _locked(file: int, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(data_dir: Path) -> Instance | None:
    with contextlib.suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        return Instance.of(json.loads((data_dir / FILE).read_text()))
    return None
