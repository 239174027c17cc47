# The commands that people and CI use. Everything is set up by them; nothing is prepared by hand.
PYTHON ?= python3
LISTEN ?= 127.0.0.1:8000
DATA ?= $(if $(EMPTY),.data-empty,.data)
NAME ?=
JSON ?=
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The client is built while Python packages are still installed.
MAKEFLAGS += --jobs=2

.PHONY: run test check bench campaign format lock

run: .venv/run .venv/engine web/dist/index.html  ## serve a demonstration, or with EMPTY=1 an empty organisation
	@GUIJU_DATA=$(DATA) GUIJU_LISTEN=$(LISTEN) exec $(BIN)/guiju serve $(if $(EMPTY),,--demo)

test: .venv/dev .venv/engine web/dist/index.html  ## everything, with the time of each part
	@tests/system_packages.sh
	@$(BIN)/python -m tests.run

check: .venv/dev  ## format, lint, types and architecture only
	@$(BIN)/python -m tests.run --only format lint types architecture

bench: .venv/dev .venv/engine web/dist/index.html  ## measure beside floor and peers: make bench NAME="closed32 rate50" JSON=out.json RUNS=5
	@tests/system_packages.sh
	@bench/system_packages.sh
	@$(BIN)/python -m bench.run --name "$(NAME)" --json "$(JSON)" --markdown "$(MARKDOWN)" $(if $(RUNS),--runs $(RUNS)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(KEEP),--keep $(KEEP))

campaign: .venv/dev .venv/engine web/dist/index.html  ## long runs: make campaign NAME=kill, make campaign NAME=fuzz
	@tests/system_packages.sh
	@$(BIN)/python -m tests.campaigns.run $(NAME)

format: .venv/dev
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock:  ## pin the dependencies again (needs uv)
	uv pip compile pyproject.toml --extra build --generate-hashes --no-header --no-annotate --no-emit-index-url -q -o requirements/run.lock
	uv pip compile pyproject.toml --extra build --extra dev --extra images --generate-hashes --no-header --no-annotate --no-emit-index-url -q -o requirements/dev.lock
	uv pip compile requirements/synapse.in --generate-hashes --no-header --no-annotate --no-emit-index-url -q -o requirements/synapse.lock
	uv pip compile requirements/bench.in --generate-hashes --no-header --no-annotate --no-emit-index-url -q -o requirements/bench.lock

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Guiju needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv

.venv/run: requirements/run.lock pyproject.toml | .venv/bin/python web/dist
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: requirements/dev.lock pyproject.toml .venv/run
	$(BIN)/python -m pip install --quiet --no-compile --require-hashes -r requirements/dev.lock
	@touch $@

# Without a C compiler texts are read a quarter slower; nothing else differs.
.venv/engine: tools/compile_engine.py $(wildcard src/guiju/modules/inspection/_*.py) .venv/run
	@mkdir -p .cache && $(BIN)/python tools/compile_engine.py >.cache/engine.log
	@if [ -e src/guiju/modules/inspection/compiled.txt ]; then touch $@; fi

web/dist:
	@mkdir -p $@

web/node_modules/.package-lock.json: web/package-lock.json | .venv/run
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(shell find web/src web/served web/public web/index.html web/vite.config.ts web/tsconfig.json -type f 2>/dev/null)
	cd web && npm run --silent build
	@touch $@
