# The whole developer manual. Every target does its own set-up (scripts/bootstrap.sh) and says what it does.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help demo serve test lint bench chaos model web wheel lock clean

SCENARIO ?=
CHECK ?=
OUT ?=
ONLY ?=
ARGS ?=
MINUTES ?=
SEED ?=
BIN = $(or $(OPENLINE_VENV),.venv)/bin

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

demo: ## a day played into a real node; CHECK=1 checks it and exits, OUT=DIR keeps the bundles, SCENARIO=airport another day
	@scripts/bootstrap.sh run web
	@$(if $(CHECK),scripts/check_demo.sh "$(or $(SCENARIO),at-tanf)" "$(OUT)",exec $(BIN)/openline demo $(SCENARIO) $(ARGS))

serve: ## a node with your own settings (openline init makes them); ARGS="--port 8001"
	@scripts/bootstrap.sh run web
	@exec $(BIN)/openline serve $(ARGS)

test: ## lint, a wheel installed offline in a clean place, and every test
	@scripts/bootstrap.sh dev web traffic browser
	@scripts/test.sh $(ARGS)

lint: ## ruff, types, import contracts, house rules, the console's types
	@scripts/bootstrap.sh dev web
	@scripts/lint.sh
	@$(BIN)/python -m pytest -q tests/house

bench: ## the benchmarks, each printing JSON; ONLY=name for one
	@scripts/bootstrap.sh dev web
	@$(BIN)/python scripts/bench.py $(ONLY)

model: ## the line's protocol, checked to the last state by Spin, with rules left out that must be missed; ONLY=name for one
	@scripts/model.sh $(ONLY)

chaos: ## two real nodes through cuts, stalls, SIGKILL and clock jumps, and their records checked; MINUTES=10, SEED=N
	@scripts/bootstrap.sh dev
	@$(BIN)/python scripts/chaos.py --minutes $(or $(MINUTES),10) $(if $(SEED),--seed $(SEED))

web: ## the console, built into the package
	@scripts/bootstrap.sh run web

wheel: ## a wheel with the built console, in dist/
	@scripts/bootstrap.sh run web
	@$(BIN)/python -m hatchling build --target wheel
	@ls -l dist/*.whl

lock: ## pin the requirements again; UPGRADE=1 takes the newest
	@scripts/bootstrap.sh dev
	@scripts/lock.sh

clean: ## remove what was built; the virtual environment stays
	@rm -rf build dist src/openline/console/assets .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
