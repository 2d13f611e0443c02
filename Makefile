# Two commands do all set-up: `make demo` and `make test`. Needs Debian or Ubuntu and Python >= 3.11.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
OUT := demo-out

.PHONY: help demo test check lock clean

help:  ## Say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: .venv/.demo  ## Set up, judge the sample calls, then play them live; the page opens by itself
	$(BIN)/agentbot replay tests/samples/manifest.jsonl --out $(OUT)
	$(BIN)/agentbot demo

test: .venv/.test  ## Set up everything the tests need, then run the whole suite
	@tests/rig/set_up.sh
	@$(MAKE) --no-print-directory check

check:  ## The whole suite on what is installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest --cov --cov-report=term:skip-covered

lock:  ## Lock the dependencies anew (hashes, no addresses)
	$(BIN)/pip install -q uv
	pins=; for extras in "demo:whisper build" "test:whisper vosk sherpa headset dev"; do \
	  $(BIN)/uv pip compile -q pyproject.toml --upgrade --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-header --no-annotate $$pins \
	    $$(printf -- '--extra %s ' $${extras#*:}) -o requirements-$${extras%%:*}.txt; \
	  pins="-c requirements-demo.txt"; \
	done
	! grep -nE '://' requirements-*.txt

clean:  ## Remove what was made
	rm -rf .venv $(OUT) .mypy_cache .ruff_cache .pytest_cache .hypothesis

# --- set-up: what is missing is installed, or said ---

# $(call need,command or file,package): from Debian or Ubuntu when root, else one line.
define need
	@if ! command -v $(1) >/dev/null && ! [ -e $(1) ]; then \
	  if [ "$$(id -u)" = 0 ]; then \
	    [ -e .venv/.apt ] || { apt-get update -q && mkdir -p .venv && touch .venv/.apt; }; \
	    DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $(2); \
	  else \
	    echo "$(1) is missing; as root: apt-get install $(2)" >&2; exit 1; \
	  fi; \
	fi
endef

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -q \
	  && apt-get install -yq --no-install-recommends python3-venv; } || \
	  { echo "venv is missing; as root: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.demo: requirements-demo.txt pyproject.toml | .venv/bin/python
	$(BIN)/pip install -q --require-hashes -r requirements-demo.txt
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	touch $@

.venv/.test: requirements-test.txt pyproject.toml | .venv/bin/python
	$(call need,espeak-ng,espeak-ng)
	$(call need,chromium,chromium)
	$(call need,/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc,fonts-noto-cjk)
	$(BIN)/pip install -q --require-hashes -r requirements-test.txt
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	touch $@
