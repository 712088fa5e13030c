#!/usr/bin/env bash
# The unit tests and some seeds of the simulation under a sanitizer: asan (with ubsan) or tsan.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
cmake --preset "$preset" >"build/.configure-$preset.log" 2>&1 || { cat "build/.configure-$preset.log"; exit 1; }
cmake --build --preset "$preset" -- -j"$(nproc)"
export TSAN_OPTIONS=halt_on_error=1 ASAN_OPTIONS=detect_leaks=1
ctest --test-dir "build/$preset" --output-on-failure --no-tests=error -LE system
