# What is run by hand; `.ci/run` calls some of it. Every target says what it is for: `make help`.

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

.PHONY: build
build: ## the program, stripped, in ./dist
	CGO_ENABLED=0 go build -trimpath -buildvcs=auto -ldflags '-s -w' -o dist/skidkassa ./cmd/skidkassa

TARGET ?=
.PHONY: dist
dist: ## the archives of a release in ./dist, with their checksums; TARGET=linux/arm64 for one of them
	go run ./internal/dist $(if $(TARGET),-target $(TARGET))

.PHONY: wine
wine: ## tries the Windows archive for real, under wine (Debian: wine, mingw-w64; minutes)
	bash internal/dist/wine/try.sh

.PHONY: test
test: ## all tests, as in the README
	go test ./...

.PHONY: lint
lint: ## gofmt, go vet, staticcheck
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	go tool staticcheck ./...

.PHONY: cover
cover: ## statement coverage of the packages that hold it to 90 %
	go test -coverprofile=coverage.out ./skidkabot/... ./waiterapi/... ./config/... ./internal/...
	go tool cover -func=coverage.out | tail -n 1

# Each fuzz target is `package:name`; the list is read from the tests, so that none is forgotten.
FUZZTIME ?= 1h
FUZZERS = $(shell grep -rnoE --include='*_test.go' '^func Fuzz[A-Za-z]+' . | sed -E 's|^(.*)/[^/]*:[0-9]+:func (.*)|\1:\2|' | sort -u)

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (1h)
	@set -e; for target in $(FUZZERS); do \
		echo "$$target"; \
		go test -run '^$$' -fuzz "^$${target#*:}\$$" -fuzztime $(FUZZTIME) "$${target%%:*}"; \
	done

.PHONY: layouts
layouts: ## make the keyboard layout data anew from xkeyboard-config (Debian: xkb-data, libxkbcommon-dev)
	go generate ./internal/layout

# Another version of xkeyboard-config has other layouts: then there is nothing to compare, and that is said.
.PHONY: check-layouts
check-layouts: ## the checked-in layout data is what xkeyboard-config gives now
	@made=$$(sed -n '1s/.*xkeyboard-config \([0-9.]*[0-9]\).*/\1/p' internal/layout/layouts.txt); \
	here=$$(pkg-config --modversion xkeyboard-config); \
	if [ "$$made" != "$$here" ]; then \
		echo "NOT COMPARED: the data was made from xkeyboard-config $$made, this machine has $$here"; \
	else \
		go generate ./internal/layout && git diff --exit-code --stat -- internal/layout; \
	fi

.PHONY: all-layouts
all-layouts: ## every layout, Caps Lock on and off, 10,000 random QRs each (minutes)
	go test -count=1 -timeout 30m -run AllLayouts ./internal/layout -scans 10000

SEEDS ?= 1000000
.PHONY: simulate
simulate: ## a million worlds of tills that crash and networks that lose, and of guests who pay (hours); SEEDS=n for fewer
	go test -count=1 -timeout 24h -run '^TestSimulation$$' -v ./internal/loyalty -sim.seeds $(SEEDS)
	go test -count=1 -timeout 24h -run '^TestSimulation$$' -v ./internal/orders -sim.seeds $(SEEDS)

KILLS ?= 1000
SEED ?= 1
.PHONY: kills
kills: ## kills the program at every named moment and at a thousand random ones (minutes); KILLS=n, SEED=n for others
	go test -count=1 -timeout 2h -v ./internal/killtest -kills $(KILLS) -seed $(SEED)

VISITS ?= 10000
.PHONY: soak
soak: ## ten thousand guests through the waiters' door while a cashier works, then a thousand under the race detector (minutes)
	go test -count=1 -timeout 30m -run '^TestSoak$$' -v ./internal/e2e -soak.visits $(VISITS)
	go test -count=1 -timeout 30m -run '^TestSoak$$' -v ./internal/e2e -soak.race

.PHONY: mutants
mutants: ## removes each guard in a copy and shows which test catches it (minutes)
	go run ./internal/mutants

.PHONY: faults
faults: ## docs/faults.md from the fault matrix
	go test ./internal/faults -update

.PHONY: bench
bench: ## the figures of docs/performance.md, beside their floors in the same run
	go run ./internal/bench/report > docs/performance.md

PICTURES = lock idle_recent guest_sum ask_redeem result_redemption problem_offline result_unknown_pair orders till_orders card pay \
	paid_by_qr card_blocked ask_take_again shift_x journal storno

.PHONY: pictures
pictures: ## the screens of the README and the guides, from the storybook
	rm -f docs/screens/*.svg
	go run ./cmd/skidkassa storybook --svg docs/screens $(PICTURES)
