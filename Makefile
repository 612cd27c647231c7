# Two commands matter: `make run` and `make test`. Python 3.11 and nothing else is needed for the first.
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
TORCH := 2.13.0
# A sign that the environment was made from this pyproject.toml.
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help run dev test lint types unit openapi docs model clean

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(READY): pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "需要 Python 3.11（找不到 $(PYTHON)）。可以用 make run PYTHON=python3 指定。"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新的版本，找到的是 $$($(PYTHON) --version)。"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@# torch first and as the CPU build: from the sources pip already knows, else from the PyTorch CPU index.
	$(BIN)/python -c 'import torch' 2>/dev/null || $(BIN)/pip install -qq 'torch==$(TORCH)+cpu' \
	  || $(BIN)/pip install -qq 'torch==$(TORCH)+cpu' --extra-index-url https://download.pytorch.org/whl/cpu
	$(BIN)/pip install -qq -e '.[dev]'
	@touch $(READY)

run: $(READY) ## Prepare everything, show a first match, and serve it
	$(BIN)/huiqi run

dev: $(READY) ## Serve with the sample data, one process, verbose log
	HUIQI_WEB_WORKERS=1 HUIQI_LOG_LEVEL=debug $(BIN)/huiqi run

test: lint types unit ## Every check: ruff, mypy --strict, pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

unit: $(READY)
	$(BIN)/pytest

openapi: $(READY) ## Write openapi.json and the generated documents anew
	$(BIN)/huiqi docs write

model: $(READY) ## Train the shipped encoder anew
	$(BIN)/python -m indexes.training

clean: ## Remove the environment and local data
	rm -rf $(VENV) var build dist *.egg-info
