#!/bin/bash
# The tests' output is shown, kept whole as an artifact, and its end goes into the message.
set -uo pipefail
cd /workspace/src
make test 2>&1 | tee /workspace/test.log
code=$?
tail -n 25 /workspace/test.log > /workspace/test.tail
exit $code
