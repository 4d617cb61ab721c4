# Sets up the course and starts it. Needs GNU make and Python 3.11, 3.12 or 3.13; nothing else.

PYTHON =
BIN := .venv/bin
INSTALLED := .venv/.installed
DEV_INSTALLED := .venv/.installed-dev
# The lock files are complete, so pip must not resolve dependencies. Some versions of pip (23.2, for one) would depart from
# a lock with hashes as soon as a package that another one requires with an extra has a newer release.
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install --no-deps

.DEFAULT_GOAL := help
.PHONY: help env lab test lock clean

help:
	@echo "make lab    make the environment, then open JupyterLab on your lessons"
	@echo "make test   make the environment, then run every test that this machine can run"
	@echo "make env    make the environment alone, in .venv (2 GB; a few minutes, the first time only)"
	@echo "make lock   pin the dependencies again, for every platform (for maintainers)"
	@echo "make clean  remove the environment; your work in workspace/ stays"
	@echo
	@echo "With a Python of your choice: make lab PYTHON=/path/to/python3.12"

env: $(INSTALLED)

lab: $(INSTALLED)
	@$(BIN)/course lab

test: $(DEV_INSTALLED)
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

# An environment holds absolute paths, so it is made again when the checkout has moved.
ifneq ($(shell cat $(INSTALLED) 2>/dev/null),$(CURDIR))
  $(shell rm -f $(INSTALLED) $(DEV_INSTALLED))
endif

# The stamp is written last, so an interrupted installation continues at the next run.
$(INSTALLED): requirements.lock pyproject.toml
	@if [ -n "$(PYTHON)" ]; then set -- "$(PYTHON)"; \
	else set -- python3 python3.13 python3.12 python3.11 python; fi; \
	for python in "$$@"; do \
	    "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || continue; \
	    "$$python" -m venv .venv && exit 0; \
	    rm -rf .venv; \
	    echo "$$python cannot make an environment. On Debian or Ubuntu: sudo apt install python3-venv, then try again." >&2; \
	    exit 1; \
	done; \
	echo "The course needs Python 3.11, 3.12 or 3.13, and $${1} is $$("$$1" --version 2>/dev/null || echo 'not there')." \
	    "Install one from https://www.python.org, or name one: make lab PYTHON=/path/to/python3.12" >&2; \
	exit 1
	@echo "Installing what the course needs into .venv; this happens once and takes a few minutes."
	@$(INSTALL) --no-compile --requirement requirements.lock
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib || true  # on all cores, where pip uses one; a package's template files may fail to compile
	@$(INSTALL) --no-build-isolation --editable .
	@printf '%s' "$(CURDIR)" > $@

$(DEV_INSTALLED): requirements-dev.lock $(INSTALLED)
	@$(INSTALL) --requirement requirements-dev.lock
	@touch $@

# hatchling and editables are locked too, so that installing the course itself needs no download.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links --upgrade --extra export pyproject.toml - --output-file

lock: $(DEV_INSTALLED)
	@printf 'hatchling\neditables\n' | $(LOCK) requirements.lock
	@printf 'hatchling\neditables\n' | $(LOCK) requirements-dev.lock --extra dev --constraint requirements.lock
	@! grep --line-number -E 'https?://|file:' requirements.lock requirements-dev.lock

clean:
	@rm -rf .venv
