"""A strict S3 server on a loopback port: `rclone serve s3`, whose buckets are folders, ended with the test.

It checks every signature (SigV4), header or query, and expiry. It keeps Content-Type, Cache-Control and
Content-Disposition of an object in memory, so they last as long as the server. It knows no bucket policies, so that
whatever has the keys may do everything, and no role credentials.
"""

import os
import re
import subprocess
import sysconfig
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class S3Server:
    """Where it listens, what it takes, and where its bucket's files lie."""

    endpoint: str
    access_key_id: str
    secret_access_key: str
    bucket: str
    folder: Path
    pid: int

    @property
    def url(self) -> str:
        return f"s3://{self.bucket}?{urlencode({'endpoint': self.endpoint, 'path_style': '1'})}"

    @property
    def credentials(self) -> Mapping[str, str]:
        """As the usual environment variables."""
        return {"AWS_ACCESS_KEY_ID": self.access_key_id, "AWS_SECRET_ACCESS_KEY": self.secret_access_key}


@contextmanager
def serve_s3(tmp_path: Path, bucket: str = "daygen-test") -> Generator[S3Server]:
    """Run the server with its files under `tmp_path` and one empty bucket."""
    root = tmp_path / "s3"
    (root / bucket).mkdir(parents=True)
    key, secret = "daygen-test-key", "daygen-test-secret"
    rclone = Path(sysconfig.get_path("scripts"), "rclone")
    command = [str(rclone), "serve", "s3", "--addr", "127.0.0.1:0", "--auth-key", f"{key},{secret}", str(root)]
    environment = {"PATH": os.environ["PATH"], "RCLONE_CONFIG": os.devnull, "HOME": str(tmp_path)}
    server = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    # Its log must be read to the end, or it would stop when the pipe is full
    rest_of_log = threading.Thread(target=server.stderr.read, daemon=True)
    try:
        said: list[str] = []
        for line in server.stderr:
            said.append(line)
            if listening := re.search(r"server on \[(http://127\.0\.0\.1:\d+)", line):
                break
        else:
            raise RuntimeError(f"rclone did not start: {''.join(said)}")
        rest_of_log.start()
        yield S3Server(listening[1], key, secret, bucket, root / bucket, server.pid)
    finally:
        server.kill()
        server.wait()
        if rest_of_log.ident is not None:
            rest_of_log.join()
        server.stderr.close()
