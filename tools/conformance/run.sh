#!/usr/bin/env bash
# Runs Argo's public examples in real containers and prints the table. Arguments go to run.py.
set -euo pipefail
cd "$(dirname "$0")/../.."
data=build/conformance
mkdir -p "$data"
tools/image/build.sh
tools/image/import-all.sh build/slipway "$data"
exec python3 tools/conformance/run.py --binary build/slipway --data-dir "$data" "$@"
