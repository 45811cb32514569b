# What this project can be told to do. `make` alone lists it.
# Nothing here needs more than Python 3.11 with venv; see deploy/setup_environment.py.

.DEFAULT_GOAL := help
PYTHON ?= python3
PY := .venv/bin/python
PACKAGES := issuer verifier schemas
SOURCES := $(PACKAGES) tests deploy $(wildcard benchmarks)
# Extra words for pytest: make test ARGS="-k status -x"
ARGS ?=

.PHONY: help setup demo serve test check format lint types layers fuzz bench lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.complete  ## make .venv from requirements.lock (again only when the lock changes)

.venv/.complete: requirements.lock deploy/setup_environment.py
	@command -v $(PYTHON) >/dev/null || { \
	  echo "There is no '$(PYTHON)'. Install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "'$(PYTHON)' is $$($(PYTHON) --version 2>&1), and 3.11 or newer is needed."; \
	  echo "Name a newer one: make setup PYTHON=python3.12"; exit 1; }
	@$(PYTHON) deploy/setup_environment.py

demo: setup  ## tell the whole story once, on this machine: issue, share, scan, check, revoke, check
	@$(PY) -m deploy.demo

serve: setup  ## run both services with a demo tenant until Ctrl-C
	@$(PY) -m deploy.demo --serve

test: setup  ## set up browser, database and foreign implementations where missing; run all tests
	@$(PY) -m deploy.setup_test_machine
	$(PY) -m pytest $(ARGS)

check: format lint types layers test  ## exactly what .ci/run runs: format, lint, types, layers, test

format: setup
	$(PY) -m ruff format --check $(SOURCES)

lint: setup
	$(PY) -m ruff check $(SOURCES)

types: setup
	$(PY) -m mypy $(addprefix -p ,$(PACKAGES)) -p deploy

layers: setup
	$(PY) -m pytest -q tests/house/test_layers.py

fuzz: setup  ## damage good input at every door, far more often than `make test` does (minutes)
	FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-2000} LIFE_EXAMPLES=$${LIFE_EXAMPLES:-200} $(PY) -m pytest -q tests/fuzz tests/issuer/life $(ARGS)
	API_EXAMPLES=$${API_EXAMPLES:-20} $(PY) -m pytest -q tests/api $(ARGS)

bench: setup  ## measure canonical form, signature and verification on distinct documents
	@$(PY) -m benchmarks.first_figures

lock: setup  ## renew requirements.lock, deploy/node.lock and package-lock.json (needs the network)
	$(PY) -m deploy.lock

clean:  ## remove what set-up and tests made; var/ keeps its keys and databases
	rm -rf .venv node_modules dist var/demo var/tools .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +
