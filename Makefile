# make demo    set up, train MMoE on the bundled census sample, export it, check it
# make test    set up and run the tests        make test-all   the slow ones too
# make lint    style, types, order of imports  make bench      print the timings
# make docs    write the tables of the reference and of the specs' pages, check all pages
#
# Everything is installed into .venv; nothing else has to be set up by hand.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(abspath $(VENV))/bin
PYTEST  = OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadgroup

# pip compiles what it copies; a checkout that is used in place is compiled here
COMPILE = $(BIN)/python -m compileall -q mtlspec

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow test-all lint format bench docs clean

help:
	@sed -n '1,/^$$/s/^# *//p' Makefile

# --- set-up: once, and again when what is asked for changes ---------------------

ASKED := pyproject.toml constraints.txt hatch_build.py

$(VENV)/python-is-fit:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "mtlspec needs Python 3.11 or later; name one: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/has-mtlspec: $(VENV)/python-is-fit $(ASKED)
	@echo "setting up $(VENV); PyTorch is the large one, this happens once"
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e .
	@$(COMPILE)
	@touch $@

$(VENV)/has-tools: $(VENV)/has-mtlspec
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

# the parser's tables follow the grammar
TABLES := mtlspec/_shipped/tables.json

$(TABLES): grammar/mtl.lark mtlspec/syntax/tables.py | $(VENV)/has-mtlspec
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps -q -e .
	@touch $@

# --- what one asks for -----------------------------------------------------------

demo: $(VENV)/has-mtlspec $(TABLES)
	@PATH="$(BIN):$$PATH" sh examples/demo.sh

test: $(VENV)/has-tools $(TABLES)
	$(PYTEST)

test-slow: $(VENV)/has-tools $(TABLES)
	$(PYTEST) -m slow

test-all: $(VENV)/has-tools $(TABLES)
	$(PYTEST) -m 'slow or not slow'

lint: $(VENV)/has-tools
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/basedpyright --pythonpath $(BIN)/python
	PATH="$(BIN):$$PATH" lint-imports --no-cache
	@echo "the longest modules (more than 400 lines are usually two)"
	@find mtlspec -name '*.py' -exec wc -l {} + | grep -v ' total$$' | sort -rn | head -n 8

format: $(VENV)/has-tools
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/has-mtlspec $(TABLES)
	@$(COMPILE)
	@$(BIN)/python benchmarks/run.py

docs: $(VENV)/has-tools $(TABLES)
	$(BIN)/python docs/generate.py
	$(PYTEST) tests/docs

clean:
	rm -rf $(VENV) build dist runs mtlspec/_shipped .pytest_cache .ruff_cache .hypothesis
	find mtlspec tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
