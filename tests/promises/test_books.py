"""P4: the ledger is append-only double entry. Random histories against a model in plain Python; edits; mutants."""

import asyncio
import importlib.util
from collections import Counter
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import asyncpg
import hypothesis
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    get_state_machine_test,
    initialize,
    invariant,
    multiple,
    rule,
)

from daygen import identity, ledger
from daygen.app.audit import AUDIT
from daygen.infra.db import Database, Tx
from daygen.kit.ids import JobId, WorkspaceId
from daygen.kit.money import Millicredits
from daygen.ledger import InsufficientCredits
from tests.promises.seeds import seed

T = TypeVar("T")
AMOUNTS = st.integers(100, 5000)
PRICES = st.sampled_from([7, 60, 90, 200, 1, 0])
SHARES = st.sampled_from([None, 50, 33, 0, 1, 99, 100])
VERBS = st.sampled_from(["hold", "deduct"])
WHICH = st.integers(0, 1)
ACCOUNTS = "select workspace_id, available, held from accounts where workspace_id = any($1::uuid[])"
HOLDS = "select job_id, amount, state from holds where workspace_id = any($1::uuid[])"
TRANSFERS = """
select workspace_id, debit, credit, amount, kind from transfers where workspace_id = any($1::uuid[])
"""
WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
# The ledger's part of the audit: jobs are another room's
BOOKS = {name: query for name, query in AUDIT.items() if " jobs " not in query}


@dataclass
class Held:
    """What the model knows of a hold."""

    which: int
    amount: int
    state: str = "active"


@dataclass
class Model:
    """The ledger as a schoolchild would keep it: two workspaces, their holds, and everything that ever moved."""

    available: list[int] = field(default_factory=lambda: [0, 0])
    held: list[int] = field(default_factory=lambda: [0, 0])
    holds: dict[JobId, Held] = field(default_factory=dict[JobId, Held])
    moved: list[Counter[tuple[str, str, int, str]]] = field(default_factory=lambda: [Counter(), Counter()])

    def move(self, which: int, debit: str, credit: str, amount: int, kind: str) -> None:
        for side, change in ((debit, -amount), (credit, amount)):
            if side == "available":
                self.available[which] += change
            if side == "held":
                self.held[which] += change
        if amount:
            self.moved[which][debit, credit, amount, kind] += 1

    def hold(self, which: int, job_id: JobId, amount: int) -> None:
        self.holds[job_id] = Held(which, amount)
        self.move(which, "available", "held", amount, "hold")

    def settle(self, job_id: JobId, charge: int) -> bool:
        held = self.holds[job_id]
        if held.state != "active":
            return False
        held.state = "settled"
        self.move(held.which, "held", "spent", charge, "settle")
        self.move(held.which, "held", "available", held.amount - charge, "release")
        return True

    def release(self, job_id: JobId) -> bool:
        held = self.holds[job_id]
        if held.state != "active":
            return False
        held.state = "released"
        self.move(held.which, "held", "available", held.amount, "release")
        return True


class Abandoned(Exception):  # noqa: N818 - how a test gives up a transaction
    """Whatever the transaction did must be undone."""


class History(RuleBasedStateMachine):
    """Random acts on the real ledger (`verbs`) and on the model; after each, both must say the same."""

    jobs: Bundle[JobId] = Bundle("jobs")

    def __init__(self, runner: asyncio.Runner, db: Database, verbs: Any) -> None:
        super().__init__()
        self.runner, self.db, self.verbs = runner, db, verbs
        self.model = Model()
        self.workspaces: list[WorkspaceId] = []

    @initialize()
    def open(self) -> None:
        async def add(tx: Tx) -> list[WorkspaceId]:
            return [(await identity.add_workspace(tx, name)).id for name in ("Ada's", "Bob's")]

        self.workspaces = self.commit(add)
        for which in (0, 1):
            self.grant(which, 100)

    @rule(which=WHICH, amount=AMOUNTS)
    def grant(self, which: int, amount: int) -> None:
        balance = self.commit(
            lambda tx: self.verbs.grant(tx, self.workspaces[which], Millicredits(amount), reason="given")
        )

        self.model.move(which, "house", "available", amount, "grant")
        assert (balance.available, balance.held) == (self.model.available[which], self.model.held[which])

    @rule(which=WHICH, amount=AMOUNTS)
    def deduct(self, which: int, amount: int) -> None:
        taken = self.afforded(
            lambda tx: self.verbs.deduct(tx, self.workspaces[which], Millicredits(amount), reason="taken")
        )

        assert taken == (amount <= self.model.available[which])
        if taken:
            self.model.move(which, "available", "house", amount, "deduct")

    @rule(target=jobs, which=WHICH, amount=PRICES)
    def hold(self, which: int, amount: int) -> Any:
        job_id = JobId.new()
        afforded = self.afforded(
            lambda tx: self.verbs.hold(tx, self.workspaces[which], Millicredits(amount), job_id=job_id)
        )

        assert afforded == (amount <= self.model.available[which])
        if not afforded:
            return multiple()  # pyright: ignore[reportUnknownVariableType] - hypothesis' way to add nothing
        self.model.hold(which, job_id, amount)
        return job_id

    @rule(job_id=jobs)
    def hold_what_cannot_be_held(self, job_id: JobId) -> None:
        which = self.model.holds[job_id].which
        one_too_many = Millicredits(self.model.available[which] + 1)

        assert not self.afforded(
            lambda tx: self.verbs.hold(tx, self.workspaces[which], one_too_many, job_id=JobId.new())
        )
        with pytest.raises(asyncpg.UniqueViolationError):  # a job holds once
            self.commit(lambda tx: self.verbs.hold(tx, self.workspaces[which], Millicredits(0), job_id=job_id))

    @rule(job_id=jobs, share=SHARES)
    def end(self, job_id: JobId, share: int | None) -> None:
        """Settle a share of the hold, or (None) release it; twice."""
        held = self.model.holds[job_id]
        for _ in range(2):
            if share is None:
                ended = self.commit(lambda tx: self.verbs.release(tx, self.workspaces[held.which], job_id=job_id))
                assert ended == self.model.release(job_id)
            else:
                charge = Millicredits(held.amount * share // 100)
                ended = self.commit(
                    lambda tx, charge=charge: self.verbs.settle(tx, self.workspaces[held.which], charge, job_id=job_id)
                )
                assert ended == self.model.settle(job_id, charge)

    @rule(job_id=jobs)
    def settle_behind_a_release(self, job_id: JobId) -> None:
        held = self.model.holds[job_id]
        workspace_id, charge = self.workspaces[held.which], Millicredits(held.amount)

        async def both() -> tuple[bool, bool]:
            async with self.db.transaction() as tx:
                released: bool = await self.verbs.release(tx, workspace_id, job_id=job_id)
                settling = await self.behind(
                    lambda behind: self.verbs.settle(behind, workspace_id, charge, job_id=job_id)
                )
            return released, await settling

        released, settled = self.runner.run(both())

        assert (released, settled) == (self.model.release(job_id), False)

    @rule(which=WHICH, first=VERBS, second=VERBS)
    def spend_everything_twice_at_once(self, which: int, first: str, second: str) -> None:
        workspace_id, everything = self.workspaces[which], Millicredits(self.model.available[which])
        if not everything:
            return
        job_id = JobId.new()

        async def spend(tx: Tx, verb: str, job_id: JobId) -> None:
            if verb == "hold":
                await self.verbs.hold(tx, workspace_id, everything, job_id=job_id)
            else:
                await self.verbs.deduct(tx, workspace_id, everything, reason="taken")

        async def both() -> bool:
            async with self.db.transaction() as tx:
                await spend(tx, first, job_id)
                behind = await self.behind(lambda behind: spend(behind, second, JobId.new()))
            return await self.refused(behind)

        assert self.runner.run(both())
        if first == "hold":
            self.model.hold(which, job_id, everything)
        else:
            self.model.move(which, "available", "house", everything, "deduct")

    @rule(which=WHICH, job_id=jobs, amount=AMOUNTS)
    def an_abandoned_transaction_leaves_nothing(self, which: int, job_id: JobId, amount: int) -> None:
        workspace_id, holder = self.workspaces[which], self.workspaces[self.model.holds[job_id].which]

        async def give_up(tx: Tx) -> None:
            await self.verbs.grant(tx, workspace_id, Millicredits(amount), reason="given")
            await self.verbs.hold(tx, workspace_id, Millicredits(amount), job_id=JobId.new())
            await self.verbs.release(tx, holder, job_id=job_id)
            raise Abandoned

        with pytest.raises(Abandoned):
            self.commit(give_up)

    @invariant()
    def it_says_what_the_model_says(self) -> None:
        self.runner.run(self.compare())

    def teardown(self) -> None:
        assert self.runner.run(self.audit()) == []

    def commit(self, act: Callable[[Tx], Awaitable[T]]) -> T:
        async def run() -> T:
            async with self.db.transaction() as tx:
                return await act(tx)

        return self.runner.run(run())

    def afforded(self, act: Callable[[Tx], Awaitable[object]]) -> bool:
        try:
            self.commit(act)
        except InsufficientCredits:
            return False
        return True

    async def behind(self, act: Callable[[Tx], Awaitable[T]]) -> asyncio.Task[T]:
        """Begin an act in a transaction of its own, and come back when it waits for the one that is open."""

        async def run() -> T:
            async with self.db.transaction() as tx:
                return await act(tx)

        task = asyncio.create_task(run())
        async with self.db.reading() as tx:
            while not task.done() and not await tx.value(WAITING):  # noqa: ASYNC110 - a lock of Postgres rings no bell
                await asyncio.sleep(0.001)
        return task

    async def refused(self, act: asyncio.Task[object]) -> bool:
        try:
            await act
        except InsufficientCredits:
            return True
        return False

    async def compare(self) -> None:
        async with self.db.reading() as tx:
            accounts = await tx.rows(ACCOUNTS, self.workspaces)
            transfers = await tx.rows(TRANSFERS, self.workspaces)
            holds = await tx.rows(HOLDS, self.workspaces)
        found = {WorkspaceId.of(row["workspace_id"]): (row["available"], row["held"]) for row in accounts}
        moved = Counter(
            (WorkspaceId.of(row["workspace_id"]), row["debit"], row["credit"], row["amount"], row["kind"])
            for row in transfers
        )
        for which, workspace_id in enumerate(self.workspaces):
            expected = (self.model.available[which], self.model.held[which])
            assert found.get(workspace_id, (0, 0)) == expected
        assert moved == Counter(
            {(self.workspaces[which], *move): n for which in (0, 1) for move, n in self.model.moved[which].items()}
        )
        assert {JobId.of(row["job_id"]): (row["amount"], row["state"]) for row in holds} == {
            job_id: (held.amount, held.state) for job_id, held in self.model.holds.items()
        }

    async def audit(self) -> list[str]:
        async with self.db.reading() as tx:
            return [name for name, query in BOOKS.items() if await tx.rows(query)]


@contextmanager
def histories(dsn: str, verbs: Any, *, examples: int, steps: int, shrink: bool = True) -> Generator[Callable[[], None]]:
    """Random histories of `verbs` on a database of their own, ready to be run."""
    with asyncio.Runner() as runner:
        db = runner.run(Database.open(dsn, size=4))
        test = get_state_machine_test(
            lambda: History(runner, db, verbs),  # pyright: ignore[reportArgumentType] - a factory does, as its documentation says
            settings=hypothesis.settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                database=None,
                phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
                report_multiple_bugs=False,
                suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
            ),
        )
        try:
            yield hypothesis.seed(seed("histories of the ledger"))(test)
        finally:
            runner.run(db.close())


@pytest.mark.core
def test_random_histories_agree_with_the_model(database: str):
    with histories(database, ledger, examples=25, steps=20) as agree:
        agree()


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_many_long_histories_agree_with_the_model(database: str):
    with histories(database, ledger, examples=500, steps=50) as agree:
        agree()


EDITS = [
    "update transfers set amount = amount",
    "update transfers set amount = amount + 1 where false",
    "delete from transfers",
    "truncate transfers",
    "truncate accounts cascade",
    "insert into transfers select * from transfers on conflict (id) do update set amount = excluded.amount",
    "merge into transfers using (select 1) one on true when matched then delete",
    "update usage set credits = 0",
    "delete from usage where credits = 0",
    "truncate usage",
    "truncate workspaces cascade",
    "with gone as (delete from usage returning *) select count(*) from gone",
]


@pytest.mark.core
async def test_the_database_refuses_to_edit_what_is_written(database: str):
    connection = await asyncpg.connect(database)
    workspace_id = WorkspaceId.new()
    await connection.execute("insert into workspaces (id, name, kind) values ($1, 'Ada''s', 'team')", workspace_id)
    await connection.execute("insert into accounts (workspace_id, available) values ($1, 5)", workspace_id)
    await connection.execute(
        """insert into transfers (id, workspace_id, debit, credit, amount, kind, cause_kind, cause)
        values (gen_random_uuid(), $1, 'house', 'available', 5, 'grant', 'operator', gen_random_uuid())""",
        workspace_id,
    )
    await connection.execute(
        """insert into usage (id, workspace_id, job_id, attempt, provider, model, operation, outcome, units,
        milliseconds, credits, cost_micro_usd)
        values (gen_random_uuid(), $1, gen_random_uuid(), 1, 'fake', 'fake/image', 'text_to_image', 'succeeded', 1,
        1, 0, 0)""",
        workspace_id,
    )

    for edit in EDITS:
        with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
            await connection.execute(edit)

    assert await connection.fetchval("select sum(amount) from transfers") == 5
    assert await connection.fetchval("select count(*) from usage") == 1
    await connection.close()


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mistake somebody could make in the ledger: in this file, this text instead of that."""

    mistake: str
    module: str
    right: str
    wrong: str

    def verbs(self) -> ModuleType:
        """The ledger's verbs with the mistake in them; the ledger itself stays as it is."""
        service = _load("service", self)
        service.repository = _load("repository", self)  # pyright: ignore[reportAttributeAccessIssue] - a module of our own
        return service


def _load(name: str, mutant: Mutant) -> ModuleType:
    spec = importlib.util.find_spec(f"daygen.ledger.{name}")
    assert spec is not None
    assert spec.origin is not None
    text = Path(spec.origin).read_text()
    if mutant.module == name:
        assert text.count(mutant.right) == 1, f"{mutant.right!r} is not once in ledger/{name}.py"
        text = text.replace(mutant.right, mutant.wrong)
    module = importlib.util.module_from_spec(spec)
    exec(compile(text, spec.origin, "exec"), module.__dict__)
    return module


MUTANTS = [
    Mutant("spending without looking", "repository", " and available >= $2", ""),
    Mutant("spending one too many", "repository", "available >= $2", "available >= $2 - 1"),
    Mutant("ending a hold twice", "repository", " and state = 'active' returning", " returning"),
    Mutant("looking without a lock", "repository", " for update", ""),
    Mutant("holding without setting aside", "repository", ", held = held + $2 where", " where"),
    Mutant("keeping the rest", "service", "workspace_id, rest, -amount)", "workspace_id, 0, -amount)"),
    Mutant("returning it all", "service", "workspace_id, rest, -amount)", "workspace_id, amount, -amount)"),
    Mutant("swapping sides", "service", "workspace_id, rest, -amount)", "workspace_id, -amount, rest)"),
    Mutant("writing down the hold as the charge", "service", '"spent", charge,', '"spent", amount,'),
    Mutant("not writing down the rest", "service", '"available", rest, kind', '"available", Millicredits(0), kind'),
    Mutant("saying yes to a settled job", "service", "return False\n    assert 0", "return True\n    assert 0"),
    Mutant("taking a release for a settlement", "service", 'job_id, "released"', 'job_id, "settled"'),
    Mutant("releasing into nothing", "service", "workspace_id, amount, -amount)", "workspace_id, 0, -amount)"),
    Mutant("giving what the house is given", "service", '"house", "available", amount', '"available", "house", amount'),
    Mutant("taking what is not there", "service", "if before.available < amount:", "if before.available < 0:"),
    Mutant(
        "forgetting a cause's second effect", "repository", "if amount == 0:", 'if amount == 0 or kind == "release":'
    ),
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.mistake for mutant in MUTANTS])
def test_a_mistake_in_the_ledger_is_caught(database: str, mutant: Mutant):
    verbs = mutant.verbs()

    with (
        histories(database, verbs, examples=300, steps=30, shrink=False) as agree,
        pytest.raises((AssertionError, asyncpg.PostgresError, InsufficientCredits)),
    ):
        agree()
