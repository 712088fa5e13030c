#!/usr/bin/env python3
"""Fails on any #include of ours that tests/rule/include.txt does not allow."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parents[2]
src = root / "src"


def allowed_table():
    table = {}
    for line in (root / "tests/rule/include.txt").read_text().splitlines():
        line = line.split("#")[0].strip()
        if line:
            folder, _, names = line.partition(":")
            table[folder.strip()] = names.split()
    return table


def rule_for(folder, table):
    best = None
    for name in table:
        if (folder == name or folder.startswith(name + "/")) and len(name) > len(best or ""):
            best = name
    return best


def within(path, name):
    return path == name or path.startswith(name + "/")


def main():
    table = allowed_table()
    problems = []
    files = 0
    for path in sorted(src.rglob("*")):
        if path.suffix not in (".h", ".cc") or path.parent == src:
            continue
        files += 1
        folder = path.parent.relative_to(src).as_posix()
        rule = rule_for(folder, table)
        if rule is None:
            problems.append(f"{path.relative_to(root)}: no line for {folder} in tests/rule/include.txt")
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            found = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if not found:
                continue
            target = found.group(1)
            if not (src / target).exists():
                continue  # a library's header, or a generated one beside the file
            if within(target, rule) or any(within(target, name) for name in table[rule]):
                continue
            problems.append(f"{path.relative_to(root)}:{number}: {rule} may not include {target}")
    print("\n".join(problems))
    print(f"{files} files read, {len(problems)} includes against the rule")
    return 1 if problems or files == 0 else 0


sys.exit(main())
