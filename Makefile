# Everything starts here, with Python 3.11 or later and make. `make` alone lists what there is.
# The environment .venv is made on first use from the hash-pinned locks, and again only when they change.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check -q

.DEFAULT_GOAL := help
.PHONY: help demo serve test mutants check catalogue benchmark fixtures lock clean

help:
	@echo 'make demo       start the service, fire telling hook calls at it, print the cards'
	@echo 'make serve      keep the service running at http://127.0.0.1:8080'
	@echo 'make test       everything the CI runs: tests, types, lint, layers'
	@echo 'make mutants    would a test notice a wrong rule, limit or sum? takes long'
	@echo 'make check      is the content release (hooks/) complete and consistent?'
	@echo 'make catalogue  write hooks/examples.toml and hooks/CATALOGUE.md anew'
	@echo 'make benchmark  the ratio to a null Flask endpoint, measured in one run'
	@echo 'make fixtures   write fhir_fixtures/r4 anew from its stories'
	@echo 'make lock       write the locks anew from pyproject.toml'
	@echo 'make clean      remove .venv'

demo: .venv/.run
	$(BIN)/cds-service demo

serve: .venv/.run
	$(BIN)/cds-service serve

check: .venv/.run
	$(BIN)/cds-service check

catalogue: .venv/.test
	$(BIN)/pytest -q tests/spec/test_examples.py --write-examples
	$(BIN)/cds-service catalogue --write

benchmark: .venv/.run
	$(BIN)/python -m benchmarks.hook_call

fixtures: .venv/.run
	$(BIN)/python -m fhir_fixtures.build

# The browser tests need Chromium, the tests of deploy/ need nginx and promtool: on Debian as root they are installed, elsewhere
# those tests fail and say how to get them.
test: .venv/.test
	@$(BIN)/python -m tests.browser.chromium --install >/dev/null || true
	@$(BIN)/python -m tests.acceptance.nginx --install >/dev/null || true
	@$(BIN)/python -m tests.acceptance.promtool --install >/dev/null || true
	$(BIN)/pytest -n 2

mutants: .venv/.test
	$(BIN)/python -m benchmarks.mutants

# requirements.lock: what runs, and what builds the package. requirements-dev.lock: that and what tests it.
.venv/.run: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.test: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ .venv/.run

$(BIN)/python:
	@test -n '$(PYTHON)' || { echo 'Python 3.11 or later is needed, and none was found: install it, or say make PYTHON=/path/to/python3'; exit 1; }
	@echo 'Setting up .venv (once)'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo 'The module venv of $(PYTHON) does not work; on Debian and Ubuntu: apt install python3-venv'; exit 1; }

# uv resolves for all supported Pythons and systems at once. It is needed for nothing else, so it stays out of the locks.
# The locks also pin what builds the package: the build backend, and editables, which it needs to install a checkout.
LOCK = .venv/lock/bin/uv pip compile pyproject.toml - --universal --python-version 3.11 --generate-hashes --no-header -q
BUILD = $(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], "editables", sep="\n")'
lock: $(BIN)/python
	test -x .venv/lock/bin/uv || { $(BIN)/python -m venv .venv/lock && .venv/lock/bin/pip --disable-pip-version-check -q install uv; }
	$(BUILD) | $(LOCK) --upgrade -o requirements.lock
	$(BUILD) | $(LOCK) --upgrade -c requirements.lock --group pyproject.toml:dev -o requirements-dev.lock

clean:
	rm -rf .venv
