"""The machine's limit: the wheel's own pgbench, sending one statement an order over as many connections."""

import re
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bench.figures import Figures, spread_of
from bench.ground import Ground, NotHere
from bench.plan import CONNECTIONS
from bench.processes import ProcessFailed, environment
from daygen.infra.embedded import binaries

SCRIPT = Path(__file__).parent / "sql" / "accept_one.sql"
MICROSECONDS = 1_000_000


def accept_one(ground: Ground, dsn: str, *, seconds: float, workspaces: int) -> Figures:
    """Run the one-order statement for some whole seconds, at least 2. Raises `NotHere` or `ProcessFailed`."""
    program = binaries() / "pgbench"
    if not program.exists():
        raise NotHere("the wheel brings no pgbench for this platform")
    server, log = urlsplit(dsn), ground.path("pgbench")
    arguments = [program, "--no-vacuum", "--protocol=prepared", f"--client={CONNECTIONS}", "--jobs=2"]
    arguments += [f"--time={max(round(seconds), 2)}", f"--define=workspaces={workspaces}", f"--file={SCRIPT}"]
    arguments += ["--log", f"--log-prefix={log}", server.path.removeprefix("/")]
    environ = environment(
        PGHOST=server.hostname or "",
        PGPORT=str(server.port),
        PGUSER=server.username or "",
        PGPASSWORD=unquote(server.password or ""),
    )
    done = subprocess.run(
        list(map(str, arguments)), env=environ, capture_output=True, text=True, timeout=seconds + 60, check=False
    )
    rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    if done.returncode or rate is None or "number of failed transactions: 0 " not in done.stdout:
        raise ProcessFailed(f"pgbench: {done.stderr.strip()[-500:] or done.stdout[-500:]}")
    times_s = [
        int(line.split()[2]) / MICROSECONDS
        for file in log.parent.glob(f"{log.name}.*")
        for line in file.read_text().splitlines()
    ]
    return {"per_s": round(float(rate[1]), 1), **spread_of(times_s)}
