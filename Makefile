# Each target sets up .venv by itself when needed. BUILD.md has the same steps by hand.
#
#   make PYTHON=/path/to/python3.12 demo                 another interpreter
#   make REQUIREMENTS=requirements/addons.txt test       another dependency set (remove .venv first)

VENV := .venv
RUN := $(VENV)/bin/python

# The first interpreter that runs (version managers put names on the path that do not) and that TensorFlow has wheels for.
PYTHON ?= $(shell for name in python3.11 python3.12 python3.10 python3 python3.13; do \
	$$name -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$name && break; done)
PYTHON := $(PYTHON)
SHOW_VERSION := -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
VERSION := $(if $(PYTHON),$(shell $(PYTHON) $(SHOW_VERSION)))
REQUIREMENTS ?= requirements/$(if $(filter 3.13,$(VERSION)),latest,current).txt

.PHONY: help bench demo environments gallery test test-lines test-slow web clean

help:
	@echo "make demo       train for about two minutes on a CPU and draw (runs/demo)"
	@echo "make gallery    draw docs/gallery; trains its models first where runs/gallery has none, with DATA='--data=car.npz ...'"
	@echo "make bench      time everything beside its arithmetic bound (ten minutes; ONLY=train,draw_1 for some)"
	@echo "make web        build the page to draw on, with its models: build/web/index.html (MODELS='pretrained:quickdraw_five runs/cats')"
	@echo "make test       the fast tests"
	@echo "make test-slow  all the others; then test-lines"
	@echo "make test-lines the tests of what TensorFlow computes, under the other TensorFlows, each in an environment of its own"
	@echo "make clean      remove .venv and what Python leaves behind; runs/ stays"

demo: $(VENV)/.ready
	$(RUN) -m sketch_rnn_tf.demo --output=runs/demo

gallery: $(VENV)/.ready
	$(RUN) -m sketch_rnn_tf.generation.gallery --runs=runs/gallery --output=docs/gallery $(DATA)

bench: $(VENV)/.ready
	$(RUN) -m benchmarks $(if $(ONLY),--only=$(ONLY)) $(if $(JSON),--json=$(JSON))

MODELS ?= pretrained:quickdraw_five pretrained:quickdraw_five_decoder pretrained:doodles
WEB := export/web

web: $(VENV)/.ready $(WEB)/node_modules/.ready
	@cd $(WEB) && npm run --silent build
	@$(RUN) -m export.web_page_main --page=$(WEB)/build/page --output=build/web $(addprefix --workdir=,$(MODELS))
	@echo "Open build/web/index.html in a browser, or put the folder on any web server."

$(WEB)/node_modules/.ready: $(WEB)/package-lock.json
	@command -v npm >/dev/null || { echo "npm is not installed; install Debian's packages nodejs and npm, and run make web again." >&2; exit 1; }
	@cd $(WEB) && npm ci --no-audit --no-fund --ignore-scripts
	@touch $@

test: $(VENV)/.ready
	$(RUN) -m pytest -q -n 2 --dist=loadgroup --no-loadscope-reorder -m "not slow" tests

# The converter to TensorFlow.js fixes TensorFlow at a version of its own, so it has an environment of its own; Python 3.13 has none.
CONVERTER := .venv-tfjs
WITH_CONVERTER := $(if $(filter 3.13,$(VERSION)),,$(CONVERTER)/.ready)

# The other TensorFlows this Python has wheels of. LATEST_PYTHON may name a newer interpreter for the newest of them.
LINES := $(if $(filter 3.10 3.11,$(VERSION)),addons latest,$(if $(filter 3.12,$(VERSION)),latest))
LATEST_PYTHON ?= $(shell python3.13 -c 'import ensurepip' 2>/dev/null && echo python3.13 || echo $(PYTHON))
LINE_PYTHONS := $(foreach line,$(LINES),$(CURDIR)/.venv-$(line)/bin/python)
EMPTY :=
LINE_TESTS := tests/losses tests/layers/recurrences tests/models/test_sketch_rnn.py tests/test_mixture.py tests/interop/test_magenta_golden.py $(addprefix tests/training/test_,checkpoints.py optimizers.py)

# All environments at once: pip is mostly busy unpacking.
environments: $(VENV)/.ready $(WITH_CONVERTER) $(LINES:%=.venv-%/.ready)

# pytest's exit code 5 says that no test carries the mark, which is no failure.
test-slow:
	@$(MAKE) --jobs=3 environments
	SKETCH_RNN_TFJS_CONVERTER=$(CURDIR)/$(CONVERTER)/bin/tensorflowjs_converter \
	SKETCH_RNN_PYTHONS=$(subst $(EMPTY) $(EMPTY),:,$(LINE_PYTHONS)) $(RUN) -m pytest -q -n 2 --dist=loadgroup --no-loadscope-reorder -m slow --durations=15 tests || [ $$? -eq 5 ]
	$(MAKE) test-lines

test-lines: $(LINES:%=.venv-%/.ready)
	@for line in $(LINES); do \
		echo "Testing under requirements/$$line.txt"; \
		PYTHONPATH=$(CURDIR) .venv-$$line/bin/python -m pytest -q -n 2 -m "not slow" $(LINE_TESTS) || exit 1; done

.venv-addons/.ready .venv-latest/.ready: .venv-%/.ready: requirements/%.txt
	@$(if $(filter latest,$*),$(LATEST_PYTHON),$(PYTHON)) -m venv --clear .venv-$*
	@echo "Installing $< into .venv-$* (about a minute)"
	@.venv-$*/bin/python -m pip install -q --disable-pip-version-check -r $<
	@touch $@

$(CONVERTER)/.ready: requirements/tfjs.txt
	@$(PYTHON) -m venv --clear $(CONVERTER)
	@echo "Installing requirements/tfjs.txt into $(CONVERTER) (about a minute)"
	@$(CONVERTER)/bin/python -m pip install -q --disable-pip-version-check -r requirements/tfjs.txt
	@touch $@

clean:
	rm -rf $(VENV) $(CONVERTER) .venv-addons .venv-latest build dist *.egg-info .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.requirements: $(REQUIREMENTS)
	$(if $(filter 3.10 3.11 3.12 3.13,$(VERSION)),,$(error no Python from 3.10 to 3.13 runs as '$(PYTHON)'; install one \
(Debian: python3 and python3-venv) or name it with make PYTHON=...))
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$(PYTHON) cannot make virtual environments; install Debian's package python$(VERSION)-venv and run make again." >&2; exit 1; fi
	@if [ "$(VERSION)" = 3.13 ]; then \
		echo "Python 3.13 has no wheels of TensorFlow 2.19: taking $(REQUIREMENTS), without the extras addons and tfjs."; fi
	@echo "Installing $(REQUIREMENTS) into $(VENV) (about a minute)"
	@[ "$$($(RUN) $(SHOW_VERSION))" = $(VERSION) ] || $(PYTHON) -m venv --clear $(VENV)
	@$(RUN) -m pip install -q --disable-pip-version-check -r $(REQUIREMENTS)
	@touch $@

$(VENV)/.ready: $(VENV)/.requirements setup.py
	@$(RUN) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
