# Everything a newcomer needs: `make demo`, `make test`. The environment is made once, in .venv.
PYTHON ?= python3
VENV ?= .venv
CONSTRAINTS ?= constraints.txt
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo console servers spark test test-latest test-lowest test-pythons format lint types layers pytest lock bench clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(STAMP): pyproject.toml $(CONSTRAINTS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "groundrules needs Python 3.11 or newer; set PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/$(PIP) --upgrade --constraint $(CONSTRAINTS) pip
	$(BIN)/$(PIP) --constraint $(CONSTRAINTS) --build-constraint $(CONSTRAINTS) --editable . --group dev
	@touch $(STAMP)

spark: build/spark ## what the tests on Spark need beside a Java, half a gigabyte
	$(BIN)/$(PIP) --no-index --find-links build/spark --constraint $(CONSTRAINTS) --group spark

build/spark: $(STAMP)
	rm -rf build/spark.part && mkdir -p build/spark.part
	$(BIN)/pip wheel --quiet --disable-pip-version-check --wheel-dir build/spark.part \
		--constraint $(CONSTRAINTS) --build-constraint $(CONSTRAINTS) --group spark
	mv build/spark.part build/spark

demo: $(STAMP) ## decide on a shipped example: a week in a team chat
	@$(BIN)/python -m groundrules.cli.main run examples/team-chat examples/team-chat/week.jsonl --format human
	@printf '\nWhy?      %s\nWhat if?  %s\nLook:     %s\n' \
		"$(BIN)/groundrules explain examples/team-chat examples/team-chat/week.jsonl --event e58" \
		"$(BIN)/groundrules try examples/team-chat" \
		"make console"

console: $(STAMP) ## the same week in the moderators' console, on this machine
	@mkdir -p build && $(BIN)/python -m groundrules.cli.main serve examples/team-chat --store sqlite:build/console.db \
		--events examples/team-chat/week.jsonl --no-ticks --port 0

servers: .venv-synapse/.installed .venv-astrbot/.installed .venv-nonebug/.installed ## Matrix, AstrBot and nonebug for the tests of bots, which skip without

# Each has an environment of its own: none agrees with our versions. What is not finished is begun anew.
.venv-synapse/.installed:
	rm -rf .venv-synapse && $(PYTHON) -m venv .venv-synapse
	.venv-synapse/bin/$(PIP) --upgrade --constraint $(CONSTRAINTS) pip
	.venv-synapse/bin/$(PIP) --group synapse
	@touch $@

.venv-astrbot/.installed:
	rm -rf .venv-astrbot && $(PYTHON) -m venv .venv-astrbot
	.venv-astrbot/bin/$(PIP) --upgrade --constraint $(CONSTRAINTS) pip
	.venv-astrbot/bin/$(PIP) --group astrbot --editable .
	@touch $@

.venv-nonebug/.installed:
	rm -rf .venv-nonebug && $(PYTHON) -m venv .venv-nonebug
	.venv-nonebug/bin/$(PIP) --upgrade --constraint $(CONSTRAINTS) pip
	.venv-nonebug/bin/$(PIP) --group nonebug --editable .[nonebot]
	@touch $@

test: $(STAMP) ## everything that CI checks
	@$(MAKE) --no-print-directory format lint types layers pytest

test-latest: ## the same with the newest versions that pyproject.toml allows
	rm -rf .venv-latest && mkdir -p build && : > build/latest.txt
	@$(MAKE) --no-print-directory test VENV=.venv-latest CONSTRAINTS=build/latest.txt

test-lowest: ## the same with the oldest versions that pyproject.toml allows
	rm -rf .venv-lowest && mkdir -p build && $(PYTHON) -m dev.lowest > build/lowest.txt
	@$(MAKE) --no-print-directory test VENV=.venv-lowest CONSTRAINTS=build/lowest.txt

test-pythons: ## the tests on each supported Python that this machine has
	@$(PYTHON) -m dev.pythons

format: $(STAMP) ## is the code formatted?
	$(BIN)/ruff format --check src tests bench dev

lint: $(STAMP) ## ruff
	$(BIN)/ruff check src tests bench dev

types: $(STAMP) ## mypy, strict
	$(BIN)/mypy

layers: $(STAMP) ## imports point one way
	$(BIN)/lint-imports --no-cache

pytest: $(STAMP) ## the tests
	$(BIN)/pytest -n 4 --dist loadgroup

lock: ## take today's newest versions into constraints.txt (PYTHON=python3.11, which needs most)
	rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock
	.venv-lock/bin/$(PIP) --upgrade pip setuptools hatchling editables
	.venv-lock/bin/$(PIP) --editable . --group dev --group spark
	.venv-lock/bin/pip freeze --all --exclude-editable > constraints.txt
	rm -rf .venv-lock

bench: $(STAMP) ## the benchmarks (half an hour; writes docs/performance.md)
	@$(BIN)/$(PIP) --constraint $(CONSTRAINTS) --group bench || echo "some peers could not be installed; they are skipped"
	$(BIN)/python -m bench --docs $(BENCH)

clean: ## remove the environments and caches
	rm -rf $(VENV) .venv-* build .mypy_cache .ruff_cache .pytest_cache .hypothesis
