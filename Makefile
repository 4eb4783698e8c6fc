# `make run` and `make test` are all a newcomer needs; both install what they lack.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

help: ## say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/ —/' | sed 's/^/  make /'

run: setup ## start Glimpse
	@$(BIN)/glimpse

setup: ## make .venv with the glimpse command (quick when nothing changed)
	@PYTHON=$(PYTHON) build/setup run

setup-dev:
	@PYTHON=$(PYTHON) build/setup dev

test: setup-dev ## run every test that needs no big server
	@$(BIN)/python -m pytest

check: setup-dev ## lint, types, walls
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

# Those that a change must pass; SERVER="vllm llama sglang transformers" asks them all.
SERVER ?= vllm llama

test-servers: setup-dev ## the same against real servers (installs them; SERVER=vllm, llama, sglang, transformers)
	@$(if $(filter-out llama,$(SERVER)),PYTHON=$(PYTHON) build/setup-servers $(filter sglang transformers,$(SERVER)))
	@SERVER="$(SERVER)" $(BIN)/python -m pytest tests/servers

wire: setup-dev ## keep what goes over the wire as it is now, and rewrite docs/servers.md (asks the SERVERs, too)
	@$(if $(filter-out llama,$(SERVER)),PYTHON=$(PYTHON) build/setup-servers $(filter sglang transformers,$(SERVER)))
	@GLIMPSE_SNAPSHOTS=write SERVER="$(SERVER)" $(BIN)/python -m pytest tests/servers/test_conversations.py
	@GLIMPSE_SNAPSHOTS=write $(BIN)/python -m pytest tests/backends/test_conformance.py tests/backends/test_translate.py

bench: setup-dev ## the figures, beside their peers, as one table
	@$(BIN)/python tests/bench/main.py

pictures: setup-dev ## photograph the main states of the window into docs/pictures
	@$(BIN)/python -m tests.journeys.pictures

lock: ## pin the dependencies anew
	@build/lock

clean: ## remove what setup made
	rm -rf .venv .venv-servers

.PHONY: help run setup setup-dev test check test-servers wire bench pictures lock clean
