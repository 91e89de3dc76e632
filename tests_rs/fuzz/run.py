"""Builds the fuzz targets and lets libFuzzer run them: `python tests_rs/fuzz/run.py --seconds 60 --jobs 2 [TARGET …]`.

Needs what building oxalchemy needs and a C++ compiler, no nightly toolchain and no cargo-fuzz. What libFuzzer learns stays in
`target/fuzz/corpus`, so that the next run goes on from there; an input that breaks a promise is written to `target/fuzz/found`.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGETS = sorted(p.stem for p in (HERE / "targets").glob("*.rs"))


def build(targets, target_dir):
    """Compiles the programs; dependencies are those of an ordinary release build."""
    if not (shutil.which("c++") or os.environ.get("CXX")):
        sys.exit("fuzz: a C++ compiler is needed for libFuzzer: apt-get install build-essential")
    bins = [arg for target in targets for arg in ("--bin", target)]
    command = ["cargo", "build", "--release", "--quiet", "-p", "oxalchemy-fuzz", "--features", "libfuzzer", *bins]
    env = {**os.environ, "RUSTC_WORKSPACE_WRAPPER": str(HERE / "instrument"), "CARGO_TARGET_DIR": str(target_dir)}
    subprocess.run(command, cwd=ROOT, env=env, check=True)


def run(target, seconds, seed, target_dir):
    """One target for its time: its log, executions, and how it ended."""
    work = target_dir / "fuzz"
    corpus, found = work / "corpus" / target, work / "found" / target
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    log = work / f"{target}.log"
    command = [
        str(target_dir / "release" / target),
        f"-max_total_time={seconds}",
        f"-seed={seed}",
        "-timeout=20",
        "-rss_limit_mb=2048",
        "-max_len=2048",
        "-print_final_stats=1",
        f"-artifact_prefix={found}/",
        str(corpus),
        str(HERE / "seeds" / target),
    ]
    began = time.monotonic()
    with log.open("wb") as out:
        code = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False).returncode
    text = log.read_text(errors="replace")
    executions = re.findall(r"^#(\d+)\s", text, re.MULTILINE)
    covered = re.findall(r" cov: (\d+)", text)
    return {
        "target": target,
        "seconds": time.monotonic() - began,
        "executions": int(executions[-1]) if executions else 0,
        "covered": int(covered[-1]) if covered else 0,
        "code": code,
        "log": log,
        "tail": text[-6000:],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--jobs", type=int, default=1, help="targets at a time")
    parser.add_argument("--seed", type=int, default=0, help="of libFuzzer's random numbers; 0: another one each time")
    parser.add_argument("targets", nargs="*", help=f"of {', '.join(TARGETS)}; all of them when none is named")
    args = parser.parse_args()
    unknown = set(args.targets) - set(TARGETS)
    if unknown:
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    targets = args.targets or TARGETS
    target_dir = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
    build(targets, target_dir)
    failed = []
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for done in pool.map(lambda t: run(t, args.seconds, args.seed, target_dir), targets):
            verdict = "found something" if done["code"] else "passed"
            print(
                f"fuzz {done['target']:<18} {done['executions']:>12,} executions  {done['seconds']:6.0f} s  "
                f"{done['covered']:>6,} branches  {verdict}",
                flush=True,
            )
            if done["code"]:
                failed.append(done)
    for done in failed:
        print(f"\n--- {done['target']} (all of it: {done['log']}); run it again on the file that it names:", file=sys.stderr)
        print(f"    {target_dir / 'release' / done['target']} FILE\n{done['tail']}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
