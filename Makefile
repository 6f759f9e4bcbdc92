# `make run` serves growth, and `make test` tests it. Both commands first install what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WITHOUT_DATABASE := attribution schemas reference faults/alerts_spec.py faults/proxy_spec.py faults/units_spec.py

.PHONY: help run test test-faults test-postgres test-browser bench seed reset picture routes clean
help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/growth ## install, migrate and serve on http://127.0.0.1:8000
	@exec $(BIN)/growth serve --migrate

test: $(VENV)/test ## check style and types, and run the specs with branch coverage
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/coverage erase
	$(BIN)/pytest -n auto --dist worksteal --cov --cov-report=term $(SPEC)

test-faults: $(VENV)/test ## run the specs of failures (kill -9, locks, full disks), and check config/ with nginx, promtool and systemd
	$(BIN)/pytest -n auto --dist worksteal spec/faults

test-postgres: $(VENV)/test ## run on PostgreSQL the specs that use a database; start a server if DATABASE_URL is not set
	$(BIN)/python spec/postgres.py $(BIN)/pytest -n auto --dist worksteal \
	  $(or $(SPEC),spec spec/faults $(WITHOUT_DATABASE:%=--ignore=spec/%))

test-browser: $(VENV)/test-browser ## run the specs of the dashboard and of /growth.js in Debian's chromium, with chromium-driver
	$(BIN)/pytest -n auto --dist loadfile spec/browser

bench: $(VENV)/test-browser ## measure the speed of growth, of an empty app and of bare SQLite; SCALE=0.1 uses a tenth of the data
	@for name in late_facts writes imports reads dashboard sizes engines; do \
	  PYTHONPATH=spec SCALE=$(SCALE) $(BIN)/python spec/benchmarks/$$name.py || exit 1; done

seed: $(VENV)/growth ## fill the database with 90 days of demo traffic
	@$(BIN)/growth migrate --quiet
	@$(BIN)/growth seed

reset: ## delete db/growth.db with all that is in it, and fill it with demo traffic; stop the service first
	@rm -f db/growth.db db/growth.db-shm db/growth.db-wal
	@DATABASE_URL= $(MAKE) --no-print-directory seed

picture: $(VENV)/test-browser ## draw docs/pictures from demo traffic; needs Debian's chromium-driver and fonts-noto-core
	@PYTHONPATH=spec $(BIN)/python spec/browser/picture.py

routes: $(VENV)/growth ## print the route table
	@$(BIN)/growth routes

clean: ## remove the virtual environment and caches, never the database
	rm -rf $(VENV) build dist *.egg-info .coverage* .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "growth needs Python 3.11 or newer; $(PYTHON) is older. Try: make run PYTHON=python3.11" >&2; exit 1; }
	@echo "Making the virtual environment $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python could not make a virtual environment. On Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/growth: setup.cfg pyproject.toml | $(VENV)/bin/pip
	@echo "Installing growth and its libraries into $(VENV), which takes up to a minute …"
	@$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/test: setup.cfg pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@ $(VENV)/growth

$(VENV)/test-browser: $(VENV)/test
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test,test-browser]'
	@touch $@
