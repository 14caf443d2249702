"""The API as the command line calls it: over HTTP, with a key, in words that say what to do when it does not answer."""

import ipaddress
import json
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import click
import httpx

from daygen.app import instance
from daygen.app.cli.options import chosen_data_dir

JOB_ENDS = frozenset({"job.succeeded", "job.failed", "job.canceled", "job.expired"})
BATCH_ENDS = frozenset({"batch.finished"})
TIMEOUT = httpx.Timeout(30, connect=5)
STREAM_TIMEOUT = httpx.Timeout(45, connect=5)  # a stream says something every 15 s
TRIES = 4
GIVE_UP_AFTER_S = 120.0
LONGEST_PAUSE_S = 5.0
CHUNK_BYTES = 1 << 20

Command = TypeVar("Command", bound=Callable[..., Any])


class Refusal(click.ClickException):
    """The API said no; the text is its own."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Unreachable(click.ClickException):
    """No answer came."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where DayGen is and the key to it. `public_url` is what its links start with, when that is another address."""

    url: str
    key: str
    public_url: str


def access_options(command: Command) -> Command:
    """Take `--url` and `--key`."""
    key = click.option("--key", help="The API key; default DAYGEN_API_KEY, or that of the house that runs here.")
    url = click.option("--url", help="Where DayGen is; default DAYGEN_URL, or the house that runs here.")
    return url(key(command))


def access(url: str | None, key: str | None) -> Access:
    """Find out whom to call: what was given, else the environment, else the house that runs on the data directory.

    The key of the house here is never sent to another one.
    """
    url = (url or os.environ.get("DAYGEN_URL") or "").rstrip("/")
    key = key or os.environ.get("DAYGEN_API_KEY") or ""
    if url and key:
        return Access(url, key, url)
    data_dir = chosen_data_dir()
    here = instance.find(data_dir)
    if here is None and not url:
        raise click.ClickException(f"{instance.nobody_home(data_dir)} A house elsewhere: --url and --key.")
    if here is None or (url and url not in {here.url, here.local_url}):
        raise click.ClickException(f"There is no key for {url}: give --key, or set DAYGEN_API_KEY.")
    return Access(here.local_url, key or instance.operator_key(data_dir) or "", here.url)


class Api:
    """One DayGen, called with one key."""

    def __init__(self, to: Access) -> None:
        self._to = to
        self._client = httpx.Client(
            base_url=to.url,
            headers={"Authorization": f"Bearer {to.key}"},
            timeout=TIMEOUT,
            trust_env=not _is_this_machine(to.url),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str) -> Any:
        """Read something. Raises `Refusal` or `Unreachable`."""
        return self._ask("GET", path)

    def post(self, path: str, body: Mapping[str, Any] | None = None, **headers: str) -> Any:
        """Ask for something, once in effect even if it is sent again. Raises `Refusal` or `Unreachable`."""
        return self._ask("POST", path, body, {"Idempotency-Key": str(uuid4()), **headers})

    def follow(self, path: str, ends: Collection[str]) -> Iterator[Mapping[str, Any]]:
        """Events of a job or a batch as they come, until one of its ends; a connection that is cut is made again."""
        seen, heard_at, tries = "", time.monotonic(), 0
        while True:
            with suppress(httpx.TransportError):
                for number, event in self._events(f"{path}/events", seen):
                    seen, heard_at, tries = number or seen, time.monotonic(), 0
                    yield event
                    if event["type"] in ends:
                        return
            with suppress(Unreachable):
                if self.get(path)["finishedAt"] is not None:
                    return
            if time.monotonic() - heard_at > GIVE_UP_AFTER_S:
                what = path.rpartition("/")[2]
                raise Unreachable(f"{self._to.url} has not answered for {GIVE_UP_AFTER_S:.0f} s; {what} goes on there.")
            time.sleep(_pause_s(tries))
            tries += 1

    def download(self, url: str, to: Path) -> None:
        """Fetch a file, streamed; it is there as a whole or not at all. Links are signed: the key stays here."""
        if url.startswith(f"{self._to.public_url}/"):
            url = self._to.url + url.removeprefix(self._to.public_url)
        part = to.with_name(f".{to.name}.part")
        try:
            for tries in range(TRIES):
                try:
                    _fetch(url, part)
                    break
                except httpx.TransportError as error:
                    if tries == TRIES - 1:
                        raise Unreachable(f"The file could not be fetched: {error}.") from error
                    time.sleep(_pause_s(tries))
            part.replace(to)
        finally:
            part.unlink(missing_ok=True)

    def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        for tries in range(TRIES):
            last = tries == TRIES - 1
            try:
                answer = self._client.request(method, path, json=body, headers=headers)
            except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
                raise click.ClickException(f"{self._to.url} is no address: write http://host:port.") from error
            except httpx.TransportError as error:
                if last or isinstance(error, httpx.ConnectError):
                    raise Unreachable(
                        f"No DayGen answers at {self._to.url} ({error}): start it with `daygen up`, or name another "
                        "with --url."
                    ) from error
            else:
                if answer.is_success:
                    return answer.json()
                if not answer.is_server_error:
                    raise _refusal(answer)
                if last:
                    raise Unreachable(_refusal(answer).message)
            time.sleep(_pause_s(tries))
        raise AssertionError("the last try returns or raises")

    def _events(self, path: str, after: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        headers = {"Last-Event-ID": after} if after else {}
        with self._client.stream("GET", path, headers=headers, timeout=STREAM_TIMEOUT) as answer:
            if not answer.is_success:
                answer.read()
                if answer.is_server_error:
                    return
                raise _refusal(answer)
            yield from _parsed(answer.iter_lines())


def _fetch(url: str, to: Path) -> None:
    outside = not _is_this_machine(url)
    with httpx.stream("GET", url, timeout=STREAM_TIMEOUT, follow_redirects=True, trust_env=outside) as answer:
        if not answer.is_success:
            raise Refusal(answer.status_code, f"The file could not be fetched: {answer.status_code}.")
        with to.open("wb") as file:
            for chunk in answer.iter_bytes(CHUNK_BYTES):
                file.write(chunk)


def _parsed(lines: Iterable[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Server-sent events: the id, "" where there is none, and the data."""
    number, data = "", ""
    for line in lines:
        field, _, value = line.partition(":")
        match field:
            case "id":
                number = value.strip()
            case "data":
                data += value.strip()
            case "" if not line and data:
                yield number, json.loads(data)
                number, data = "", ""
            case _:
                pass


def _refusal(answer: httpx.Response) -> Refusal:
    try:
        problem: Mapping[str, Any] = answer.json()
        message = f"{problem['title']}: {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        message = f"{answer.request.url.copy_with(path='/')} answered {answer.status_code}: is that a DayGen?"
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        message += " Give another with --key or DAYGEN_API_KEY."
    return Refusal(answer.status_code, message)


def _pause_s(tries: int) -> float:
    return min(0.2 * 2**tries, LONGEST_PAUSE_S)


def _is_this_machine(url: str) -> bool:
    """Whether no proxy of the environment lies in between: those are for the world outside."""
    host = urlsplit(url).hostname or ""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
