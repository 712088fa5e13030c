#!/usr/bin/env python3
"""The largest files and functions of ours; fails past the limits of the style (600 lines a file)."""
import pathlib
import re
import sys

FILE_LIMIT = 600
FUNCTION_LIMIT = 120
root = pathlib.Path(__file__).resolve().parents[2]


def functions(lines):
    """(length, line, head) of each top-level body, by the closing brace in column one."""
    start = None
    for number, line in enumerate(lines, 1):
        if start is None and re.match(r"^[A-Za-z].*\{$|^[A-Za-z].*\($", line) and not re.match(
                r"^(namespace|class|struct|enum|extern|using|#|constexpr|const|static const|inline const)", line):
            start = (number, line)
        elif line.startswith("}") and start is not None:
            yield number - start[0] + 1, start[0], start[1]
            start = None


def main():
    files, bodies = [], []
    for folder, pattern in (("src", "*.cc"), ("src", "*.h"), ("web/src", "*.ts*"), ("constructs/src", "*.ts")):
        for path in (root / folder).rglob(pattern):
            lines = path.read_text(errors="replace").splitlines()
            if lines and "generated" in lines[0].lower():
                continue
            name = path.relative_to(root).as_posix()
            files.append((len(lines), name))
            if path.suffix == ".cc":
                bodies += [(length, f"{name}:{line}", head) for length, line, head in functions(lines)]
    files.sort(reverse=True)
    bodies.sort(reverse=True)
    counts = sorted(length for length, _ in files)
    if not counts:
        print("no files read")
        return 1
    print(f"{len(counts)} files, {sum(counts)} lines; median {counts[len(counts) // 2]}, "
          f"p90 {counts[len(counts) * 9 // 10]}, largest {counts[-1]}")
    for length, name in files[:8]:
        print(f"  {length:5} {name}")
    for length, place, head in bodies[:8]:
        print(f"  {length:5} {place} {head[:70]}")
    too_long = [f"{name} has {length} lines; split it" for length, name in files if length > FILE_LIMIT]
    too_long += [f"{place} is {length} lines long; split it" for length, place, _ in bodies if length > FUNCTION_LIMIT]
    print("\n".join(too_long))
    return 1 if too_long else 0


sys.exit(main())
