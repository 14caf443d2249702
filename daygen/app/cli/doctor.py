"""`daygen doctor`: looks at every part of the house and says what is wrong and what to do."""

import asyncio
import contextlib
import os
import platform
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import click

from daygen.app.cli.options import chosen_data_dir, data_dir_option, json_option, opened_database
from daygen.app.cli.output import coloured, duration, say_json
from daygen.app.instance import Instance
from daygen.app.settings import Settings, SettingsError

OLDEST_PYTHON = (3, 11)
OLDEST_SERVER = 15
SLOW_QUEUE_S = 60.0
SLOW_RELAY_S = 5.0
WIDTH = 12


@dataclass(frozen=True, slots=True)
class Check:
    """What was found about one part: `ok`, `warn` or `fail`, and what to do about it."""

    part: str
    status: str
    found: str
    to_do: str = ""


@click.command()
@data_dir_option
@json_option
def doctor(as_json: bool) -> None:
    """Check every part of the house.

    The books are audited too. Exit code 1 when something is wrong.
    """
    checks: list[Check] = []
    for check in _checks():
        checks.append(check)
        if not as_json:
            click.echo(_shown(check))
    healthy = all(check.status != "fail" for check in checks)
    if as_json:
        listed = [
            {"part": check.part, "status": check.status, "found": check.found, "toDo": check.to_do} for check in checks
        ]
        say_json({"ok": healthy, "checks": listed})
    if not healthy:
        raise click.exceptions.Exit(1)


def _shown(check: Check) -> str:
    to_do = f"\n{' ' * (WIDTH + 6)}{check.to_do}" if check.to_do else ""
    return f"{coloured(check.status, check.status.ljust(4))}  {check.part:{WIDTH}}{check.found}{to_do}"


def _checks() -> Iterator[Check]:
    from daygen.app import instance

    yield _python()
    yield _page()
    here = instance.find(chosen_data_dir())
    yield _house(here)
    settings, check = _settings(here)
    yield check
    if settings is None:
        return
    yield _video(settings)
    yield _providers(settings)
    if not here:
        yield _port(settings)
    if not settings.database_url:
        yield _binaries()
        return
    database = _database(settings)
    yield database
    if database.status != "fail":
        yield from _collected(_inside(settings))


def _python() -> Check:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info < OLDEST_PYTHON:
        return Check("Python", "fail", found, "DayGen needs Python 3.11 or newer.")
    return Check("Python", "ok", found)


def _page() -> Check:
    from daygen.app import page

    if page.built():
        return Check("Page", "ok", "built")
    return Check("Page", "warn", "not built; the API works without it", "Run `make setup`, or install the wheel.")


def _house(here: Instance | None) -> Check:
    if here is None:
        return Check("House", "warn", f"none runs on {chosen_data_dir()}", "Start it with `daygen up`.")
    processes = f"{len(here.api)} api, {len(here.workers)} workers"
    return Check("House", "ok", f"runs at {here.url} with {processes}")


def _settings(here: Instance | None) -> tuple[Settings | None, Check]:
    """The settings of the house that runs, or of the one that would be started. Makes no data directory."""
    from daygen.app import instance
    from daygen.app import settings as app_settings

    data_dir = chosen_data_dir()
    environ = {**os.environ, "DAYGEN_DATA_DIR": str(data_dir)}
    if not data_dir.exists() and os.environ.get("DAYGEN_ENV") != "production":  # it would be made, to keep a secret in
        environ["DAYGEN_SECRET"] = os.environ.get("DAYGEN_SECRET") or "-" * app_settings.SHORTEST_SECRET
    try:
        settings = app_settings.read(environ)
        if here is not None:
            settings = instance.joined(settings)
    except SettingsError as error:
        return None, Check("Settings", "fail", str(error), "Correct it, or unset it.")
    return settings, Check("Settings", "ok", f"{settings.env}, data in {settings.data_dir}")


def _video(settings: Settings) -> Check:
    from daygen.providers.local import HOW_TO_GET_IT, find_ffmpeg

    found = find_ffmpeg(settings.ffmpeg)
    if found is None:
        where = f" as DAYGEN_FFMPEG says ({settings.ffmpeg})" if settings.ffmpeg else ""
        return Check("Video", "warn", f"no ffmpeg with H.264{where}; films are not on offer", HOW_TO_GET_IT)
    return Check("Video", "ok", f"films are made with {found}")


def _providers(settings: Settings) -> Check:
    from daygen.app.providers import OUTSIDE, providers_on

    off = [f"{outside.title} ({outside.switch})" for outside in OUTSIDE if not outside.account(settings)]
    to_do = f"Off: {', '.join(off)}." if off else ""
    return Check("Providers", "ok", f"on: {', '.join(providers_on(settings))}", to_do)


def _port(settings: Settings) -> Check:
    try:
        with socket.create_server((settings.host, settings.port)):
            return Check("Port", "ok", f"{settings.host}:{settings.port} is free")
    except OSError as error:
        return Check(
            "Port",
            "warn",
            f"{settings.host}:{settings.port} cannot be listened on ({error.strerror})",
            "Start with --port 0, or set DAYGEN_PORT.",
        )


def _binaries() -> Check:
    from daygen.infra import embedded

    try:
        return Check("Postgres", "ok", f"embedded, from {embedded.binaries()}")
    except embedded.EmbeddedPostgresError as error:
        return Check("Postgres", "fail", "there is none", str(error))


def _database(settings: Settings) -> Check:
    import psycopg

    from daygen.app import schema

    try:
        applied = schema.applied(settings.database_direct_url)
    except psycopg.Error as error:
        reason = str(error).strip().partition("\n")[0]
        return Check("Database", "fail", f"cannot be reached: {reason}", "Look at DAYGEN_DATABASE_URL and its server.")
    newest = schema.newest()
    if applied is None or applied < newest:
        found = f"schema {applied or 'empty'}, newest is {newest}"
        return Check("Database", "fail", found, "Run `daygen migrate`.")
    if applied > newest:
        return Check("Database", "warn", f"schema {applied}, this DayGen knows {newest}", "Install the newer DayGen.")
    return Check("Database", "ok", f"reached, schema {applied}")


async def _inside(settings: Settings) -> AsyncIterator[Check]:
    """What only an open database can say, and the storage."""
    async with opened_database(settings) as db:
        async with db.reading() as tx:
            from daygen.app.cli import repository

            major = await repository.server_version(tx) // 10_000
            status = "ok" if major >= OLDEST_SERVER else "fail"
            yield Check("Postgres", status, f"{major}", "" if status == "ok" else "DayGen needs Postgres 15 or newer.")
        yield await _storage(settings)
        if settings.queue != "postgres":
            yield await _transport(settings)
        async with db.reading() as tx:
            async for check in _queue(tx):
                yield check
        async with db.transaction() as tx:
            yield await _books(tx)


async def _storage(settings: Settings) -> Check:
    from daygen.infra.storage import StorageUnavailable, open_storage

    where = settings.storage_url.partition("?")[0]
    try:
        storage = open_storage(
            settings.storage_url, secret=settings.secret, public_url=settings.public_url, credentials=settings.vendor
        )
    except ValueError as error:
        return Check("Storage", "fail", str(error), "Correct DAYGEN_STORAGE_URL.")
    try:
        await storage.check()
    except StorageUnavailable as error:
        return Check("Storage", "fail", error.reason, "Look at DAYGEN_STORAGE_URL, the disk's room and its owner.")
    finally:
        await storage.close()
    return Check("Storage", "ok", f"{where} takes files")


async def _transport(settings: Settings) -> Check:
    from daygen.app import transports

    found = await transports.look(settings)
    if found.down is not None:
        return Check("Transport", "fail", f"{found.name}: {found.down}", "Jobs wait until it can be reached.")
    held = ", ".join(f"{number} {state}" for state, number in found.depth.items())
    return Check("Transport", "ok", f"{found.name}: {held or 'reached'}")


async def _queue(tx: Any) -> AsyncIterator[Check]:
    from daygen.app.cli import repository
    from daygen.infra import queue

    depths, workers, stuck = await queue.depths(tx), await queue.workers(tx), await queue.stuck(tx)
    live = [worker for worker in workers if worker["lease_s"] > 0]
    ready = [row for row in depths if row["state"] == "ready"]
    waiting, oldest_s = sum(row["tasks"] for row in ready), max((row["oldest_s"] for row in ready), default=0.0)
    if not live:
        yield Check(
            "Workers", "warn" if not waiting else "fail", "none is at work", "Run `daygen up` or `daygen worker`."
        )
    else:
        yield Check("Workers", "ok", f"{len(live)} at work")
    found = f"{waiting} tasks ready, the oldest for {duration(oldest_s)}" if waiting else "nothing waits"
    slow = oldest_s > SLOW_QUEUE_S
    yield Check("Queue", "warn" if slow else "ok", found, "Start more workers: `daygen worker`." if slow else "")
    if stuck:
        yield Check("Dead tasks", "warn", f"{len(stuck)} dead or stuck", "Look at `daygen queue debug`.")
    late_s = await repository.unnumbered_s(tx)
    if late_s > SLOW_RELAY_S:
        yield Check(
            "Events", "warn", f"not numbered for {duration(late_s)}", "Events are numbered by a worker: start one."
        )


async def _books(tx: Any) -> Check:
    from daygen.app import audit

    findings = await audit.findings(tx)
    if findings:
        return Check("Books", "fail", "; ".join(findings), "Keep the database as it is and report this.")
    return Check("Books", "ok", "every credit, job, task and event agrees")


def _collected(checks: AsyncIterator[Check]) -> Iterator[Check]:
    """Hand out what an asynchronous check finds, as it finds it."""
    with asyncio.Runner() as runner:
        step: Callable[[], Any] = checks.__anext__
        with contextlib.suppress(StopAsyncIteration):
            while True:
                yield runner.run(step())
