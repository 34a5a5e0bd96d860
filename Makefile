# Two commands do everything: `make run` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
HEADROOM := .build/release/headroom
# A build of its own: the optimiser is on, so that the long random suites run
# in full, and so are the assertions, which a release leaves out.
TESTS := swift test -c release --scratch-path .build-tests \
	-Xswiftc -enable-testing -Xswiftc -assert-config -Xswiftc Debug

.PHONY: help run build test test-all test-debug lint examples bench bench-smoke generate dependencies test-dependencies clean

help: ## Show the targets.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: build ## Install what is missing, build, run the quick-start scenario.
	@$(HEADROOM) run scenarios/quickstart.yaml
	@echo
	@echo "Results are in results/headroom.sqlite; 'make test' runs the tests; '$(HEADROOM) --help' tells the rest."

build: dependencies
	@swift build -c release --product headroom

test: test-all lint examples ## Install what is missing, run all tests, the lint and the examples.

test-all: test-dependencies ## All tests, optimised and with every assertion on.
	@$(TESTS)

test-debug: dependencies ## All tests without the optimiser; the random suites are shorter.
	@swift test

lint: ## Check the format.
	@swift format lint --strict --recursive --parallel Sources Tests Benchmarks Package.swift

examples: build ## Run every shipped scenario.
	@scripts/run-examples

bench: dependencies ## Print every benchmark next to its reference; writes .build/bench.json.
	@Benchmarks/run.sh

bench-smoke: dependencies ## A short form of bench.
	@Benchmarks/run.sh --smoke

generate: test-dependencies ## Rewrite golden files and generated pages.
	@HEADROOM_UPDATE_GOLDENS=1 $(TESTS)

dependencies:
	@scripts/install-dependencies

test-dependencies:
	@scripts/install-dependencies test

clean: ## Remove what was built.
	@rm -rf .build .build-tests
