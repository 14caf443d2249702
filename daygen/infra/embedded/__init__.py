"""The embedded Postgres: one cluster in the data directory, from a wheel's binaries, alive as long as its supervisor.

    data_dir/
    ├── lock            held while a supervisor runs; says its process
    ├── postgres.json   the generated passwords and the last port, mode 0600
    ├── postgres.log    what the server says; `.1` is the one before
    ├── postgres/       the cluster
    └── postgres.new-*  a cluster being made; renamed when it is whole, thrown away when it is not

It listens on the loopback address only and asks for a password (SCRAM). Root runs it under uid 65534 and touches
neither owner nor mode of any folder but the cluster's own; everybody else runs it as themselves.
"""

from daygen.infra.embedded.server import FAST_BUT_FORGETFUL, SETTINGS, EmbeddedPostgres
from daygen.infra.embedded.tools import UNPRIVILEGED, EmbeddedPostgresError, binaries

__all__ = [
    "FAST_BUT_FORGETFUL",
    "SETTINGS",
    "UNPRIVILEGED",
    "EmbeddedPostgres",
    "EmbeddedPostgresError",
    "binaries",
]
