#!/usr/bin/env bash
# Builds every test of a preset and runs them; the last lines are ctest's own summary.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
cmake --preset "$preset" >"build/.configure-$preset.log" 2>&1 || { cat "build/.configure-$preset.log"; exit 1; }
cmake --build --preset "$preset" -- -j"$(nproc)"
ctest --test-dir "build/$preset" --output-on-failure --no-tests=error --timeout 900 -j1
