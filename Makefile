# Everything a newcomer needs: make demo, make test. Both make the virtual environment first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Where an environment forbids it, every process would compile all modules again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install demo serve test ready lint types floors docs docs-as-made bench study clean

help:
	@echo "make demo             the drug situation of European cities, from nothing to a report"
	@echo "make demo PROVINCE=44 the same for a simulated province whose truth is known: 44 Guangdong, 52 Guizhou"
	@echo "make serve            the server on the demo workspace, with an account per role (PROVINCE=44: on that of the province)"
	@echo "make test             tests, types, lint, floors, docs: what CI checks"
	@echo "make bench            speed against named alternatives; writes benchmarks/latest.json"
	@echo "make study NAME=...   one of studies/; writes docs/studies/"
	@echo "make docs             the documentation site, in docs/_build/html"
	@echo "PYTHON=python3.12 VENV=.venv312 chooses another Python."

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Headworks needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) --version`. Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: install
	$(BIN)/headworks $(if $(PROVINCE),demo-province --province $(PROVINCE),demo)

serve: demo
	$(BIN)/headworks serve $(if $(PROVINCE),demo-province-$(PROVINCE),demo-workspace) --demo

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

floors: install
	$(BIN)/lint-imports

docs: install
	$(BIN)/python -m docs.generate
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html

# Tests ask a few rows in several processes at once: threads of each would wait for one another, at twice the processor time.
# What must not hang on their number is asked with several by tests that say so.
test: export POLARS_MAX_THREADS = 1
test: export OMP_NUM_THREADS = 1
test: export OPENBLAS_NUM_THREADS = 1
test: install
	$(MAKE) -j2 types ready lint floors docs-as-made
	TMPDIR=`scripts/quick-folder` && export TMPDIR && trap 'rm -rf "$$TMPDIR"' EXIT && trap 'exit 130' INT && trap 'exit 143' TERM && \
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

# What tests need beyond wheels; what reads the sources alone is checked meanwhile.
ready: install
	scripts/install-browser
	scripts/install-fonts
	scripts/install-postgres
	$(BIN)/python scripts/compile-kernels

docs-as-made: install
	$(BIN)/python -m docs.generate --check
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html

bench: install
	$(BIN)/python -m benchmarks

study: install
	@test -f studies/$(NAME).py || { echo "There is no study '$(NAME)'. There are:"; ls studies/*.py | sed 's/.*\///; s/\.py$$//'; exit 2; }
	$(BIN)/python -P studies/$(NAME).py

clean:
	rm -rf build dist docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis demo-workspace demo-province-*
