"""`python -m bench`: measure in interleaved rounds, print the tables, and after a whole run write them down."""

import argparse
import resource
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bench import machine, report
from bench.figures import Figures
from bench.ground import Ground, NotHere
from bench.peers import registry
from bench.plan import DEFAULT, FULL, QUICK, Plan
from bench.report import Run
from bench.stage import Stage, Work
from bench.works import WORKS

MINUTE_S = 60


def main(arguments: Sequence[str]) -> int:
    """Run the bench. The exit code is 1 when a stage failed that did not have to."""
    options = _parser().parse_args(arguments)
    works = [work for work in WORKS if not options.only or work.id in options.only]
    if options.list:
        _list(works)
        return 0
    plan = QUICK if options.quick else FULL if options.full else DEFAULT
    if options.rounds:
        plan = replace(plan, rounds=options.rounds)
    run, failed = _measure(plan, works, peers=not options.no_peers)
    print("\n" + report.render(run, works))
    if failed:
        print("Nothing was written: a stage of ours failed.", file=sys.stderr)
        return 1
    if works == list(WORKS) and plan.rounds >= DEFAULT.rounds and not options.no_peers:
        report.write(run, works)
        print(f"Written to {report.README} and {report.RESULTS}.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="a look: one short round, nothing written")
    size.add_argument("--full", action="store_true", help="with 10,000 sockets and every task drained")
    parser.add_argument("--only", nargs="+", metavar="B1", choices=[work.id for work in WORKS], help="these works")
    parser.add_argument("--rounds", type=int, help="how many, instead of the plan's")
    parser.add_argument("--no-peers", action="store_true", help="DayGen and its limits alone; nothing written")
    parser.add_argument("--list", action="store_true", help="print what would be measured, and do nothing")
    return parser


def _list(works: Sequence[Work]) -> None:
    for work in works:
        print(f"{work.id}  {work.title}")
        for row in work.rows:
            print(f"    {row.id:16}  {row.title.format(sockets='n')}")


def _measure(plan: Plan, works: Sequence[Work], *, peers: bool) -> tuple[Run, bool]:
    began = time.monotonic()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit("stopped"))  # and what was started is ended
    _open_many_files()
    run = Run(
        plan=plan,
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        machine=machine.machine(),
        commit=machine.commit(),
        versions=machine.versions(),
        load_before=machine.load(),
    )
    stages = [stage for work in works for stage in work.stages if peers or not _is_peer(stage)]
    if peers:
        registry.prepare()
    failed = False
    with Ground.prepared(plan.furnished) as ground:
        for number in range(plan.rounds):
            taken: dict[str, Figures] = {}
            run.rounds.append(taken)
            # There and back again: what drifts while a round lasts hits nobody always first.
            for stage in stages if number % 2 == 0 else reversed(stages):
                failed |= not _take(ground, plan, stage, run, taken)
    run.minutes = (time.monotonic() - began) / MINUTE_S
    return run, failed


def _take(ground: Ground, plan: Plan, stage: Stage, run: Run, taken: dict[str, Figures]) -> bool:
    """Run a stage and say what came of it; False when it is one that must not fail."""
    began = time.monotonic()
    reason = ""
    try:
        taken |= stage.run(ground, plan)
    except NotHere as absent:
        reason = str(absent)
    except Exception as error:  # noqa: BLE001 - the other stages are still worth their numbers
        reason = f"{type(error).__name__}: {error}"
    for row in stage.rows:
        if reason:
            run.missing[row.id] = reason.splitlines()[0]
        figures = " ".join(f"{name}={value:g}" for name, value in taken.get(row.id, {}).items())
        print(
            f"round {len(run.rounds)}  {time.monotonic() - began:5.1f} s  {row.id:16} {figures or reason}", flush=True
        )
    return not reason or _is_peer(stage)


def _is_peer(stage: Stage) -> bool:
    return stage.rows[0].id.rpartition(".")[0] in {peer.id for peer in registry.PEERS}


def _open_many_files() -> None:
    """A socket is a file: allow as many as the machine lets us."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
