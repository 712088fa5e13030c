#!/usr/bin/env python3
"""Fuzzes every x_fuzz.cc of the tree for a while (clang, libFuzzer, address and undefined-behaviour
sanitizers) and keeps, in tests/fuzz/x.corpus, the inputs that reach new code: one a line, in base64.

A crash ends the run with exit code 1; the input is left in build/fuzz/crash and its base64 printed,
to be added to the corpus together with the fix."""

import argparse
import base64
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "fuzz"
LONGEST = 1024  # bytes of an input
ENVIRONMENT = {**os.environ, "LSAN_OPTIONS": f"suppressions={ROOT / 'tests' / 'fuzz' / 'leak.txt'}:print_suppressions=0"}


def build():
    subprocess.run(["cmake", "--preset", "fuzz"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", "fuzz", "--target", "fuzzers"], cwd=ROOT, check=True)


def unpack(corpus, folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lines = corpus.read_text().splitlines() if corpus.exists() else []
    for number, line in enumerate(lines):
        (folder / f"{number:05}").write_bytes(base64.b64decode(line))
    return len(lines)


def pack(folder, corpus):
    inputs = sorted((path.read_bytes() for path in folder.iterdir()), key=lambda data: (len(data), data))
    corpus.write_text("".join(base64.b64encode(data).decode() + "\n" for data in inputs))
    return len(inputs)


def fuzz(program, seconds):
    name = program.name.removesuffix("_fuzz")
    corpus = ROOT / "tests" / "fuzz" / f"{name}.corpus"
    found, kept = BUILD / "corpus" / name, BUILD / "kept" / name
    before = unpack(corpus, found)
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    crashes = BUILD / "crash"
    crashes.mkdir(exist_ok=True)
    limits = [f"-max_len={LONGEST}", "-timeout=30", "-rss_limit_mb=1024", f"-artifact_prefix={crashes}/{name}-"]
    log = BUILD / f"{name}.log"
    with open(log, "w") as out:
        run = subprocess.run([program, *limits, f"-max_total_time={seconds}", "-print_final_stats=1", found],
                             stdout=out, stderr=subprocess.STDOUT, env=ENVIRONMENT)
        if run.returncode != 0:
            print(f"{name:12} CRASHED after {before} kept inputs: {log}")
            for crash in sorted(crashes.glob(f"{name}-*")):
                print(f"  {crash}: {base64.b64encode(crash.read_bytes()).decode()}")
            return False
        subprocess.run([program, *limits, "-merge=1", kept, found], stdout=out, stderr=subprocess.STDOUT, check=True, env=ENVIRONMENT)
    runs = next((line.split()[-1] for line in log.read_text(errors="replace").splitlines()
                 if line.startswith("stat::number_of_executed_units")), "?")
    print(f"{name:12} {runs} runs in {seconds} s, {before} -> {pack(kept, corpus)} inputs kept", flush=True)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="for each target (default 60)")
    parser.add_argument("--jobs", type=int, default=1, help="targets at a time (default 1)")
    parser.add_argument("names", nargs="*", help="targets, such as exprlang (default: all)")
    args = parser.parse_args()
    build()
    programs = sorted(path for path in BUILD.rglob("*_fuzz") if path.is_file())
    known = {program.name.removesuffix("_fuzz"): program for program in programs}
    unknown = [name for name in args.names if name not in known]
    if unknown or not known:
        sys.exit(f"no fuzz target {', '.join(unknown) or 'at all'}; there are: {', '.join(sorted(known))}")
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        results = list(pool.map(lambda name: fuzz(known[name], args.seconds), args.names or sorted(known)))
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
