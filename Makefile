# Every task of the project. "make run" and "make test" install what they need themselves.
PORT ?= 8000
FUZZ ?= 600
IVR := .venv/bin/ivr

.PHONY: run test quick bench check callers golden-calls script voice record listen lock licences sbom pictures chaos fuzz mutants texts texts-model

run: ## Start the line, with a telephone company on this machine to ring it from
	@sh tools/setup.sh base
	@$(IVR) serve --port $(PORT)

test: ## Everything that must be true: style, imports, types, every test
	@sh tools/setup.sh dev
	@.venv/bin/python tools/suite.py all

quick: ## What is run while working, within a minute: style, types, the core, the golden calls
	@sh tools/setup.sh dev
	@.venv/bin/python tools/suite.py quick

check: ## The content alone
	@sh tools/setup.sh base
	@$(IVR) check --files

callers: ## People who are not ideal callers ring the line; how far each came
	@sh tools/setup.sh base
	@$(IVR) callers

script: ## The whole line on paper, in large print
	@sh tools/setup.sh print
	@$(IVR) script --large-print

golden-calls: ## Make the golden calls again and keep what was heard
	@sh tools/setup.sh base
	@$(IVR) golden-calls

voice: ## Install the engine that makes recordings
	@sh tools/setup.sh voice

listen: ## Hear every recording by machine, over a telephone, with and without noise
	@sh tools/setup.sh listen
	@$(IVR) check --files --listen

record: voice ## Make the recordings that are missing or have changed
	@$(IVR) record --files

texts-model: ## Learn anew what texts ask for, from the examples in prompts/en/texts
	@sh tools/setup.sh dev
	@.venv/bin/python -m tools.train_texts

texts: ## Write docs/texts-report.md: how well texts are understood
	@sh tools/setup.sh dev
	@.venv/bin/python -m tools.report_texts

pictures: ## Draw docs/pictures anew, with the Chromium of this machine
	@sh tools/setup.sh dev
	@.venv/bin/python -m tests.support.pictures

lock: ## Write the pinned, hashed lists of packages anew from pyproject.toml
	@sh tools/setup.sh dev
	@sh tools/lock.sh

licences: ## Write docs/licences.md anew from the locked lists
	@python3 -m venv build/licences
	@build/licences/bin/pip install -q -U pip
	@build/licences/bin/python tools/licences.py

sbom: ## Write build/sbom.json: what an installed line is made of (CycloneDX)
	@python3 -m venv build/sbom
	@build/sbom/bin/pip install -q cyclonedx-bom==7.5.0
	@build/sbom/bin/cyclonedx-py requirements requirements/base.lock --pyproject pyproject.toml \
		--output-reproducible --of JSON -o build/sbom.json

bench: ## Measure how fast the line is, beside others; BENCH=long takes half an hour; BENCH_POSTGRES=postgresql://… adds it
	@sh tools/setup.sh base
	@sh tools/bench.sh
	@.venv/bin/python -m bench

chaos: ## A line under load while processes die, the database is locked, requests are forged; ten minutes of load
	@sh tools/setup.sh dev
	@.venv/bin/python -m tests.proof.chaos

fuzz: ## Search for input that brings an error, for ten minutes and a bit; FUZZ=3600 for an hour; what is found is kept
	@sh tools/setup.sh dev
	@.venv/bin/python -m tests.proof.odd_input --seconds $(FUZZ)

mutants: ## Put small faults into the core and see which the tests notice; writes docs/mutants.md, takes long
	@sh tools/setup.sh dev
	@sh tools/mutants.sh
