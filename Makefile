# The verbs of this house. `make` alone prints them.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check drills bench serve browser docs clean lock
SHELL := /bin/bash
PYTHON3 ?= python3
BIN := .venv/bin
PYTEST_ARGS ?=
# what is compiled stays compiled: tests start many processes, and their asserts are rewritten once
unexport PYTHONDONTWRITEBYTECODE

help:
	@echo "make demo     install what is missing, load the synthetic registry, serve on http://localhost:8000"
	@echo "make test     all that must hold, in a throw-away cluster"
	@echo "make check    the fast part of it: style, contracts, what needs neither database nor browser"
	@echo "make drills   faults in many rounds, load, restore; the table stands in bench/results/drills.md"
	@echo "make bench    how long things take, beside their peers"
	@echo "make serve    start your own registry: database, keeper, web"
	@echo "make browser  the stories told in Chromium"
	@echo "make docs     write docs/reference.md and the matrix in docs/security.md anew"
	@echo "make clean    remove what the set-up and the tests made here"
	@echo "also          make setup (install only), make lock (requirements.in -> requirements.lock)"

setup:
	@$(PYTHON3) scripts/setup.py

setup-tests:
	@$(PYTHON3) scripts/setup.py --tests

demo: setup
	@$(BIN)/sitereg up --demo --foreground

test: setup-tests style
	$(BIN)/python -m pytest -n 3 --dist loadfile $(PYTEST_ARGS)

check: setup style
	$(BIN)/python -m pytest -m "not db and not browser and not drill" $(PYTEST_ARGS)

style:
	$(BIN)/ruff check .
	$(BIN)/lint-imports

drills: setup-tests
	rm -f bench/results/drills.md
	$(BIN)/python -m pytest -m drill --timeout 7200 $(PYTEST_ARGS)

bench: setup
	$(BIN)/python bench/run.py

serve: setup
	@$(BIN)/sitereg up --foreground

browser: setup-tests
	$(BIN)/python -m pytest -m browser $(PYTEST_ARGS)

docs: setup
	$(BIN)/python scripts/reference.py

lock: setup
	bash scripts/lock.sh

clean:
	rm -rf .venv web/node_modules web/static/vendor .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: setup-tests style
