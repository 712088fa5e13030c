#!/usr/bin/env bash
# Unit tests under a sanitizer: asan (with ubsan), all of them and some seeds of the simulation; or
# tsan, those of the rings that have threads: core has none, which tests/rule/symbol_check.py holds.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
cmake --preset "$preset" >"build/.configure-$preset.log" 2>&1 || { cat "build/.configure-$preset.log"; exit 1; }
targets=() chosen=()
if [[ $preset == tsan ]]; then
  chosen=(-R '^(adapter_|server$|app$|cli$)')
  mapfile -t targets < <(ctest --test-dir "build/$preset" -N -LE system "${chosen[@]}" | sed -nE 's/.*Test +#[0-9]+: (.*)/\1_test/p')
  targets=(--target "${targets[@]}")
fi
cmake --build --preset "$preset" "${targets[@]}" -- -j"$(nproc)"
export TSAN_OPTIONS=halt_on_error=1 ASAN_OPTIONS=detect_leaks=1
export LSAN_OPTIONS=suppressions=$PWD/tests/fuzz/leak.txt:print_suppressions=0
ctest --test-dir "build/$preset" --output-on-failure --no-tests=error -LE system "${chosen[@]}"
