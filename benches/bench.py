"""Speed as ratios: SQLAlchemy, oxalchemy and the same by hand with a driver, alternating in one run.

    make bench                               every case on every database, as tables
    python benches/bench.py load             only the cases whose name contains "load"
    python benches/bench.py --on postgresql  only that database (sqlite, postgresql, mysql; may be repeated)
    python benches/bench.py --json out.json --rounds 7

Each round runs every contender of a case in its own process once, in turn; a figure is the best of all rounds. `contender.py` is
one contender in one case; `cases.py` says what is measured, `databases.py` where. A missing server is skipped with a line.
"""

import argparse
import json
import os
import subprocess
import sys

import cases
import databases

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = "oxalchemy"


def once(kind, contender, case, arguments):
    out = subprocess.run(
        [sys.executable, os.path.join(HERE, "contender.py"), kind, contender, case, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    if out.returncode != 0:
        tail = out.stderr.strip().splitlines()[-1:] or ["no output"]
        print(f"  {contender}: {case}: {tail[0]}", file=sys.stderr)
        return None
    return float(out.stdout)


def fastest(times, names):
    found = [times[name] for name in names if times.get(name) is not None]
    return min(found) if found else None


def measure(kind, case, contenders, where, rounds):
    """{contender: best seconds or None}."""
    times = {c: [] for c in contenders}
    for _ in range(rounds):
        for contender in contenders:
            where.before(case)
            seconds = once(kind, contender, case, where.arguments)
            if seconds is not None:
                times[contender].append(seconds)
    return {c: min(values) if values else None for c, values in times.items()}


def verdict(kind, case, sa, ox, hand):
    """Whether the marks of a case are met."""
    if sa is None or ox is None:
        return "–"
    mark = cases.MARKS[kind].get(case, 1.0)
    said = [("met" if sa / ox >= mark else "MISSED") + f" ({mark:g}×)"]
    limit = cases.HAND_MARKS.get(kind, {}).get(case)
    if limit and hand is not None:
        said.append(("met" if ox <= hand * limit else "MISSED") + f" (≤ {limit:g}× by hand)")
    return ", ".join(said)


def table(kind, pattern, rounds):
    """Print one database's table; its rows as data."""
    title, theirs, by_hand = databases.CONTENDERS[kind]
    theirs, by_hand = [[c for c in group if databases.present(c)] for group in (theirs, by_hand)]
    contenders = [*theirs, OURS, *by_hand]
    chosen = [case for case in cases.CASES[kind] if pattern in case]
    if not chosen:
        return []
    rows = []
    with databases.prepared(kind) as where:
        heads = [c.replace("sqlalchemy", "SQLAlchemy 2.1.9").replace("+", " on ") for c in theirs] + [OURS, *by_hand]
        print(f"\n### {title}\n")
        print(f"| {'case':24} | {' | '.join(heads)} | ours vs SQLAlchemy | ours vs by hand | mark |")
        print(f"|{'-' * 26}|{'---:|' * (len(heads) + 3)}")
        for case in chosen:
            unit, count = cases.operations(kind, case)
            times = measure(kind, case, contenders, where, rounds)
            sa, ox, hand = fastest(times, theirs), times[OURS], fastest(times, by_hand)
            per = ["–" if t is None else f"{t / count * 1e6:.2f} µs" for t in times.values()]
            per[0] += f"/{unit}"
            ratio = lambda a, b: "–" if a is None or b is None else f"{a / b:.2f}×"  # noqa: E731
            marks = verdict(kind, case, sa, ox, hand)
            print(f"| {case:24} | {' | '.join(per)} | {ratio(sa, ox)} | {ratio(hand, ox)} | {marks} |", flush=True)
            rows.append({"database": kind, "case": case, "unit": unit, "count": count, "seconds": times})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pattern", nargs="?", default="")
    parser.add_argument("--on", action="append", choices=list(databases.CONTENDERS), help="a database; may be repeated")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", metavar="FILE")
    args = parser.parse_args()
    rows = []
    for kind in args.on or databases.CONTENDERS:
        try:
            rows += table(kind, args.pattern, args.rounds)
        except Exception as e:
            if type(e).__name__ != "Unavailable":
                raise
            print(f"\n!! NOT MEASURED: {e}", flush=True)
    if args.json:
        with open(args.json, "w") as f:
            json.dump(rows, f, indent=2)


if __name__ == "__main__":
    main()
