#!/bin/bash
set -euo pipefail
make -C /workspace/src build
