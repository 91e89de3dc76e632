"""Speed as ratios: SQLAlchemy, oxalchemy and the same by hand with stdlib `sqlite3`, alternating in one run.

    make bench                     every case, as a table
    python benches/bench.py load   only the cases whose name contains "load"
    python benches/bench.py --json out.json --rounds 7

Each round runs every contender of a case in its own process once, in turn; a figure is the best of all rounds. Contenders
share this file: `contender.py NAME CASE` prints one number, seconds for the whole case.
"""

import argparse
import json
import os
import subprocess
import sys

from contender import CASES

HERE = os.path.dirname(os.path.abspath(__file__))
CONTENDERS = ("sqlalchemy", "oxalchemy", "by hand")
# First marks: how many times SQLAlchemy's speed each case must reach.
MARKS = {"load objects": 5.0, "insert objects": 5.0}


def once(contender, case):
    out = subprocess.run(
        [sys.executable, os.path.join(HERE, "contender.py"), contender, case],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    if out.returncode != 0:
        tail = out.stderr.strip().splitlines()[-1:] or ["no output"]
        print(f"  {contender}: {case}: {tail[0]}", file=sys.stderr)
        return None
    return float(out.stdout)


def best(values):
    values = [v for v in values if v is not None]
    return min(values) if values else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pattern", nargs="?", default="")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", metavar="FILE")
    args = parser.parse_args()
    print(f"| {'case':24} | SQLAlchemy 2.1.9 | oxalchemy | by hand | ours vs SQLAlchemy | ours vs by hand | mark |")
    print(f"|{'-' * 26}|---:|---:|---:|---:|---:|---:|")
    rows = []
    for case, (unit, count) in CASES.items():
        if args.pattern not in case:
            continue
        times = {c: [] for c in CONTENDERS}
        for _ in range(args.rounds):
            for c in CONTENDERS:
                times[c].append(once(c, case))
        sa, ox, hand = (best(times[c]) for c in CONTENDERS)
        per = lambda t, n=count: "–" if t is None else f"{t / n * 1e6:.2f} µs"  # noqa: E731
        ratio = lambda a, b: "–" if a is None or b is None else f"{a / b:.2f}×"  # noqa: E731
        mark = MARKS.get(case, 1.0)
        met = "–" if sa is None or ox is None else ("met" if sa / ox >= mark else "MISSED") + f" ({mark:g}×)"
        print(
            f"| {case:24} | {per(sa)}/{unit} | {per(ox)} | {per(hand)} | {ratio(sa, ox)} | {ratio(hand, ox)} | {met} |",
            flush=True,
        )
        rows.append({"case": case, "unit": unit, "count": count, "sqlalchemy": sa, "oxalchemy": ox, "by_hand": hand})
    if args.json:
        with open(args.json, "w") as f:
            json.dump(rows, f, indent=2)


if __name__ == "__main__":
    main()
