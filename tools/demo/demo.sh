#!/usr/bin/env bash
# The main job on real input: a merged pull request becomes a checked-out, built, tested, reported result; then the same for
# a commit whose tests fail. Exits 0 only when everything came out as it must.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools/image/build.sh ci mariadb
exec python3 tools/demo/demo.py --binary build/slipway "$@"
