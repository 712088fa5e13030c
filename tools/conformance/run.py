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

root = pathlib.Path(__file__).resolve().parents[2]


def read_table(path):
    lines = path.read_text().splitlines()
    names = lines[0].split("\t")
    return [dict(zip(names, line.split("\t"))) for line in lines[1:]]


def expected_phases(text):
    """The phases a row allows, and whether the file only holds a template to submit from."""
    template = text.startswith("template-only")
    if template:
        found = re.search(r"submit->(\w+)", text)
        return ({found.group(1)} if found else None), True
    return set(re.findall(r"Succeeded|Failed|Error", text.split("(")[0])) or None, False


def known_differences(path):
    if not path.exists():
        return {}
    rows = [line.split("\t") for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {row[0]: (row[1], row[2]) for row in rows}


def caller_of(manifest, folder):
    """A Workflow that runs a template object of `manifest`: one that says where to begin, else one that needs no input."""
    documents = re.split(r"^---", manifest.read_text(), flags=re.M)
    documents.sort(key=lambda text: (not re.search(r"^  entrypoint:", text, re.M), "inputs:" in text))
    text = documents[0]
    kind = re.search(r"^kind: (WorkflowTemplate|ClusterWorkflowTemplate)", text, re.M)
    name = re.search(r"^  name: (\S+)", text, re.M)
    if not kind or not name:
        return None
    cluster = "\n    clusterScope: true" if kind.group(1).startswith("Cluster") else ""
    first = re.search(r"^  templates:\n(?:\s*#.*\n)*\s*- name: (\S+)", text, re.M)
    entrypoint = "" if re.search(r"^  entrypoint:", text, re.M) or not first else f"  entrypoint: {first.group(1)}\n"
    file = folder / "caller.yaml"
    file.write_text("apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata:\n  generateName: conformance-\n"
                    f"spec:\n{entrypoint}  workflowTemplateRef:\n    name: {name.group(1)}{cluster}\n")
    return file


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


def run_one(options, row, manifest, template):
    """Phase (or what went wrong instead) and seconds."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        files = [*needed_files(row, pathlib.Path(options.folder) / "examples"), str(manifest)]
        if template:
            caller = caller_of(manifest, pathlib.Path(folder))
            if caller is None:
                return "no template to submit", 0
            files.append(str(caller))
        command = [options.binary, "run", "-o", "json", "--data-dir", options.data_dir, *files]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=options.timeout)
        except subprocess.TimeoutExpired:
            return f"no end after {options.timeout} s", time.monotonic() - started
    took = time.monotonic() - started
    try:
        return json.loads(done.stdout)["status"]["phase"], took
    except (ValueError, KeyError, TypeError):
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        return f"exit {done.returncode}: {last[:90]}", took


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=str(root / "build/slipway"))
    parser.add_argument("--data-dir", default=str(root / "build/conformance"))
    parser.add_argument("--folder", default=str(root.parent / "shared/conformance/argo-workflows"))
    parser.add_argument("--tier", default="L0", help="comma-separated tiers")
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
        phases, template = expected_phases(row["expected"])
        if phases and (folder / row["path"]).exists():
            work.append((row, phases, template))
    same = differ = excused = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        jobs = [pool.submit(run_one, options, row, folder / row["path"], template) for row, _, template in work]
        for (row, phases, _), job in zip(work, jobs):
            got, took = job.result()
            verdict = "same" if got in phases else "DIFFERS"
            if got in phases:
                same += 1
            elif row["path"] in known and known[row["path"]][0] in ("*", got):
                excused += 1
                verdict = "known: " + known[row["path"]][1]
            else:
                differ += 1
            print(f"{row['path']:70} {'|'.join(sorted(phases)):18} {got:12} {took:6.1f}s  {verdict}", flush=True)
    print(f"{same} of {len(work)} the same, {excused} known differences, {differ} differences")
    return 1 if differ or not work else 0


sys.exit(main())
