"""Every setting, read from the environment once; only the assembly looks here."""

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from daygen.infra import transports

SHORTEST_SECRET = 32
QUEUES = {"postgres", "bullmq", "sqs", "cloudtasks"}
SCHEMES = {"http", "https"}
CLOUDTASKS_QUEUE = re.compile(r"projects/[^/\s]+/locations/[^/\s]+/queues/[^/\s]+")
VENDOR_SETTINGS = ("AWS_", "OTEL_")
PROVIDER_KEYS = ("OPENAI_API_KEY", "IDEOGRAM_API_KEY", "GEMINI_API_KEY", "DASHSCOPE_API_KEY", "COMFYUI_AUTHORIZATION")
PROVIDER_ADDRESSES = (
    *("OPENAI_BASE_URL", "IDEOGRAM_BASE_URL", "GEMINI_BASE_URL", "DASHSCOPE_BASE_URL", "COMFYUI_BASE_URL"),
)
VENDOR_SECRETS = ("_SECRET_ACCESS_KEY", "_SESSION_TOKEN", "_HEADERS")


class SettingsError(Exception):
    """A setting is missing or wrong; the text names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this process is set up. `database_url` is empty where the embedded Postgres is to be started."""

    env: str
    data_dir: Path
    database_url: str
    database_direct_url: str
    storage_url: str
    public_url: str
    host: str
    port: int
    secret: bytes
    lease: timedelta
    grace: timedelta
    longest_call: timedelta
    slots: int
    log_level: str
    fakes: bool
    largest_upload_bytes: int = 2 << 30
    egress_allow: tuple[IPv4Network | IPv6Network, ...] = ()
    input_timeout: timedelta = timedelta(seconds=60)
    webhook_timeout: timedelta = timedelta(seconds=15)
    webhook_retry_scale: float = 1.0
    callback_url: str | None = None
    breaker_pause: timedelta = timedelta(seconds=5)
    ffmpeg: str = ""
    queue: str = "postgres"
    queue_ahead: int = 1
    queue_republish: timedelta = timedelta(seconds=15)
    redis_url: str = ""
    sqs_queue_url: str = ""
    cloudtasks: transports.Tasks | None = None
    vendor: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    accounts: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    def secrets(self) -> list[str]:
        """What must never appear in a log."""
        addresses = (self.database_url, self.database_direct_url, self.redis_url)
        passwords = [urlsplit(url).password or "" for url in addresses]
        vendor = [value for name, value in self.vendor.items() if name.endswith(VENDOR_SECRETS)]
        keys = [value for name, value in self.accounts.items() if name in PROVIDER_KEYS]
        passwords += [urlsplit(self.accounts.get(name, "")).password or "" for name in PROVIDER_ADDRESSES]
        return [secret for secret in (self.secret.decode(), *passwords, *vendor, *keys) if secret]


def read(environ: Mapping[str, str]) -> Settings:
    """Read the settings. Raises `SettingsError` with one line for the first that is missing or wrong."""
    env = _one_of(environ, "DAYGEN_ENV", {"development", "production"}, "development")
    queue = _queue(environ)
    data_dir = Path(environ.get("DAYGEN_DATA_DIR") or ".daygen").absolute()
    host = environ.get("DAYGEN_HOST") or "127.0.0.1"
    port = _whole(environ, "DAYGEN_PORT", 8080, 0, 65_535)
    database_url = environ.get("DAYGEN_DATABASE_URL", "")
    return Settings(
        env=env,
        data_dir=data_dir,
        database_url=database_url,
        database_direct_url=environ.get("DAYGEN_DATABASE_DIRECT_URL") or database_url,
        storage_url=environ.get("DAYGEN_STORAGE_URL") or (data_dir / "files").as_uri(),
        public_url=(environ.get("DAYGEN_PUBLIC_URL") or f"http://{host}:{port}").rstrip("/"),
        callback_url=environ.get("DAYGEN_PUBLIC_URL", "").rstrip("/") or None,
        host=host,
        port=port,
        secret=_secret(environ, env, data_dir),
        lease=timedelta(seconds=_number(environ, "DAYGEN_LEASE_SECONDS", 30, 0.5, 3600)),
        grace=timedelta(seconds=_number(environ, "DAYGEN_GRACE_SECONDS", 30, 0, 3600)),
        longest_call=timedelta(seconds=_number(environ, "DAYGEN_CALL_SECONDS", 600, 0.5, 86_400)),
        breaker_pause=timedelta(seconds=_number(environ, "DAYGEN_BREAKER_SECONDS", 5, 0.1, 300)),
        slots=_whole(environ, "DAYGEN_WORKER_SLOTS", 8, 1, 1000),
        log_level=_one_of(environ, "DAYGEN_LOG_LEVEL", {"debug", "info", "warning", "error"}, "info"),
        fakes=_one_of(environ, "DAYGEN_FAKES", {"0", "1"}, "0") == "1",
        largest_upload_bytes=_whole(environ, "DAYGEN_LARGEST_UPLOAD_BYTES", 2 << 30, 1, 1 << 40),
        ffmpeg=environ.get("DAYGEN_FFMPEG", ""),
        egress_allow=_networks(environ, "DAYGEN_EGRESS_ALLOW"),
        input_timeout=timedelta(seconds=_number(environ, "DAYGEN_INPUT_TIMEOUT_SECONDS", 60, 0.1, 600)),
        webhook_timeout=timedelta(seconds=_number(environ, "DAYGEN_WEBHOOK_TIMEOUT_SECONDS", 15, 0.1, 60)),
        webhook_retry_scale=_number(environ, "DAYGEN_WEBHOOK_RETRY_SCALE", 1, 0, 100),
        queue=queue,
        queue_ahead=_whole(environ, "DAYGEN_QUEUE_AHEAD", 1, 0, 10_000),
        queue_republish=timedelta(seconds=_number(environ, "DAYGEN_QUEUE_REPUBLISH_SECONDS", 15, 0.5, 3600)),
        redis_url=environ.get("DAYGEN_REDIS_URL", ""),
        sqs_queue_url=environ.get("DAYGEN_SQS_QUEUE_URL", ""),
        cloudtasks=_cloudtasks(environ, host) if queue == "cloudtasks" else None,
        vendor={name: value for name, value in environ.items() if name.startswith(VENDOR_SETTINGS)},
        accounts=_accounts(environ),
    )


def _queue(environ: Mapping[str, str]) -> str:
    """The queue's transport; it has an address, and what it needs is installed."""
    queue = _one_of(environ, "DAYGEN_QUEUE", QUEUES, "postgres")
    if command := transports.missing(queue):
        raise SettingsError(f"DAYGEN_QUEUE is {queue!r}, and what it needs is not installed: {command}")
    if queue == "bullmq":
        _address(environ, "DAYGEN_REDIS_URL", {"redis", "rediss"}, queue)
    if queue == "sqs":
        _address(environ, "DAYGEN_SQS_QUEUE_URL", SCHEMES, queue)
    return queue


def _cloudtasks(environ: Mapping[str, str], host: str) -> transports.Tasks:
    queue = environ.get("DAYGEN_CLOUDTASKS_QUEUE", "")
    if not CLOUDTASKS_QUEUE.fullmatch(queue):
        form = "projects/PROJECT/locations/LOCATION/queues/QUEUE"
        raise SettingsError(f"DAYGEN_QUEUE is 'cloudtasks'; set DAYGEN_CLOUDTASKS_QUEUE to {form}")
    invoker = environ.get("DAYGEN_CLOUDTASKS_INVOKER", "")
    if "@" not in invoker:
        raise SettingsError("DAYGEN_CLOUDTASKS_INVOKER must be the mail of the service account that may call workers")
    return transports.Tasks(
        queue=queue,
        target=_address(environ, "DAYGEN_CLOUDTASKS_TARGET", SCHEMES, "cloudtasks"),
        invoker=invoker,
        host=environ.get("DAYGEN_CLOUDTASKS_HOST") or host,
        port=_whole(environ, "DAYGEN_CLOUDTASKS_PORT", 8081, 0, 65_535),
        account=_google_account(environ),
        api=environ.get("DAYGEN_CLOUDTASKS_API_URL", "").rstrip("/") or transports.API,
        metadata=environ.get("DAYGEN_CLOUDTASKS_METADATA_URL", "").rstrip("/") or transports.METADATA,
        keys=environ.get("DAYGEN_CLOUDTASKS_KEYS_URL", "") or transports.KEYS,
    )


def _google_account(environ: Mapping[str, str]) -> transports.Account | None:
    path = environ.get("GOOGLE_APPLICATION_CREDENTIALS", "")
    try:
        return transports.Account.read(Path(path)) if path else None
    except (OSError, ValueError):
        raise SettingsError(
            f"GOOGLE_APPLICATION_CREDENTIALS names {path}, which is not the key file of a service account"
        ) from None


def _address(environ: Mapping[str, str], name: str, schemes: set[str], queue: str) -> str:
    address = environ.get(name, "").rstrip("/")
    parts = urlsplit(address)
    if parts.scheme not in schemes or not parts.hostname:
        forms = " or ".join(f"{scheme}://" for scheme in sorted(schemes))
        raise SettingsError(f"DAYGEN_QUEUE is {queue!r}; set {name} to an address that begins with {forms}")
    return address


def _accounts(environ: Mapping[str, str]) -> dict[str, str]:
    """Keys of providers and, for who speaks to them through somewhere else, their addresses."""
    given = {name: environ[name].strip() for name in (*PROVIDER_KEYS, *PROVIDER_ADDRESSES) if environ.get(name)}
    for name, value in given.items():
        if name in PROVIDER_ADDRESSES and (not urlsplit(value).hostname or urlsplit(value).scheme not in SCHEMES):
            raise SettingsError(f"{name} must be an address that begins with http:// or https://")
        if name in PROVIDER_KEYS and not (value.isascii() and value.isprintable()):
            raise SettingsError(f"{name} has a character that no key has; copy it again")
    return given


def _secret(environ: Mapping[str, str], env: str, data_dir: Path) -> bytes:
    """The key of signed links. In development it is made once and kept in the data directory."""
    given = environ.get("DAYGEN_SECRET", "")
    if given:
        if len(given) < SHORTEST_SECRET:
            raise SettingsError(f"DAYGEN_SECRET must have {SHORTEST_SECRET} characters or more: openssl rand -hex 32")
        return given.encode()
    if env == "production":
        raise SettingsError("DAYGEN_SECRET is not set, and DAYGEN_ENV is production. Set it to: openssl rand -hex 32")
    kept = data_dir / "secret"
    if not kept.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = data_dir / f"secret.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):  # another process was first: its secret is ours too
            os.link(fresh, kept)
        fresh.unlink()
    return kept.read_bytes()


def _one_of(environ: Mapping[str, str], name: str, known: set[str], default: str) -> str:
    value = environ.get(name) or default
    if value not in known:
        raise SettingsError(f"{name} is {value!r}; it can be {' or '.join(sorted(known))}")
    return value


def _networks(environ: Mapping[str, str], name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Networks in CIDR notation or single addresses, with commas between them."""
    written = [text.strip() for text in environ.get(name, "").split(",")]
    try:
        return tuple(ip_network(text) for text in written if text)
    except ValueError as error:
        raise SettingsError(f"{name} takes networks like 10.1.0.0/16,fd00::/8; {error}") from None


def _number(environ: Mapping[str, str], name: str, default: float, least: float, most: float) -> float:
    text = environ.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise SettingsError(f"{name} is {text!r}; it must be a number from {least:g} to {most:g}")
    return value


def _whole(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = _number(environ, name, default, least, most)
    if value != int(value):
        raise SettingsError(f"{name} must be a whole number")
    return int(value)
