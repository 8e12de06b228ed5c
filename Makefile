# Heard. `make demo` shows it, `make test` proves it; either is enough alone on a machine with Python 3.11+, git and make.
# The environment is made once, in .venv, and again only when pyproject.toml changes. Your PIP_* settings are respected.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test test-postgres check bench clean

VENV := .venv
PY := $(VENV)/bin/python
HEARD := $(VENV)/bin/heard
TO_RUN := $(VENV)/.installed-to-run
TO_TEST := $(VENV)/.installed-to-test
PYTEST_ARGS ?= -n auto --dist worksteal

# The scripts in an environment know where it was made and which Python made it. One that was moved, or whose Python has
# gone after an upgrade, is made anew; asked before any rule, since make looks at each file only once.
ifneq ($(wildcard $(VENV)),)
$(shell { [ ! -f $(VENV)/.made-in ] || [ "$$(cat $(VENV)/.made-in)" = "$$(pwd)" ]; } && $(PY) -c '' 2>/dev/null \
    || rm -rf $(PY) $(TO_RUN) $(TO_TEST))
endif

help:
	@echo "make demo    set Heard up, fill a sample company with cases and serve its pages"
	@echo "make test    set Heard up with its tools, then run every check and every test"
	@echo "make test-postgres    every test again, on PostgreSQL, which comes with the tools"
	@echo "make check   the quick half of that: style, types, the shipped processes and their scenarios"
	@echo "make bench   measure durable steps a second against hand-written SQL"
	@echo "make clean   remove what make has made: environment, caches, builds"

demo: $(TO_RUN)
	@$(HEARD) demo --serve

test: check
	$(PY) -m pytest $(PYTEST_ARGS)

test-postgres: $(TO_TEST)
	HEARD_TEST_DATABASE=postgresql $(PY) -m pytest $(PYTEST_ARGS)

check: $(TO_TEST)
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(HEARD) lint
	$(HEARD) test

bench: $(TO_RUN)
	$(PY) -m bench

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find engine web tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(PY):
	@python=$$(tools/find_python.sh) && rm -rf $(VENV) && "$$python" -m venv $(VENV)

$(TO_RUN): pyproject.toml | $(PY)
	@echo "Installing Heard into $(VENV); once, and about a minute."
	@$(PY) -m pip install --quiet --editable .
	@pwd > $(VENV)/.made-in
	@touch $@

$(TO_TEST): pyproject.toml | $(PY)
	@echo "Installing Heard and its test tools into $(VENV); once, and about a minute."
	@$(PY) -m pip install --quiet --editable '.[test]'
	@pwd > $(VENV)/.made-in
	@touch $(TO_RUN) $@
