# Needs only make, git and Python 3.11 or newer. PYTHON=... names the interpreter; PYTEST_ARGS=... goes to pytest.
.DEFAULT_GOAL := help
.PHONY: help demo test test-long test-full test-docker coverage lint simulate claims nightly histories records pictures mutants setup images lock clean

bin := .venv/bin
ready := .venv/.stamp

help: ## this table
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(ready) ## the main job: workers die, and every invoice is still sent, booked once and paid once (SEED=... repeats)
	$(bin)/assay run main-job $(if $(SEED),--seed $(SEED))

test: $(ready) ## the tests of the default stack, on all cores, but those that keep a server busy for long
	$(bin)/pytest -n auto $(PYTEST_ARGS)

test-long: $(ready) ## the rest of them: whole runs, load against servers, the wheel in an environment of its own
	$(bin)/pytest -n auto -m "long and not full and not nightly" $(PYTEST_ARGS)

# The claims one after another, and the stack's own tests, which wait for most of their time, beside them.
test-full: $(ready) ## every fault on the Postgres stack, and the stack itself (builds its programs first: minutes, once)
	$(bin)/assay doctor --stack full --fix
	$(bin)/pytest -n 2 -m "full and not nightly" $(if $(TURN),--turn $(TURN)) $(PYTEST_ARGS)

test-docker: $(ready) ## the compose files, their images and the quick start in containers (needs Docker's daemon)
	$(bin)/assay doctor --stack compose --fix || $(MAKE) images
	$(bin)/pytest -n 2 -m "docker and not nightly" $(PYTEST_ARGS)

# Each tree for itself: one must not hide behind the other.
coverage: $(ready) ## the same tests, measured: fails when workflows/ or harness/judge/checks/ is tested to less than 95 %
	$(bin)/coverage erase
	$(bin)/pytest -n auto --cov --cov-report= $(PYTEST_ARGS)
	$(bin)/coverage report --include='workflows/*' --fail-under=95
	$(bin)/coverage report --include='harness/judge/checks/*' --fail-under=95

# Without the two linters that it would call where a machine has them: the gate says the same everywhere.
actionlint_flags := -shellcheck= -pyflakes=

lint: $(ready) ## style, types, layers, CI's workflows, and that the installed versions are the declared ones
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/mypy
	$(bin)/lint-imports
	$(bin)/python -m pip check
	$(bin)/python -m harness.cli.tool --go-lock requirements-go.lock actionlint $(actionlint_flags) .github/workflows/*.yml

simulate: $(ready) ## 200 companies in virtual time, faults at every step (SEEDS=1..2000 for others; docs/simulator.md)
	$(bin)/assay simulate --seeds $(or $(SEEDS),1..200)

# What no push leaves out, whoever's turn it is.
always := every-cut refused-after-done main-job

claims: $(ready) ## every claim once, on seed 1 (SEED=... for another; TURN=10: these always, a tenth of the rest by commit)
	$(bin)/assay run --all --seed $(or $(SEED),1) --tries 2 $(if $(TURN),--turn $(TURN) $(always:%=--always %))

nightly: $(ready) ## what is too long for every push, on a seed drawn at random (SEED=... repeats, PART=... only a part)
	$(bin)/python -m scenarios.nightly $(if $(SEED),--seed $(SEED)) $(if $(PART),--part $(PART))

histories: $(ready) ## record the replay corpus again (only when running workflows may be left behind)
	$(bin)/python -m scenarios.kit.histories

records: $(ready) ## record the sealed record that is damaged in tests again, and what damage stays unseen (docs/records.md)
	$(bin)/python -m scenarios.invoices.records.record
	$(bin)/python -m scenarios.invoices.records.survivors

pictures: $(ready) ## draw the invoice of the documentation again
	$(bin)/python -m scenarios.invoices.samples.picture docs/pictures/invoice.png

mutants: $(ready) ## every broken version against the check that must catch it (TURN=30: a thirtieth, by the commit)
	$(bin)/assay mutants $(if $(SEED),--seed $(SEED)) $(if $(TURN),--turn $(TURN))

setup: $(ready) ## .venv with everything in it; the other targets do this when it is needed

$(ready): requirements-uv.lock requirements.lock pyproject.toml .ci/setup
	@.ci/setup

compile = $(bin)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links

images: $(ready) ## stand-ins for the images of compose/, where they cannot be pulled
	$(bin)/python -m harness.cli.containers.images $(NAMES)

lock: $(ready) ## write the locks after a change of requirements*.in (UPGRADE=--upgrade renews what these do not pin)
	$(compile) $(UPGRADE) requirements-uv.in -o requirements-uv.lock
	$(compile) $(UPGRADE) requirements.in -o requirements.lock
	$(compile) $(UPGRADE) compose/requirements.in -o compose/requirements.lock
	$(compile) $(UPGRADE) requirements-go.in -o requirements-go.lock

clean: ## remove .venv, caches and build leftovers; runs/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
