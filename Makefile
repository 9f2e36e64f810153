# `make run` and `make test` each work alone on a fresh machine with Python 3.11 or newer and make.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
PYTHON ?=
ARGS ?=
TESTS ?= not (processes or generated or large or drill) or journey
DATABASES ?= either
export PYTHON
unexport PYTHONDONTWRITEBYTECODE # tests start many processes, each of which would compile everything anew

PY := .venv/bin/python
FLASK := $(PY) -m flask --app wsgi
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(PY) -m piptools compile --quiet --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

.PHONY: help run test bench drills images lint types format lock environment environment-bench environment-dev

help: ## 列出命令 / list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

run: export CITIZEN_DEMO := 1
run: export CITIZEN_BIND := 127.0.0.1:$(PORT)
run: export STOP_WITH_PARENT := 1
run: environment ## 演示城市，http://127.0.0.1:8000（PORT 改端口）/ a demo city with its background jobs (PORT, CITIZEN_DATA_DIR)
	@$(PY) tools/free_port.py "$(CITIZEN_BIND)"
	@$(FLASK) db upgrade
	@$(FLASK) demo load
	@exec $(PY) -m gunicorn wsgi:app

test: environment-dev ## 测试 / the tests that this machine can run (ARGS="-k words" chooses, TESTS= adds all that start processes, DATABASES=both runs each on both databases)
	@$(PY) -m pytest -rfEs -n auto --dist worksteal --databases $(DATABASES) -m "$(TESTS)" $(ARGS)

bench: environment-bench ## 性能比值 / ratios of the benchmarks
	@$(PY) -m bench $(ARGS)

drills: environment-dev ## 故障、竞争与模糊测试，全量 / fault, race and fuzz drills at full size (tests/drills/sizes.py), and all that are large or start processes
	@CITIZEN_DRILL=1 $(PY) -m pytest -rs -n auto --dist worksteal -m "drill or processes or large" $(ARGS)

images: environment-dev ## 重拍 docs/images/ / take the pictures of the documents from a demo city (needs Chromium)
	@PYTHONPATH=. $(PY) tools/pictures.py

lint: environment-dev ## 风格、门、前端文件 / style, doors between rooms, vendored files
	@failed=0; \
	$(PY) -m ruff check . || failed=1; \
	$(PY) -m ruff format --check . || failed=1; \
	PYTHONPATH=. $(PY) -c 'import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())' || failed=1; \
	$(PY) tools/vendor.py check || failed=1; \
	exit $$failed

types: environment-dev ## 类型 / types
	@$(PY) -m mypy

format: environment-dev ## 排版 / put the code into its form
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

lock: environment-dev ## 重写 requirements*.txt（ARGS=--upgrade 更新）/ write the pins anew from pyproject.toml
	@$(COMPILE) $(ARGS) --output-file requirements.txt pyproject.toml
	@$(COMPILE) $(ARGS) --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml
	@$(COMPILE) $(ARGS) --extra dev --extra bench --constraint requirements-dev.txt --output-file requirements-bench.txt pyproject.toml

environment:
	@sh tools/environment.sh requirements.txt

environment-bench:
	@sh tools/environment.sh requirements-bench.txt

environment-dev:
	@sh tools/environment.sh requirements-dev.txt
