# `make demo` and `make test` need Python 3.11 or newer and nothing else; `make` alone lists the commands.
PYTHON ?=
VENV ?= .venv$(if $(PYTHON),-$(notdir $(PYTHON)))
BIN := $(VENV)/bin
OPENCODE_VERSION ?= 1.18.33
OPENCODE_HOME := .cache/opencode-$(OPENCODE_VERSION)
OC ?= $(CURDIR)/$(OPENCODE_HOME)/opencode
FUZZ_CASES ?= 100000
KILLS ?= 200
SEED ?=
BACKENDS := .cache/trace-backends$(if $(PYTHON),-$(notdir $(PYTHON)))
PAGES := tests/trace_backends/test_pages.py
GENERATED := README.md $(wildcard docs/*.md)

.DEFAULT_GOAL := help
.PHONY: help demo test e2e trace-backends pages test-backends pictures kill-matrix bench fuzz check lint types imports documents generate lock coverage clean

help: ## list the commands
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

demo: $(VENV)/.build ## replay a recorded session through the agent and show what arrives
	@$(BIN)/otel-agent demo

test: $(VENV)/.test ## run the tests; those that need OpenCode say so where OC does not name one
	$(BIN)/python -m pytest

e2e: $(VENV)/.test $(OC) ## run the tests that need the real OpenCode (it is installed by npm, under .cache)
	OC=$(OC) OTEL_AGENT_FORBID_SKIP=1 $(BIN)/python -m pytest tests/e2e $(wildcard tests/plugin)

trace-backends: $(VENV)/.test $(BACKENDS)/phoenix/.phoenix $(BACKENDS)/mlflow/.mlflow $(OC) ## run the tests that need the real Phoenix and MLflow (1 GB, under .cache)
	OC=$(OC) TRACE_BACKENDS=$(BACKENDS) OTEL_AGENT_FORBID_SKIP=1 $(BIN)/python -m pytest tests/trace_backends --ignore=$(PAGES)

pages: $(VENV)/.test $(BACKENDS)/phoenix/.phoenix $(BACKENDS)/mlflow/.mlflow $(OC) ## look at the pages of Phoenix and MLflow in Chromium; PICTURES=docs/pictures/destinations draws those of docs/ anew
	OC=$(OC) TRACE_BACKENDS=$(BACKENDS) OTEL_AGENT_FORBID_SKIP=1 $(BIN)/python -m pytest $(PAGES)

test-backends: $(VENV)/.pictures $(OC) ## build Prometheus, Loki and the Collector (with Go, into your cache) and run the tests that need them
	$(BIN)/python tests/backends/install
	tests/backends/collector/build
	OC=$(OC) OTEL_AGENT_FORBID_SKIP=1 $(BIN)/python -m pytest tests/backends

pictures: $(VENV)/.pictures ## draw the pictures of Grafana's boards in docs/ anew, from a real Prometheus and Loki
	$(BIN)/python tests/backends/install prometheus loki
	PICTURES=docs/pictures OTEL_AGENT_FORBID_SKIP=1 $(BIN)/python -m pytest tests/backends/test_pictures.py

kill-matrix: $(VENV)/.test $(OC) ## kill OpenCode, the agent and the server, 200 times (KILLS=... SEED=...), and look what arrived
	OC=$(OC) $(BIN)/python -m tests.e2e.kill_matrix.matrix docs/kill-matrix.txt $(KILLS) $(SEED)

bench: $(VENV)/.test $(OC) ## measure what OpenCode feels, and what the agent costs (bench/README.md has the longer ones)
	BUN_BE_BUN=1 $(OC) bench/host_cost/host_cost.mjs
	$(BIN)/python bench/path_cost/path_cost.py --sessions 0
	$(BIN)/python bench/load/load.py --events 20000 --journals 5 --agents 3

fuzz: $(VENV)/.test ## try FUZZ_CASES (100000) cases of broken journals, outboxes and servers
	FUZZ_CASES=$(FUZZ_CASES) $(BIN)/python -m pytest --timeout=0 tests/fuzz

check: lint types imports documents ## run every static check

lint: $(VENV)/.check
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/zizmor --offline --quiet .github helpers/ci/github-actions.yml

types: $(VENV)/.check
	$(BIN)/mypy
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python

imports: $(VENV)/.check
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -p no:randomly tests/architecture

documents: $(VENV)/.check
	$(BIN)/cog --check -n UTF-8 $(GENERATED)
	$(BIN)/python tools/dashboards.py --check
	$(BIN)/python tools/manual.py --check
	$(BIN)/python tools/plugin_lists.py --check
	$(BIN)/towncrier build --draft --version next >/dev/null

generate: $(VENV)/.check ## write dashboards/, the manual page, the plugin's lists and the generated parts of README.md and docs/ anew
	$(BIN)/cog -r -n UTF-8 $(GENERATED)
	$(BIN)/python tools/dashboards.py
	$(BIN)/python tools/manual.py
	$(BIN)/python tools/plugin_lists.py

lock: ## lock the requirements anew (needs uv); UPGRADE=--upgrade takes newer versions
	requirements/compile.sh $(UPGRADE)

coverage: $(VENV)/.test ## run the tests and show the lines that none of them ran
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report

clean: ## remove everything that these commands made
	rm -rf .venv .venv-* .cache .hypothesis .*_cache .coverage dist

$(VENV)/.%: requirements/%.txt pyproject.toml tools/environment
	@tools/environment $(VENV) $* $(PYTHON)

$(BACKENDS)/phoenix/.phoenix $(BACKENDS)/mlflow/.mlflow: requirements/phoenix.txt requirements/mlflow.txt tools/environment
	@tools/environment $(@D) $(notdir $(@D)) $(PYTHON)

# The package's own start script needs its post-install step, which npm may forbid; the binary does not.
$(CURDIR)/$(OPENCODE_HOME)/opencode:
	npm install --prefix $(OPENCODE_HOME) --ignore-scripts --no-audit --no-fund opencode-ai@$(OPENCODE_VERSION)
	ln -sf "node_modules/opencode-$$(node -p 'process.platform + "-" + process.arch')/bin/opencode" $@
	HOME=$(CURDIR)/$(OPENCODE_HOME) $@ --version
