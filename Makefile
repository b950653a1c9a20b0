# make test is the whole check, on a machine with only Go: it installs what it needs where it may.
# Everything else is a part of it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

TOOL := go tool -modfile=internal/tools/go.mod
UI   := web/ui
GO_TEST_FLAGS ?= -race -shuffle=on -timeout 10m
# Long tests in one goroutine, where the race detector finds nothing and costs ten times the time: they run without it.
PIXELS := HEICBecomesAPictureForTheOtherParty|WaybillsAreRead|TheSamePictureIsKnownAgain|TheViewSaysNothingOfWhoTookIt|SoftwareIsFlaggedAndNothingMore|HintsOfABadPicture|PicturesAreTurnedAsTheirNotesSay
WALKS := NoEventWithoutThePressThatConfirmsIt|TheRepairMatrix|NoHostileModelMovesAFact|WhatTellsAPersonIsFound|WhateverPassesHasTheReviewedNumbers|HeldBackQuestionsAreAnsweredAsBefore
ALONE := ^Test($(PIXELS)|$(WALKS))$$

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: test
test: setup lint generated test-go ui-test browser-test ## everything CI checks

.PHONY: setup
setup: ## install redis-server, Chromium with a CJK font and the UI's packages, or say what is missing
	@.ci/setup

.PHONY: run
run: ## the demo on http://127.0.0.1:8080
	go run ./cmd/recourse serve --demo

.PHONY: lint
lint: ## go vet, staticcheck, gofumpt
	go vet ./...
	$(TOOL) staticcheck ./...
	@out=$$($(TOOL) gofumpt -l .); if [ -n "$$out" ]; then echo "not formatted (make fmt):"; echo "$$out"; exit 1; fi

.PHONY: fmt
fmt: ## format the Go sources
	$(TOOL) gofumpt -w .

.PHONY: generated
generated: ## fail if a generated file is stale
	go generate ./...
	cd $(UI) && npm run --silent build
	@out=$$(git status --porcelain -- web/dist web/ui/shared/wire.ts cases/STATES.md bot/replay); \
	  if [ -n "$$out" ]; then echo "stale generated files; commit what 'make generated' made:"; echo "$$out"; git --no-pager diff --stat -- web/dist web/ui/shared/wire.ts; exit 1; fi

.PHONY: test-go
test-go: ## Go tests with the race detector, on the embedded store and on real Redis
	go test $(GO_TEST_FLAGS) -skip '$(ALONE)' $$(go list ./... | grep -vE '^recourse/(cmd/recourse|bot/replay/(own|record|mutate))$$')
	go test -shuffle=on -timeout 10m -run '$(ALONE)' ./cases/evidence ./bot ./bot/llm ./bot/redact ./bot/guard
	go test -shuffle=on -timeout 10m ./bot/replay/own ./bot/replay/record ./bot/replay/mutate # they play whole suites; package stage plays some under the race detector
	go test -shuffle=on -timeout 10m ./cmd/recourse # the program as it is shipped, killed every few hundred milliseconds

.PHONY: ui-test
ui-test: ## TypeScript types and unit tests
	cd $(UI) && npm run --silent typecheck
	cd $(UI) && npm run --silent test

.PHONY: browser-test
browser-test: ## the first story in a real browser, both languages; screenshots under .artifacts
	go build -o bin/recourse ./cmd/recourse
	cd $(UI) && RECOURSE_BIN=$(CURDIR)/bin/recourse ARTIFACTS=$(CURDIR)/.artifacts npm run --silent e2e

.PHONY: bench
bench: ## benchmarks; figures, never asserted
	go test -run '^$$' -bench . -benchmem ./...
