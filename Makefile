# Two commands on a fresh machine: `make demo` and `make test`.

PYTHON ?= python3
BIN := .venv/bin
EXTRAS := --extra ner --extra aws --extra vault
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --quiet --custom-compile-command "make lock"

.PHONY: help setup demo test check audit bench fuzz soak format lock sbom documents clean

help:  ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 12

setup: .venv/.ready  ## virtual environment in .venv with the locked dependencies

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "qingliu needs Python 3.11 or newer; say which one with: make setup PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "Python cannot make a virtual environment; install its venv module (Debian package python3-venv)"; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup  ## the whole pipeline for half a minute, nothing else needed
	$(BIN)/qingliu demo $(ARGS)

test: setup  ## every test; those on a real broker need Java 17, Maven and kcat
	$(BIN)/python -m pytest $(ARGS)

check: setup  ## style, types, layers, generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/qingliu schema --check
	$(BIN)/qingliu lint
	@$(MAKE) --no-print-directory --ignore-errors audit  # a report: what is known changes without a change of ours

audit: setup  ## known vulnerabilities of the locked dependencies, asked of PyPI
	@$(BIN)/python deploy/supply/audit.py requirements.lock

bench: setup  ## the benchmark suite; benchmarks/README.md says what it measures
	$(BIN)/python -m benchmarks $(ARGS)

fuzz: setup  ## a fuzzer on codec, engine and text detector, SECONDS=60 each; ARGS="text" for one (Linux on x86-64)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/fuzz/requirements.txt
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),60) $(ARGS)

soak: setup  ## faults on a real Kafka for long, as ARGS="--minutes 60 --delivery exactly_once"; tests/faults/README.md
	$(BIN)/python -m tests.faults $(ARGS)

format: setup  ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

documents: setup  ## write schemas/generated/ anew
	$(BIN)/qingliu schema

lock: setup  ## choose the newest dependencies that pyproject.toml allows; an image has but some of them
	$(COMPILE) pyproject.toml $(EXTRAS) --group dev --upgrade -o requirements.lock
	$(COMPILE) pyproject.toml $(EXTRAS) --constraint requirements.lock -o deploy/runtime.lock
	$(COMPILE) --group pyproject.toml:build --constraint requirements.lock -o deploy/build.lock

sbom: setup  ## the bill of materials of what an image installs (CycloneDX), in target/sbom.cdx.json
	@mkdir -p target
	$(BIN)/python -m cyclonedx_py requirements --pyproject pyproject.toml --short-PURLs --output-reproducible \
		-o target/sbom.cdx.json deploy/runtime.lock

clean:  ## remove what was made
	rm -rf .venv target build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
