# Two commands: `make run` serves the pilot office, `make test` proves it. Set-up happens by itself.
PORT ?= 8000
PY := .venv/bin/python
INSTALLED := .venv/.installed
INSTALLED_DEV := .venv/.installed-dev
ARGS ?=
# The rest (DATABASE_URL, BASE_URL, PILOT_PASSWORD, …) passes through by itself; naming it here would export empty ones.
export PORT

.PHONY: help run set_up serve test lint lock migration schema messages bench pages faults scale drills bundle clean

help:
	@echo 'make run    install, load the pilot office, serve it on http://127.0.0.1:$(PORT)'
	@echo 'make set_up  start a real office in var/office (asks);  make serve: serve it, without any pilot rows'
	@echo 'make test   install, run the whole suite on every engine and browser of this machine (STRICT=1: a skip fails)'
	@echo 'make lint   formatting, types, templates, missing migrations, deployment checks'
	@echo 'make bench  speed, side by side with its peers;  make faults: break what can break under a real server'
	@echo 'make pages  what each page costs, as a multiple of a bare one'
	@echo 'make drills  break a cluster of three under casting customers (root, Debian 12; CYCLES=10)'
	@echo 'make scale  speed with millions of ballots and with fifty customers at once;  make clean'
	@echo 'make bundle  one signed file that makes a Debian 12 without any network a server (docs/operating.md)'
	@echo 'make lock   renew the locked requirements;  make messages: collect and compile the catalogues'
	@echo 'make migration NAME=what_it_does  after a model has changed; renews the schema, too'
	@echo 'make schema renew what a new SQLite database begins from (surveys/data/fresh_schema.sql)'

run: $(INSTALLED)
	@exec sh deploy/serve.sh

# A real office keeps its database and keys apart from the pilot's; DATA_DIR chooses another place.
set_up serve: export DATA_DIR ?= $(CURDIR)/var/office

set_up: $(INSTALLED)
	@$(PY) manage.py set_up $(ARGS)

serve: $(INSTALLED)
	@exec sh deploy/serve.sh office

test: $(INSTALLED_DEV)
	@$(PY) -m tests.suite $(ARGS)

lint: $(INSTALLED_DEV)
	@PY=$(PY) sh deploy/lint.sh

bench: $(INSTALLED_DEV)
	@PYTHON=$(PY) bench/run $(ARGS)

# The pilot's year is laid out once, for all later runs; the short form makes its own two months.
pages: $(INSTALLED_DEV)
	@case '$(ARGS)' in *--quick*|*--make*) ;; *) [ -e .bench/pilot-year/bench-made ] || $(PY) -m bench.pages --make ;; esac
	@$(PY) -m bench.pages $(ARGS)

faults: $(INSTALLED_DEV)
	@$(PY) -m bench.faults $(ARGS)

scale: $(INSTALLED_DEV)
	@$(PY) -m bench.scale $(ARGS)

drills: $(INSTALLED_DEV)
	@$(PY) -m bench.drills $(ARGS)

bundle: $(INSTALLED)
	@sh deploy/bundle.sh

lock: $(INSTALLED_DEV)
	$(PY) -m uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url requirements.in -o requirements.txt
	$(PY) -m uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url requirements-scans.in -o requirements-scans.txt
	$(PY) -m uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url requirements-dev.in -o requirements-dev.txt

# An older file does no harm: `migrate` goes on from where it ends.
schema: $(INSTALLED)
	@dir=$$(mktemp -d) && SECRET_KEY=none-needed DATABASE_URL=sqlite:///$$dir/new.sqlite3 $(PY) manage.py migrate \
		--verbosity 0 --write-fresh-schema surveys/data/fresh_schema.sql; rm -rf "$$dir"

# Needs neither the keys nor the database of an installation, so a fresh clone can.
migration: $(INSTALLED_DEV)
	@SECRET_KEY=none-needed DATABASE_URL=sqlite://:memory: $(PY) manage.py makemigrations -n $(NAME)
	@$(PY) -m ruff format --quiet surveys/migrations reports/migrations
	@$(MAKE) --no-print-directory schema

messages: $(INSTALLED_DEV)
	SECRET_KEY=none-needed $(PY) manage.py messages

# Leaves var/ alone: it holds the database and the keys of a running office.
clean:
	rm -rf .venv .bench .pytest_cache .ruff_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements.txt deploy/install.sh
	@sh deploy/install.sh requirements.txt
	@touch $@

$(INSTALLED_DEV): requirements-dev.txt $(INSTALLED)
	@sh deploy/install.sh requirements.txt requirements-dev.txt
	@touch $@
