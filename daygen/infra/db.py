"""Postgres, the only truth: a pool of connections, transactions opened in sight, and a bell that wakes other processes.

SQL lives in `repository.py` modules as constants, so that a house test can prepare every statement against the
migrated schema.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Self, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from daygen.infra import telemetry

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"

# What a Postgres that is away, restarting or overloaded looks like from here: wait and try again. Any other error of
# the database is a bug of ours.
OUTAGES = (
    ConnectionError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a statement that meets the last words of a server that ended the session
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
)

# A transaction whose process is silent for this long was stopped or cut off: Postgres ends it, so that its locks (an
# account's, a task's, the relay's turn) hold up nobody else. While asyncpg prepares a statement, which it does once a
# connection, Postgres takes the silent for active. Only a limit for whole transactions ends those: from 17 on there is
# one, this many times as long.
STALL = timedelta(seconds=5)
LONGEST_TRANSACTION = 4
_LIMITED_SINCE = 17
# A transaction that lost the gate of `daygen_ring` rings again this long after its commit, once for all that did.
RING_AGAIN = timedelta(milliseconds=3)
RING_BEFORE_COMMIT = "select channel from unnest($1::text[]) channel where not daygen_ring(channel)"
RING_NOW = "select pg_notify(channel, '') from unnest($1::text[]) channel"

log = telemetry.get_logger(__name__)


class Tx:
    """A transaction (or, from `Database.reading`, a connection without one). Holding it means no network."""

    __slots__ = ("_after", "_channels", "_connection")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._channels: set[str] = set()
        self._after: list[Callable[[], None]] = []

    async def rows(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """All rows of a statement."""
        return await self._connection.fetch(sql, *arguments)

    async def row(self, sql: str, *arguments: Any) -> asyncpg.Record | None:
        """The first row, or None."""
        return await self._connection.fetchrow(sql, *arguments)

    async def value(self, sql: str, *arguments: Any) -> Any:
        """The first column of the first row, or None."""
        return await self._connection.fetchval(sql, *arguments)

    async def run(self, sql: str, *arguments: Any) -> int:
        """Carry out a statement; returns how many rows it touched."""
        status = await self._connection.execute(sql, *arguments)
        last = status.rpartition(" ")[2]
        return int(last) if last.isdigit() else 0

    async def run_many(self, sql: str, arguments: Iterable[Sequence[Any]]) -> None:
        """Carry out a statement once for each row of arguments, in one round trip."""
        await self._connection.executemany(sql, arguments)

    def ring(self, channel: str) -> None:
        """Wake whoever listens on `channel`, once this transaction has committed."""
        self._channels.add(channel)

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call this when, and only if, the transaction has committed."""
        self._after.append(call)

    async def ring_bells(self) -> set[str]:
        """Ring, as the last statement before the commit; returns the channels whose gate somebody else has."""
        if not self._channels:
            return set()
        lost = await self.rows(RING_BEFORE_COMMIT, sorted(self._channels))
        return {row["channel"] for row in lost}

    def committed(self) -> None:
        """Do what was to be done after the commit."""
        for call in self._after:
            call()


class Database:
    """A pool of connections to one Postgres."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", stall: timedelta) -> None:
        self._pool = pool
        # Together with the beginning, since a round trip is what costs; local, since behind a pooler no session is ours
        stall_ms = round(stall.total_seconds() * 1000)
        self._begin = f"begin; set local idle_in_transaction_session_timeout = {stall_ms}"
        self._begin_limited = f"{self._begin}; set local transaction_timeout = {stall_ms * LONGEST_TRANSACTION}"
        self._unrung: set[str] = set()
        self._ringing: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, dsn: str, *, size: int, patience: timedelta = timedelta(seconds=5), stall: timedelta = STALL
    ) -> Self:
        """Connect up to `size` times. Raises OSError or asyncpg.PostgresError when the server cannot be reached.

        `stall` is how long a transaction may be silent before Postgres ends it; it may take 4 times that in all.
        """
        pool = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            init=_prepare,
            reset=_keep,
            timeout=patience.total_seconds(),
            max_inactive_connection_lifetime=300,
        )
        return cls(pool, stall)

    async def close(self) -> None:
        """Give back every connection; waits for those in use."""
        if self._ringing is not None:
            await self._ringing
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Tx]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self._pool.acquire(timeout=10) as connection:
            tx = Tx(connection)
            limited = connection.get_server_version().major >= _LIMITED_SINCE
            await connection.execute(self._begin_limited if limited else self._begin)
            try:
                yield tx
                lost = await tx.ring_bells()
            except BaseException:
                if not connection.is_closed():
                    await connection.execute("rollback")
                raise
            await connection.execute("commit")
            if lost:
                self.ring_again(lost)
        tx.committed()

    @asynccontextmanager
    async def statement(self) -> AsyncGenerator[Tx]:
        """A connection for one statement that writes, and is a transaction by itself: a single round trip."""
        async with self._pool.acquire(timeout=10) as connection:
            yield Tx(connection)

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Tx]:
        """A connection without a transaction around it: for single statements, each sees what is committed by then."""
        async with self._pool.acquire(timeout=10) as connection:
            yield Tx(connection)

    def ring_again(self, channels: set[str]) -> None:
        """Ring, a moment after a commit, where somebody else had the gate before it."""
        self._unrung |= channels
        if self._unrung and self._ringing is None:
            self._ringing = asyncio.create_task(self._ring_soon())

    async def _ring_soon(self) -> None:
        await asyncio.sleep(RING_AGAIN.total_seconds())
        channels, self._unrung, self._ringing = sorted(self._unrung), set(), None
        try:
            async with self.reading() as tx:
                await tx.rows(RING_NOW, channels)
        except OUTAGES as error:
            log.warning("db.ring_failed", channels=channels, reason=str(error))  # the poll of the listeners finds it


class Bells:
    """Listens on channels with a connection of its own and wakes whoever waits in this process.

    A lost connection is made again with backoff; every waiter is woken then, since something may have been missed.
    """

    def __init__(self, dsn: str, channels: Sequence[str]) -> None:
        self._dsn = dsn
        self._waiting = {channel: list[asyncio.Event]() for channel in channels}
        self._task: asyncio.Task[None] | None = None

    def bell(self, *channels: str) -> asyncio.Event:
        """An event that is set whenever one of the channels rings. Who waits for it clears it."""
        event = asyncio.Event()
        for channel in channels:
            self._waiting[channel].append(event)
        return event

    async def start(self) -> None:
        """Begin to listen; returns when the first connection stands or has failed once."""
        tried = asyncio.Event()
        self._task = asyncio.create_task(self._listen(tried))
        await tried.wait()

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self, tried: asyncio.Event) -> None:
        pause_s = 0.1
        while True:
            try:
                async with self._connection() as lost:
                    pause_s = 0.1
                    tried.set()
                    await lost.wait()
            except (*OUTAGES, OSError, asyncpg.PostgresError) as error:
                log.warning("db.listen_failed", reason=str(error))
                tried.set()
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, 5)

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[asyncio.Event]:
        """Listen on every channel; the event says when the connection was lost."""
        connection = await asyncpg.connect(self._dsn, timeout=5)
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _connection: lost.set())
        try:
            for channel in self._waiting:
                await connection.add_listener(channel, self._rang)
            for channel in self._waiting:
                self._wake(channel)
            yield lost
        finally:
            connection.terminate()

    def _rang(self, _connection: object, _pid: int, channel: str, _payload: object) -> None:
        self._wake(channel)

    def _wake(self, channel: str) -> None:
        for event in self._waiting[channel]:
            event.set()


async def wait_for(bell: asyncio.Event, *, at_most: timedelta) -> None:
    """Wait until the bell rings, or for the poll that finds what a lost ring announced; clears the bell."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(at_most.total_seconds()):
            await bell.wait()
    bell.clear()


async def _prepare(connection: Connection) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_to_json, decoder=json.loads)


async def _keep(_connection: Connection) -> None:
    """Leave the session as it is: no statement of ours sets session state (a house test looks)."""


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
