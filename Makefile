# Everything a newcomer needs: `make demo`, `make test`. The environment is made once, in .venv.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test format lint types layers pytest bench clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "groundrules needs Python 3.11 or newer; set PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/pip install --quiet --editable . --group dev
	@touch $(STAMP)

demo: $(STAMP) ## decide on a shipped example: a week in a team chat
	@$(BIN)/python -m groundrules.cli.main run examples/team-chat examples/team-chat/week.jsonl --format human
	@printf '\nWhy?      %s\nWhat if?  %s\n' \
		"$(BIN)/groundrules explain examples/team-chat examples/team-chat/week.jsonl --event e58" \
		"$(BIN)/groundrules try examples/team-chat"

test: $(STAMP) ## everything that CI checks
	@$(MAKE) --no-print-directory format lint types layers pytest

format: $(STAMP) ## is the code formatted?
	$(BIN)/ruff format --check src tests bench dev

lint: $(STAMP) ## ruff
	$(BIN)/ruff check src tests bench dev

types: $(STAMP) ## mypy, strict
	$(BIN)/mypy

layers: $(STAMP) ## imports point one way
	$(BIN)/lint-imports --no-cache

pytest: $(STAMP) ## the tests
	$(BIN)/pytest -n 2

bench: $(STAMP) ## the benchmarks (ten minutes; writes docs/performance.md)
	@$(BIN)/pip install --quiet --disable-pip-version-check --group bench || echo "some peers could not be installed; they are skipped"
	$(BIN)/python -m bench --docs $(BENCH)

clean: ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
