# The commands of the README. Each does its own set-up: packages, build, images.
SHELL := /bin/bash
.DELETE_ON_ERROR:
JOBS := $(shell nproc)
export CCACHE_SLOPPINESS := pch_defines,time_macros,include_file_mtime,include_file_ctime
# The same cache for every clone.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := true

.PHONY: help
help:  ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | column -t -s $$'\t'

.PHONY: setup
setup:  ## install the Debian packages that are missing
	@tools/setup.sh

.PHONY: build
build: setup  ## build the program: build/slipway
	@cmake --preset release >build/.configure.log 2>&1 || { cat build/.configure.log; exit 1; }
	@cmake --build --preset release --target slipway -- -j$(JOBS)
	@ln -sf release/slipway build/slipway

.PHONY: demo
demo: build  ## the main job on real input, twice: once green, once red
	@tools/demo/demo.sh

.PHONY: test
test: build  ## all tests
	@tools/test.sh release

.PHONY: test-radosgw
test-radosgw: build  ## the S3 tests against Ceph's radosgw instead of Swift; installs Ceph
	@tools/setup.sh ceph-mon ceph-osd ceph-common radosgw openssl
	@SLIPWAY_S3_PEER=radosgw SLIPWAY_BINARY=$(CURDIR)/build/slipway python3 tests/e2e/s3_test.py

.PHONY: asan tsan
asan: setup  ## all unit tests with the address and undefined-behaviour sanitizers
	@tools/sanitize.sh asan
tsan: setup  ## the unit tests of what has threads, with the thread sanitizer
	@tools/sanitize.sh tsan

FOR ?= 60
.PHONY: fuzz
fuzz:  ## fuzz each parser and evaluator FOR seconds and keep what reaches new code
	@tools/setup.sh clang-16 libclang-rt-16-dev
	@tools/fuzz.py --seconds $(FOR) --jobs $(JOBS)

SEEDS ?= 2000
.PHONY: sim
sim: setup  ## simulate SEEDS seeds of crashes and faults
	@cmake --preset release >/dev/null && cmake --build --preset release --target slipway-sim -- -j$(JOBS)
	@build/release/slipway-sim --seeds $(SEEDS)

.PHONY: conformance
conformance: build  ## run Argo's public examples in containers and print the table
	@tools/conformance/run.sh

.PHONY: bench bench-quick
bench: build  ## the speed and memory table (minutes)
	@bench/run.sh
bench-quick: build  ## the same in seconds
	@bench/run.sh --quick

.PHONY: compat
compat: setup  ## write what the code says of Argo's fields into docs/compat.md
	@cmake --preset release >/dev/null && cmake --build --preset release --target core_manifest_test -- -j$(JOBS)
	@SLIPWAY_WRITE_DOCS=1 build/release/src/core_manifest_test --gtest_brief=1 --gtest_filter='Compat.TheDocument*'

.PHONY: format
format:  ## lay out the sources
	@tools/setup.sh clang-format-16
	@git ls-files 'src/*.h' 'src/*.cc' 'bench/*.cc' | xargs clang-format-16 -i

.PHONY: clean
clean:  ## remove what was built
	@rm -rf build
