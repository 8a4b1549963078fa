# make demo   install what is missing, build, get the model, index the Git manual, ask it questions
# make test   install what is missing, build with tests (build/dev), run every test
#
# Both can be repeated; the second time takes seconds. The program is build/release/sememe.

MAKEFLAGS += --no-print-directory

.PHONY: help demo test setup release model sanitize threads neon fuzz format clean

help:
	@sed -n 's/^# \(make .*\)/\1/p; s/^\(.*\):.*## \(.*\)/make \1 \t\2/p' Makefile | expand -t 16

demo: release model
	@tools/demo.sh

test: setup model
	@tools/test.sh

setup: ## install the packages that building and testing need (Debian, as root or with sudo)
	@tools/setup.sh

release: setup ## build the program: build/release/sememe
	@tools/build.sh release

model: setup ## get the default model, all-MiniLM-L6-v2 (checked by its SHA-256)
	@tools/get_model.py

sanitize: setup model ## run the tests under the address and undefined behaviour sanitizers
	@tools/build.sh asan && ctest --preset asan -j 2

threads: setup model ## run the threaded tests under the thread sanitizer
	@tools/build.sh tsan && ctest --preset tsan

neon: setup ## build the NEON tier with a cross-compiler and test it under QEMU
	@tools/neon.sh

fuzz: setup ## run each fuzzer for FUZZ_SECONDS (default 60)
	@tools/fuzz.sh

format: setup ## format all C++ sources in place
	@tools/format.sh

clean: ## remove everything that was built
	rm -rf build
