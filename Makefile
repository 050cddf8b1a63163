# scrapflow: `make help` lists what there is. Needs Python 3.11+ and make, nothing else; all goes into .venv.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
# One stamp per set of packages, so that only a change of pyproject.toml installs anything again.
STAMPS := $(VENV)/.stamps
JOBS ?= 2
# As pip does for what it installs: else every process compiles 200 modules where Python may not write bytecode itself.
COMPILE := $(BIN)/python -m compileall -q scrapflow

.PHONY: help map maps sentences sheets test bench lint docs lowest newest clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

map: $(STAMPS)/run ## run the 2015 campaign with its ranges and write maps/dprk-2015.html
	@$(BIN)/scrapflow map dprk --campaign 2015 --members 200 -o maps/dprk-2015.html

maps: $(STAMPS)/run ## draw every map that the documentation shows, and maps/index.html
	@$(BIN)/python scripts/maps.py

sentences: $(STAMPS)/test ## recompute every sentence of the pages from the runs, over three worlds and 200 random ones
	$(BIN)/python scripts/check_sentences.py

sheets: $(STAMPS)/test ## photograph every view of the maps in three sizes and two languages, into out/sheets/
	$(BIN)/python scripts/sheets.py

test: $(STAMPS)/test ## install what the tests need (a browser too, on Debian) and run all of them
	@sh scripts/system_packages.sh
	$(COMPILE)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(PYTEST_ARGS)
	@sh scripts/node_tests.sh

bench: $(STAMPS)/bench ## measure, and write docs/performance.md
	$(COMPILE)
	$(BIN)/python benchmarks/run.py

lint: $(STAMPS)/lint ## ruff, its formatter, mypy in strict mode; layout, eslint and types of the map's script
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@sh scripts/js_lint.sh

docs: $(STAMPS)/docs ## build the documentation site into site/
	$(BIN)/python scripts/architecture.py
	$(BIN)/python scripts/data_dictionary.py
	$(BIN)/python scripts/notebook_pages.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

lowest: ## run the tests with the oldest versions that pyproject.toml allows, in .venv-lowest
	$(PYTHON) -m venv .venv-lowest
	$(PYTHON) scripts/lowest.py > .venv-lowest/constraints.txt
	.venv-lowest/$(notdir $(BIN))/python -m pip install --quiet --disable-pip-version-check \
	  -c .venv-lowest/constraints.txt -e '.[test]'
	.venv-lowest/$(notdir $(BIN))/python -m pytest -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

newest: ## run the tests with the newest versions that there are, in .venv-newest
	$(PYTHON) -m venv .venv-newest
	.venv-newest/$(notdir $(BIN))/python -m pip install --quiet --disable-pip-version-check --upgrade --upgrade-strategy eager -e '.[test]'
	.venv-newest/$(notdir $(BIN))/python -m pytest -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

clean: ## remove what was built (the virtual environment stays; remove .venv by hand)
	rm -rf .venv-lowest .venv-newest build dist site out .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "scrapflow needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { echo "the venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(STAMPS)/run: pyproject.toml | $(BIN)/python
	@echo "installing scrapflow and what it needs into $(VENV): a minute or two, once" >&2
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/test $(STAMPS)/lint $(STAMPS)/docs $(STAMPS)/bench: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[$(notdir $@)]'
	@mkdir -p $(STAMPS) && touch $@ $(STAMPS)/run
