#!/usr/bin/env bash
# Builds the references and prints the table; --quick takes seconds.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in wrk nginx podman; do
  command -v "$tool" >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$tool" >/dev/null
done
cmake --build --preset release --target slipway bench_spawn bench_stamp event_client event_floor engine_bench pod_bench store_fill -- -j"$(nproc)" >/dev/null
exec python3 bench/run.py "$@"
