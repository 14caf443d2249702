# DayGen's only task runner. `make` alone prints what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PY := .venv/bin/python
NODE := $(PY) web/hatch_build.py run   # node from PATH, else from a wheel, in web/
WEB_SOURCES := $(shell git ls-files -co --exclude-standard web sdk 2>/dev/null)
export PYTHONWARNINGS := default
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: help setup up dev dev-api dev-web test check lint types contracts fresh core e2e promises bench migration sdk lock clean

help:  ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

setup: .venv/.stamp daygen/_ui/.stamp  ## install everything, development tools too, into .venv and build the web page

.venv/.stamp: requirements.lock pyproject.toml web/hatch_build.py
	@python3 -c 'import sys; sys.exit("DayGen needs Python 3.11 or newer; python3 is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(PY) || python3 -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

daygen/_ui/.stamp: .venv/.stamp $(WEB_SOURCES)
	$(PY) web/hatch_build.py

up: setup  ## the product: embedded Postgres, migrations, API, worker, page
	.venv/bin/daygen up

dev: setup  ## api and web, both reloading
	.venv/bin/daygen dev

dev-api: setup  ## the api alone, reloading
	.venv/bin/daygen dev --no-web

dev-web: setup  ## the page alone, reloading, against an api that runs already
	.venv/bin/daygen dev --no-api

test: setup  ## the whole suite, on the embedded Postgres
	.ci/debian chromium redis
	$(PY) -m pytest -n 2 --dist worksteal -m "not long" $(ARGS)
	$(NODE) npm test --silent

core: setup  ## the core of the suite again, on Debian's Postgres 15
	.ci/debian postgres
	DAYGEN_TEST_SERVER=debian $(PY) -m pytest -n 2 --dist worksteal -m "core and not long" $(ARGS)

e2e: setup  ## the tests from end to end alone: real processes, Chromium
	.ci/debian chromium
	$(PY) -m pytest -m "not long" tests/e2e $(ARGS)

promises: setup  ## the long forms of what must never break
	.ci/debian chromium redis
	$(PY) -m pytest tests/promises tests/transports tests/providers -p no:randomly --timeout 3600 $(ARGS)

check: lint types contracts fresh test core  ## what CI runs

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	$(NODE) npm run lint --silent

types: setup
	.venv/bin/pyright
	$(NODE) npm run types --silent

contracts: setup
	.venv/bin/lint-imports

fresh: setup  ## generated files equal what the code makes (sdk, docs, schema)
	$(PY) -m tests.house.generated --check

sdk: setup  ## write the generated files: sdk/openapi.json, its TypeScript types, docs/problems.md, daygen/app/migrations/schema.sql
	$(PY) -m tests.house.generated

bench: setup  ## numbers beside peers, in interleaved rounds; writes bench/README.md
	.ci/debian redis
	$(PY) -m bench $(ARGS)

migration: setup  ## a new numbered migration: make migration NAME="add folders"
	@test -n "$(NAME)" || { echo 'make migration needs NAME="what it does"'; exit 2; }
	$(PY) -m alembic -c daygen/app/migrations/alembic.ini revision -m "$(NAME)"

lock: setup  ## requirements.lock from pyproject.toml (hashes, no addresses)
	.venv/bin/uv pip compile -q --universal --generate-hashes --python-version 3.11 --extra dev --no-header --no-annotate pyproject.toml -o requirements.lock

clean:  ## remove what make made (not your data in .daygen)
	rm -rf .venv daygen/_ui web/node_modules dist artifacts
