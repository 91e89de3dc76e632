# The front door. `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
LEGACY := .venv-legacy
BIN := $(VENV)/bin
GC := 1 2 3 5 7 11
ARGS :=
SECONDS := 60
JOBS := 2
SEED := 0
TARGET :=
SOURCES := $(shell find src python -type f \( -name '*.rs' -o -name '*.py' -o -name '*.pyi' -o -name '*.toml' -o -name py.typed \)) \
	Cargo.toml pyproject.toml README.md

.DEFAULT_GOAL := help
.PHONY: help demo test test-rust test-python test-gc fuzz soak check fmt wheel dev bench clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(VENV)/.installed ## set everything up and run the main job on SQLite
	$(BIN)/python examples/chinook_classic.py data/chinook.sqlite
	$(BIN)/reflector sqlite:///data/chinook.sqlite Album Artist

test: test-rust test-python ## set everything up and pass all tests

test-rust: ## the Rust tests of the pure rooms
	cargo test --quiet -p oxalchemy-base -p oxalchemy-sql -p oxalchemy-drivers -p oxalchemy-engine -p oxalchemy-orm -p oxalchemy-tests -p oxalchemy-fuzz

test-python: $(VENV)/.test-tools $(LEGACY)/.ready $(VENV)/.installed ## pytest against the installed wheel
	PYTHONPATH=tests_py $(BIN)/python -m servers
	OXALCHEMY_LEGACY_PYTHON=$(CURDIR)/$(LEGACY)/bin/python $(BIN)/python -m pytest

test-gc: $(VENV)/.test-tools $(VENV)/.installed ## the tests with Python's collector at every few allocations (GC="1 2 3 5 7 11", ARGS=tests_py/orm)
	OXALCHEMY_TEST_GC="$(GC)" $(BIN)/python tests_py/collector/stress.py $(ARGS)

fuzz: ## libFuzzer on every target of tests_rs/fuzz (SECONDS=60 for each, JOBS=2 at a time, TARGET="url quoting")
	$(PYTHON) tests_rs/fuzz/run.py --seconds $(SECONDS) --jobs $(JOBS) --seed $(SEED) $(TARGET)

soak: $(VENV)/.test-tools $(VENV)/.installed ## an account book on all databases under faults and interrupts (SECONDS=600)
	PYTHONPATH=tests_py $(BIN)/python -m soak $(if $(filter file,$(origin SECONDS)),600,$(SECONDS))

check: $(VENV)/.check-tools ## formatting, lints, the direction of knowledge, unused dependencies, and what a type checker sees (the tests hold the stubs to the package)
	cargo fmt --all --check
	cargo clippy --quiet --workspace --all-targets -- -D warnings
	$(BIN)/python tests_py/house/rooms.py
	$(BIN)/python tests_py/house/dependencies.py
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH=python $(BIN)/mypy --config-file tests_py/typing/mypy.ini $(addprefix tests_py/typing/samples/,modern.py mapping.py classic.py asyncio_session.py)

fmt: $(VENV)/.check-tools ## format Rust and Python
	cargo fmt --all
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

wheel: dist/.built ## build the release wheel into dist/

dev: $(VENV)/.tools ## build a debug extension beside python/oxalchemy (use with PYTHONPATH=python)
	cargo build -p oxalchemy
	cp target/debug/lib_rs.so python/oxalchemy/_rs.so

bench: $(VENV)/.test-tools $(VENV)/.installed ## speed against SQLAlchemy and code by hand on the three databases, as ratios
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check mysqlclient >/dev/null 2>&1 || \
		echo "mysqlclient does not build here (apt-get install libmariadb-dev pkg-config): measured without it"
	$(BIN)/python benches/bench.py

clean: ## remove what was built
	rm -rf $(VENV) $(LEGACY) dist target

$(VENV)/.tools:
	$(PYTHON) -c 'import sys; sys.exit("oxalchemy needs Python 3.11 or newer, found " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'maturin>=1.10,<2'
	@touch $@

dist/.built: $(VENV)/.tools $(SOURCES)
	rm -f dist/*.whl
	$(BIN)/maturin build --release --quiet --interpreter $(BIN)/python --out dist
	@touch $@

$(VENV)/.installed: dist/.built
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps dist/*.whl
	@touch $@

$(VENV)/.test-tools: $(VENV)/.tools pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pytest>=8' 'pytest-timeout>=2.3' 'hypothesis>=6' sqlalchemy==2.1.9 \
		'psycopg[binary]>=3.2' 'pymysql>=1.1' 'mypy==2.4.*' 'greenlet>=3' 'aiosqlite>=0.21' 'asyncpg>=0.30' 'aiomysql>=0.3'
	@touch $@

$(VENV)/.check-tools: $(VENV)/.tools pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'ruff==0.17.*' 'mypy==2.4.*'
	@touch $@

$(LEGACY)/.ready:
	$(PYTHON) -m venv $(LEGACY)
	$(LEGACY)/bin/python -m pip install --quiet --disable-pip-version-check sqlalchemy==1.4.54
	@touch $@
