# The two commands: make run shows the product, make test proves it.
GO ?= go
BIN := bin/waihu
DEMO ?= 127.0.0.1:8420
PERIOD := 2026-03
OUT := out

.PHONY: deps run example man detect test check-docs check-examples check-service test-browser pages floor-figures pictures readme-pictures bench fuzz coverage planted soak build lint clean

build:
	$(GO) build -o $(BIN) ./cmd/waihu

# A living company in the browser: a year of three firms, their invoices, usage
# that goes on. It prints the address and the log-ins; Ctrl-C ends it and takes
# everything away. DEMO=127.0.0.1:9000 listens elsewhere.
run: build
	$(BIN) demo --listen $(DEMO)

# Bills the example month: the invoice on the terminal, its PDF, XLSX, CSV and
# JSON and every rated call in out/, then checks it as a customer would.
example: build
	$(BIN) bill examples/sales-floor/contract.yaml examples/sales-floor/usage/* --period $(PERIOD) --out $(OUT)
	$(BIN) verify $(OUT)/invoice.json --plan examples/sales-floor/contract.yaml $(OUT)/facts.jsonl

test: deps lint
	tools/go-test.sh
	$(MAKE) -j3 -O check-docs check-examples check-service
	$(MAKE) test-browser

# What examples, manual and README.md say is done, beside one another: mostly one
# command at a time of each.
check-docs check-examples check-service: build
	tools/$@.sh

# Every page and the flows through them, in Debian's Chromium.
test-browser: deps build
	node --test-reporter=spec browser/browser.test.mjs

# How late the desk and the wallboard are, over a floor that works, as a table.
floor-figures: deps build
	node browser/floor-figures.mjs

# How fast pages answer and how many bytes a first load takes, as a table.
pages: deps build
	node browser/figures.mjs

# A picture of every page in pictures/, as a desktop and a phone show it.
pictures: deps build
	node browser/pictures.mjs pictures

# The pictures README.md shows, out of the demo.
readme-pictures: deps build
	node browser/readme-pictures.mjs

deps:
	@tools/deps.sh

lint:
	@test -z "$$(gofmt -l cmd internal bench)" || { gofmt -l cmd internal bench; echo "run gofmt -w on the files above"; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags citus ./internal/...
	cd bench && $(GO) vet -tags noduckdb ./... # without DuckDB: it must still build as the rooms change

bench:
	tools/bench.sh

# The manual pages of docs/man and the tables of docs/compliance.md, out of the commands and the packs themselves.
man:
	$(GO) test ./internal/cli -run "TestManualPages|TestCompliancePage" -update

# How well answers, tones and announcements are told apart, on 4,000 labelled calls
# that are held out; the figures go into docs/voice.md. Some minutes.
detect: deps
	$(GO) test ./internal/voice/corpus -count=1 -v -timeout 40m -run TestFiguresArePublished -update

# A minute of fuzzing for every parser; failures are kept under testdata/fuzz.
fuzz:
	tools/fuzz.sh

# Statement coverage of the charging wing, with its floor.
coverage:
	tools/coverage.sh

# Faults planted in charging, the books and the service, one after another: the
# tests must find each.
planted:
	tools/planted.sh

# Longer than make test: coverage, planted faults, a year of bills of 200
# companies, 200 kills, 600 power cuts and full disks, a million events with
# duplicates, 10,000 times 64 requests with one key, and the calls of twelve hours (docs/benchmarks.md says which).
soak: deps coverage planted
	WAIHU_SOAK=10 $(GO) test -count=1 -v -timeout 60m -run 'AYearOfBills|Killed|PowerCut|DiskFull|Shuffled' ./internal/app/... ./internal/store/...
	WAIHU_SOAK=500 $(GO) test -count=1 -timeout 60m -run TestManyRequestsWithOneKey ./internal/api
	WAIHU_SOAK=2 $(GO) test -count=1 -timeout 30m -run 'Planted|RightBill' ./internal/charging/audit
	WAIHU_SOAK=200 $(GO) test -count=1 -v -timeout 90m -p 1 -run TestSoak ./internal/voice/...

clean:
	rm -rf bin $(OUT)
