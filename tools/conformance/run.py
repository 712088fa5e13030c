#!/usr/bin/env python3
"""Runs the manifests of the conformance folder with `slipway run` and compares their phases.

Ends non-zero on any difference that tools/conformance/known.tsv does not list with a reason.
"""
import argparse
import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import served

root = pathlib.Path(__file__).resolve().parents[2]


def read_table(path):
    lines = path.read_text().splitlines()
    names = lines[0].split("\t")
    return [dict(zip(names, line.split("\t"))) for line in lines[1:]]


def expected_phases(text):
    """The phases a row allows: of its workflows, or of one that is made from its template or schedule."""
    made = re.search(r"(?:submit|cron)->(\w+)", text)
    if made:
        return {made.group(1)}
    return set(re.findall(r"Succeeded|Failed|Error", text.split("(")[0])) or None


def known_differences(path):
    if not path.exists():
        return {}
    rows = [line.split("\t") for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {row[0]: (row[1], row[2]) for row in rows}


def documents_of(manifest):
    """(kind, name, text) of each document."""
    documents = []
    for text in re.split(r"^---", manifest.read_text(), flags=re.M):
        kind = re.search(r"^kind: (\w+)", text, re.M)
        name = re.search(r"^  (?:name|generateName): (\S+)", text, re.M)
        if kind and name:
            documents.append((kind.group(1), name.group(1), text))
    return documents


def source_words(documents):
    """How a workflow is made from what the file holds: `argo submit --from` of a schedule or of the last template that says
    where to begin, else of the first one that needs no input."""
    kinds = ("CronWorkflow", "WorkflowTemplate", "ClusterWorkflowTemplate")
    sources = [document for document in documents if document[0] in kinds]
    ready = [one for one in sources if one[0] == "CronWorkflow" or re.search(r"^  entrypoint:", one[2], re.M)]
    if ready:
        return ["--from", f"{ready[-1][0]}/{ready[-1][1]}"]
    sources.sort(key=lambda one: "inputs:" in one[2])
    first = sources and re.search(r"^  templates:\n(?:\s*#.*\n)*\s*- name: (\S+)", sources[0][2], re.M)
    return ["--from", f"{sources[0][0]}/{sources[0][1]}", "--entrypoint", first.group(1)] if first else []


def runs_of(manifest, folder):
    """The words of each `slipway run` that the file stands for: one a workflow, or one made from a template."""
    documents = documents_of(manifest)
    workflows = [text for kind, _, text in documents if kind == "Workflow"]
    if len(workflows) == 1:
        return [[str(manifest)]]
    if not workflows:
        return [[str(manifest), *source_words(documents)]]
    others = [text for kind, _, text in documents if kind != "Workflow"]
    runs = []
    for number, workflow in enumerate(workflows):
        file = folder / f"part-{number}.yaml"
        file.write_text("\n---\n".join([*others, workflow]))
        runs.append([str(file)])
    return runs


# Arguments that a template leaves to its users.
PARAMETERS = {"examples/workflow-event-binding/event-consumer-workflowtemplate.yaml": ["-p", "appellation=you"]}
TEMPLATES = ["cluster-workflow-template/clustertemplates.yaml", "workflow-template/templates.yaml"]


def needed_files(row, examples):
    """What is applied before: objects that the examples' own comments ask for, and templates of other files."""
    files = [root / "tools/conformance/needs.yaml"]
    for need in row["needs"].split(","):
        if need == "tmpl:both":
            files += [examples / path for path in TEMPLATES]
        elif need.startswith("tmpl:"):
            files.append(examples / need.removeprefix("tmpl:"))
    return [str(file) for file in files]


def run_one(options, row, manifest):
    """Phase (or what went wrong instead) of the first run that did not succeed, else of the last; and seconds."""
    started = time.monotonic()
    if row["path"] in served.ACTS:
        try:
            return served.run(options.binary, options.data_dir, row["path"], manifest), time.monotonic() - started
        except AssertionError as error:
            return str(error), time.monotonic() - started
    with tempfile.TemporaryDirectory() as folder:
        for words in runs_of(manifest, pathlib.Path(folder)):
            words += PARAMETERS.get(row["path"], [])
            phase = run_words(options, [*needed_files(row, pathlib.Path(options.folder) / "examples"), *words])
            if phase != "Succeeded":
                break
    return phase, time.monotonic() - started


def run_words(options, words):
    command = [options.binary, "run", "-o", "json", "--data-dir", options.data_dir, *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=options.timeout)
    except subprocess.TimeoutExpired:
        return f"no end after {options.timeout} s"
    try:
        return json.loads(done.stdout)["status"]["phase"]
    except (ValueError, KeyError, TypeError):
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        return f"exit {done.returncode}: {last[:90]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=str(root / "build/slipway"))
    parser.add_argument("--data-dir", default=str(root / "build/conformance"))
    parser.add_argument("--folder", default=str(root.parent / "shared/conformance/argo-workflows"))
    parser.add_argument("--tier", default="L0,L1,L2,L3", help="comma-separated tiers")
    parser.add_argument("--only", help="only paths with this text")
    parser.add_argument("--timeout", type=float, default=300, help="seconds for one manifest; some sleep for 250 by themselves")
    parser.add_argument("--jobs", type=int, default=3)
    options = parser.parse_args()
    folder = pathlib.Path(options.folder)
    known = known_differences(root / "tools/conformance/known.tsv")
    rows = [row for row in read_table(folder / "expected.tsv")
            if row["tier"] in options.tier.split(",") and (not options.only or options.only in row["path"])]
    work = []
    for row in rows:
        phases = expected_phases(row["expected"])
        if row["path"] in served.ACTS or row["path"] in PARAMETERS:
            phases = {"Succeeded"}  # once somebody has done what it waits for
        skipped = known.get(row["path"], [""])[0] == "-" and not options.only
        if phases and (folder / row["path"]).exists() and not skipped:
            work.append((row, phases))
    same = differ = excused = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        jobs = [pool.submit(run_one, options, row, folder / row["path"]) for row, _ in work]
        for (row, phases), job in zip(work, jobs):
            got, took = job.result()
            verdict = "same" if got in phases else "DIFFERS"
            if got in phases:
                same += 1
            elif row["path"] in known and known[row["path"]][0] in ("*", "-", got):
                excused += 1
                verdict = "known: " + known[row["path"]][1]
            else:
                differ += 1
            print(f"{row['path']:70} {'|'.join(sorted(phases)):18} {got:12} {took:6.1f}s  {verdict}", flush=True)
    print(f"{same} of {len(work)} the same, {excused} known differences, {differ} differences")
    return 1 if differ or not work else 0


sys.exit(main())
