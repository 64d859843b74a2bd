# Every target sets up what it needs: a virtual environment in .venv, and for tests a browser, letters, nginx and Node.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

N ?= 20
TESTS ?=

.PHONY: run test flaky check bench trust screenshots docs clean
.DEFAULT_GOAL := run

# Compiled is what is imported, when it is: to compile all that comes along took as long again.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) install --no-compile --editable '.[test]' --constraint constraints.txt
	@touch $@

.venv/browser: .venv/installed tests/installing.py tests/browser/chromium.py
	$(BIN)/python -m tests.browser.chromium
	@touch $@

.venv/letters: .venv/installed tests/installing.py tests/letters.py
	$(BIN)/python -m tests.letters
	@touch $@

.venv/nginx: .venv/installed tests/installing.py tests/nginx.py
	$(BIN)/python -m tests.nginx
	@touch $@

.venv/node: .venv/installed tests/installing.py tests/node.py
	$(BIN)/python -m tests.node
	@touch $@

run: .venv/installed  ## open the playground
	STREAMLIT_SERVER_FILE_WATCHER_TYPE=none $(BIN)/triptych

test: .venv/browser .venv/letters .venv/nginx .venv/node  ## every test, the browser's too, and how long each part took
	$(BIN)/python tools/parts.py test

flaky: .venv/browser .venv/letters .venv/nginx .venv/node  ## each test N times beside two busy processes; TESTS="tests/pages -k word" takes some
	TIMES=$(N) $(BIN)/python tools/flaky.py $(TESTS)

check: .venv/installed  ## style, types, generated documentation, and how long each part took
	$(BIN)/python tools/parts.py check

bench: .venv/browser  ## one table of ratios against the bare SDK and a bare Streamlit page
	$(BIN)/python -m pytest -m bench -q -s --timeout 0 tests/bench

trust: .venv/browser .venv/letters .venv/nginx .venv/node  ## the reliability checks at full count (slow)
	$(BIN)/python -m pytest -m trust --timeout 0

screenshots: .venv/browser  ## make the images of all pages in docs/ anew
	$(BIN)/python tools/screenshots.py

docs: .venv/installed  ## write the generated tables of README.md anew
	$(BIN)/python tools/docs.py

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .hypothesis .benchmarks
