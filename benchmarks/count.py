"""Counting against pabutools: equal shares, greedy, Phragmén, add1; size; first count.

CPU seconds of one process, ratios in one run, winners and their order compared wherever
both counted. Needs ../shared/data/pb. `--quick` takes small parts of everything;
`--only NAME` one of its parts. pabutools has as many CPU seconds a file as `--seconds`.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.alone import alone
from benchmarks.count_made import million, villages
from benchmarks.count_peer import Done, peer
from habaring.engines.counting import (
    Completion,
    Election,
    Kind,
    Measure,
    Outcome,
    Rule,
    RuleName,
    count,
    read_pabulib,
)
from habaring.engines.counting._losers import max_costs
from habaring.engines.counting._prepare import Prepared, prepare
from habaring.engines.counting._ready import warm

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "pb"
LODZ, WARSZAWA = "Poland_Lodz_2022", "Poland_Warszawa_2026"
WIELICZKA = "Poland_Wieliczka_2023_Green_Budget"
VILLAGES = 83_000
SHARES = Rule(RuleName.EQUAL_SHARES, Measure.COST)
ADD1 = replace(SHARES, completion=Completion.ADD1)
GREEDY = Rule(RuleName.GREEDY, Measure.COST)
PHRAGMEN = Rule(RuleName.PHRAGMEN)
PEER = {SHARES: "shares cost", ADD1: "add1 cost", GREEDY: "greedy cost", PHRAGMEN: "phragmen"}  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """How much of everything is run."""

    quick: bool
    seconds: int
    villages: int


def say(text: str = "") -> None:
    print(text, flush=True)


def told(figure: float, must: float, unit: str = "s", *, least: bool = False) -> str:
    """A figure beside its goal."""
    good = figure >= must if least else figure <= must
    word = "at least" if least else "at most"
    reached = "reached" if good else "NOT reached"
    return f"{figure:.4g} {unit} ({word} {must:g}: {reached})"


def cpu(work: Callable[[], Any], times: int = 1) -> tuple[float, Any]:
    """The least CPU seconds of several runs, and the last result."""
    best, result = float("inf"), None
    for _ in range(times):
        began = time.process_time()
        result = work()
        best = min(best, time.process_time() - began)
    return best, result


def read(name: str) -> Election:
    return read_pabulib((SHARED / f"{name}.pb").read_bytes(), lenient=True)


def ours(election: Election, rule: Rule, times: int = 3) -> tuple[float, Outcome]:
    """Our count with its stories, loops loaded."""
    count(election, rule)
    seconds, outcome = cpu(lambda: count(election, rule), times)
    return seconds, outcome


def same(outcome: Outcome, done: Done) -> bool:
    """The same winners in the same order (of Phragmén pabutools gives them sorted). Its
    greedy also takes what nobody supports; what is free is not compared.
    """
    supported = {id_ for id_, story in outcome.stories.items() if story.votes}
    paid = {id_ for id_, story in outcome.stories.items() if story.cost}
    theirs = [id_ for id_ in done.winners if id_ in supported & paid]
    mine = [id_ for id_ in outcome.winners if id_ in paid]
    if outcome.rule.name == RuleName.PHRAGMEN:
        mine.sort()
    return theirs == mine


# The parts


def rules(setting: Setting) -> None:
    """Equal shares, greedy and Phragmén on two whole cities."""
    names = [WIELICZKA] if setting.quick else [LODZ, WARSZAWA]
    say("| election | rule | ours s | pabutools s | ratio | winners | same |")
    say("|---|---|---|---|---|---|---|")
    for name in names:
        election = read(name)
        done = peer(SHARED / f"{name}.pb", [PEER[r] for r in (SHARES, PHRAGMEN, GREEDY)], 900)  # fmt: skip
        for rule in (SHARES, GREEDY, PHRAGMEN):
            seconds, outcome = ours(election, rule, 7)
            theirs = done.get(PEER[rule])
            if theirs is None:
                say(f"| {name} | {rule.name} | {seconds:.4f} | did not end | | | |")
                continue
            ratio = told(theirs.seconds / seconds, 1000, "×", least=True)
            say(
                f"| {name} | {rule.name} | {seconds:.4f} | {theirs.seconds:.2f} | {ratio} "
                f"| {len(outcome.winners)} | {same(outcome, theirs)} |"
            )
        if "read" in done:
            seconds, _ = cpu(lambda name=name: read(name), 3)  # type: ignore[misc]
            say(
                f"Reading {name}: ours {seconds:.3f} s, pabutools "
                f"{done['read'].seconds:.1f} s; its memory {max(d.megabytes for d in done.values()):.0f} MB"
            )


def process(setting: Setting) -> None:
    """Reading and counting Łódź 2022 as a whole process, caches warm."""
    path = SHARED / f"{WIELICZKA if setting.quick else LODZ}.pb"
    command = ("-m", "habaring.cli", "count", str(path), "--json")
    used = min(alone(*command) for _ in range(4))
    winners = json.loads(used.printed)["winners"]
    theirs = alone("-m", "benchmarks.count_peer", str(path), PEER[SHARES])
    done = json.loads(theirs.printed.splitlines()[-1])
    say(
        f"Whole process, {path.stem}: {told(used.seconds, 1)}, {used.wall:.2f} s wall, "
        f"{used.megabytes:.0f} MB; pabutools {theirs.seconds:.1f} s, "
        f"{theirs.megabytes:.0f} MB; "
        f"same winners: {winners == done['winners']}"
    )


def add1(setting: Setting) -> None:
    """Every real election with more than 1,000 voters that pabutools ends in time."""
    found = []
    for path in sorted(SHARED.glob("*.pb")):
        election = read_pabulib(path.read_bytes(), lenient=True)
        if election.ballots.voters > 1000 and election.kind in (
            Kind.APPROVAL,
            Kind.CHOOSE_ONE,
        ):
            found.append((election.ballots.voters, path, election))
    found.sort(key=lambda one: one[0])
    if setting.quick:
        found = found[:: max(1, len(found) // 6)][:6]
    say(f"add1, measure cost, {len(found)} elections by size")
    say(
        "| election | voters × projects | steps | ours s | pabutools s | ratio | same |"
    )
    say("|---|---|---|---|---|---|---|")
    ratios, differ, late, skipped = [], 0, 0, 0
    for voters, path, election in found:
        seconds, outcome = ours(election, ADD1, 2)
        theirs = _add1_peer(path, outcome.steps, setting.seconds)
        size = f"{voters} × {len(election.projects)}"
        line = f"| {path.stem} | {size} | {outcome.steps} | {seconds:.4f} |"
        if isinstance(theirs, str):
            late += theirs == "stopped"
            skipped += theirs != "stopped"
            say(f"{line} {theirs} | | |")
            continue
        equal = same(outcome, theirs)
        differ += not equal
        ratios.append(theirs.seconds / seconds)
        say(f"{line} {theirs.seconds:.2f} | {ratios[-1]:.0f} | {equal} |")
    if ratios:
        ratios.sort()
        low = sum(ratio < 200 for ratio in ratios)
        say(
            f"add1: {len(ratios)} compared, {differ} differ, {late} stopped after "
            f"{setting.seconds} s, {skipped} not tried; ratio least {ratios[0]:.0f}, "
            f"median {ratios[len(ratios) // 2]:.0f}, most {ratios[-1]:.0f}; "
            f"{low} below 200 (goal: none)"
        )


def _add1_peer(path: Path, steps: int, seconds: int) -> Done | str:
    """pabutools' add1, unless its single run shows that it takes far too long."""
    once = peer(path, [PEER[SHARES]], seconds + 60)
    if PEER[SHARES] not in once:
        return "stopped"
    guess = once[PEER[SHARES]].seconds * (steps + 1) * 0.3
    if guess > seconds:
        return f"not tried: over {guess:.0f} s by its single run"
    limit = seconds + int(once["read"].seconds) + 2
    done = peer(path, [PEER[ADD1]], limit)
    return done.get(PEER[ADD1], "stopped")


def currency(setting: Setting) -> None:
    """add1 does not depend on the size of the unit of money."""
    name = WIELICZKA if setting.quick else WARSZAWA
    election = read(name)
    larger = replace(
        election,
        budget=election.budget * 1000,
        projects=tuple(replace(p, cost=p.cost * 1000) for p in election.projects),
    )
    one, outcome = ours(election, ADD1)
    thousand, other = ours(larger, ADD1)
    say(f"add1 {name}: {told(one, 1)}, {outcome.steps} steps")
    say(
        f"  × 1,000: {thousand:.3f} s, {told(thousand / one, 1.2, '×')}, {other.steps} "
        f"steps, {len(set(outcome.winners) ^ set(other.winners))} other winners"
    )


def large(setting: Setting) -> None:
    """A million voters, in a process of their own for the memory."""
    voters = 50_000 if setting.quick else 1_000_000
    say(f"{voters:,} voters, 200 projects, made from {WARSZAWA}")
    used = alone("-m", "benchmarks.count", "--million", str(voters))
    say(used.printed.rstrip())


def one_million(voters: int) -> None:
    """What the process of `large` does; its memory is its own."""
    warm()

    election = million(read(WARSZAWA), voters)
    made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for name in (LODZ, WARSZAWA):  # loads the loops; nothing of this election is kept
        small = read(name)
        for rule in (SHARES, ADD1 if name == LODZ else SHARES, PHRAGMEN):
            count(small, rule)
    say(f"  {len(election.ballots.people):,} distinct ballots, {len(election.ballots.projects):,} approvals")  # fmt: skip
    for rule, goal in ((SHARES, 2), (PHRAGMEN, 1), (GREEDY, 1), (ADD1, 20)):
        seconds, outcome = cpu(lambda rule=rule: count(election, rule))  # type: ignore[misc]
        what = rule.completion if rule is ADD1 else rule.name
        say(f"  {what}: {told(seconds, goal)}, {len(outcome.winners)} winners, {outcome.steps} steps")  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"  memory after making {made:.0f} MB, at the highest {told(peak, 1024, 'MB')}")


def _some_villages(first: int, many: int) -> tuple[float, float, int]:
    """CPU seconds of reading and of counting, and how many were funded."""
    warm()
    reading, counting, funded = 0.0, 0.0, 0
    texts = villages(many, first)
    while block := list(islice(texts, 500)):
        began = time.process_time()
        elections = [read_pabulib(text) for text in block]
        middle = time.process_time()
        outcomes = [count(election, ADD1) for election in elections]
        counting += time.process_time() - middle
        reading += middle - began
        funded += sum(len(outcome.winners) for outcome in outcomes)
    return reading, counting, funded


def many(setting: Setting) -> None:
    """Villages from their .pb texts on two processes; making the texts is not counted."""
    number = setting.villages
    parts = [(a, min(1000, number - a)) for a in range(0, number, 1000)]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        found = list(pool.map(_some_villages, *zip(*parts, strict=True)))
    reading, counting, funded = (sum(column) for column in zip(*found, strict=True))
    seconds = (reading + counting) / 2
    scaled = seconds * VILLAGES / number
    how = "" if number == VILLAGES else f", scaled from {number:,}"
    say(
        f"Villages, add1 from .pb text, 2 processes: reading {reading:.1f} + counting "
        f"{counting:.1f} CPU s, each half of it {seconds:.1f} s; {VILLAGES:,}{how}: "
        f"{told(scaled, 120)}; {funded:,} projects funded"
    )


def explanation(setting: Setting) -> None:
    """Of every loser of Wieliczka: the largest cost, the votes it would have needed."""
    del setting
    election = read(WIELICZKA)
    prepared = prepare(election, SHARES)
    losers = [p for p in prepared.candidates if not _won(prepared, p)]
    max_costs(prepared, losers)
    seconds, found = cpu(lambda: max_costs(prepared, losers), 5)
    say(f"Explanation, {len(losers)} losers, {len(found)} largest costs: {told(seconds, 0.1)}")  # fmt: skip
    for rule in (SHARES, ADD1):
        bare, _ = ours(election, rule)
        full, outcome = cpu(lambda rule=rule: count(election, rule, explain=True))  # type: ignore[misc]
        votes = sum(s.votes_needed is not None for s in outcome.stories.values())
        say(f"  {rule.completion}: with the votes each would have needed ({votes}): {full - bare:.2f} s more")  # fmt: skip


def _won(prepared: Prepared, p: int) -> bool:
    return count(prepared.election, SHARES).stories[prepared.ids[p]].won


def first(setting: Setting) -> None:
    """The first count on a fresh installation: no compiled loop is on disk."""
    del setting
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "village.pb"
        path.write_bytes(next(villages(1)))
        for what in (path, SHARED / f"{WIELICZKA}.pb", SHARED / f"{LODZ}.pb"):
            for more in ([], ["--completion", "add1"]):
                command = ("-m", "habaring.cli", "count", str(what), "--json", *more)
                with tempfile.TemporaryDirectory() as cache:
                    used = alone(*command, NUMBA_CACHE_DIR=cache)
                say(
                    f"First count, {what.stem} {' '.join(more)}: {used.seconds:.2f} CPU "
                    f"s, {used.wall:.2f} s wall, {used.megabytes:.0f} MB"
                )


PARTS: dict[str, Callable[[Setting], None]] = {
    "rules": rules,
    "process": process,
    "explanation": explanation,
    "first": first,
    "currency": currency,
    "large": large,
    "many": many,
    "add1": add1,
}


def main(argv: Sequence[str]) -> int:
    """Print every figure; 0 when all ran, whether or not a goal was reached."""
    parser = argparse.ArgumentParser(prog="count", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--villages", type=int, default=VILLAGES)
    parser.add_argument("--million", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args(argv)
    if given.million:
        one_million(given.million)
        return 0
    if not SHARED.is_dir():
        say("../shared/data/pb is absent: nothing to count")
        return 1
    warm()  # as in a server that has counted before

    quick = given.quick
    setting = Setting(
        quick,
        min(given.seconds, 20) if quick else given.seconds,
        min(given.villages, 500) if quick else given.villages,
    )
    for name, part in PARTS.items():
        if not given.only or name in given.only:
            say(f"## {name}")
            part(setting)
            say()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
