package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors is the table of docs/HOUSE.md: imports run downward, from a higher
// floor to a lower one. Rooms of one floor import each other only where beside
// allows it.
var floors = map[string]int{
	"examples/market":            0, // the offers that come with the program, embedded where they lie
	"examples":                   0, // a plan for each method, likewise
	"docs/guide":                 0, // the manual, likewise
	"internal/exact":             0,
	"internal/fault":             0,
	"internal/id":                0,
	"internal/lang":              0,
	"internal/money":             0,
	"internal/phone":             0,
	"internal/timex":             0,
	"internal/timex/holiday":     0,
	"internal/usage":             1,
	"internal/voice/audio":       1,
	"internal/voice/sdp":         1,
	"internal/voice/record":      2,
	"internal/voice/soak":        2, // tests only
	"internal/voice/rtp":         2,
	"internal/voice/vault":       2,
	"internal/usage/cdr":         2,
	"internal/calling/pacing":    3,
	"internal/calling/report":    3,
	"internal/charging/catalog":  3,
	"internal/charging/cheapest": 3,
	"internal/charging/contract": 3,
	"internal/charging/deck":     3,
	"internal/charging/budget":   3,
	"internal/charging/dispute":  3,
	"internal/charging/dunning":  3,
	"internal/charging/fx":       3,
	"internal/charging/forecast": 3,
	"internal/charging/invoice":  3,
	"internal/charging/life":     3,
	"internal/charging/service":  3,
	"internal/charging/ledger":   3,
	"internal/charging/meter":    3,
	"internal/charging/rating":   3,
	"internal/charging/staffing": 3,
	"internal/charging/wallet":   3,
	"internal/charging/audit":    3,
	"internal/charging/clause":   3,
	"internal/charging/offer":    3,
	"internal/charging/compare":  3,
	"internal/charging/cases":    3, // tests only
	"internal/calling/agent":     3,
	"internal/calling/attempt":   3,
	"internal/calling/campaign":  3,
	"internal/calling/lead":      3,
	"internal/calling/script":    3,
	"internal/calling/quality":   3,
	"internal/calling/dialogue":  3,
	"internal/calling/reach":     3,
	"internal/robot":             6,
	"examples/dialogue":          10, // a program of a customer's, to begin from
	"internal/document":          4,
	"internal/explain":           4,
	"internal/manual":            4,
	"internal/report":            4,
	"internal/planfile":          4,
	"internal/sheet":             4,
	"internal/leadfile":          4,
	"internal/sim":               4,
	"internal/sim/dialing":       4,
	"internal/store":             4,
	"internal/vendorbill":        4,
	"internal/voice/sip":         4,
	"internal/voice/prompt":      3,
	"internal/voice/retention":   3,
	"internal/voice/script":      3,
	"internal/calling/dialer":    4,
	"internal/voice/webrtc":      4,
	"internal/voice/trunk":       3,
	"internal/voice/detect":      3,
	"internal/voice/corpus":      5, // tests only
	"internal/voice":             5,
	"internal/voice/bridge":      6,
	"internal/voice/carrier":     6,
	"internal/voice/exchange":    7,
	"internal/access":            5,
	"internal/store/postgres":    5,
	"internal/store/sqlite":      5,
	"internal/export":            4,
	"internal/events":            4,
	"internal/store/storetest":   5, // tests only
	"internal/store/tables":      5,
	"internal/app":               5,
	"internal/notify":            5,
	"internal/archive":           6,
	"internal/outbound":          6,
	"internal/floor":             6,
	"internal/sim/tries":         6,
	"internal/sim/desk":          6,
	"internal/receive":           6,
	"internal/workspace":         6,
	"internal/api":               7,
	"internal/console":           7,
	"internal/demo":              8,
	"internal/serve":             8,
	"internal/telephone":         8,
	"internal/sim/shift":         8,
	"internal/cli":               9,
	"cmd/waihu":                  10,
	"internal/app/faults":        6, // tests only

	"internal/calling/compliance": 3,
}

// beside lists what rooms may import on their own floor, with the reason.
var beside = map[string]map[string]string{
	"internal/money":             {"internal/exact": "an amount is a rounded exact number"},
	"internal/id":                {"internal/fault": "errors have a kind", "internal/timex": "identifiers rise with time"},
	"internal/lang":              {"internal/exact": "numbers are written as each language does", "internal/fault": "errors have a kind", "internal/money": "amounts too", "internal/timex": "dates too"},
	"internal/timex":             {"internal/fault": "a day that could not be read again is an error with a kind"},
	"internal/timex/holiday":     {"internal/timex": "calendars are made of dates"},
	"internal/voice/sdp":         {"internal/voice/audio": "an agreement names a law of G.711"},
	"internal/voice/trunk":       {"internal/voice/script": "shares are written alike"},
	"internal/calling/campaign":  {"internal/calling/attempt": "dispositions of its own", "internal/calling/lead": "retry rules"},
	"internal/calling/lead":      {"internal/calling/attempt": "a try's disposition decides what becomes of the lead"},
	"internal/calling/script":    {"internal/calling/lead": "texts are filled with the lead's own words"},
	"internal/calling/report":    {"internal/calling/attempt": "tries are what it counts"},
	"internal/phone":             {"internal/fault": "what is no number is an error with a kind"},
	"internal/charging/deck":     {},
	"internal/charging/contract": {"internal/charging/catalog": "terms are a plan as a contract changed it", "internal/charging/deck": "and its decks"},
	"internal/charging/meter":    {"internal/charging/catalog": "what to count", "internal/charging/contract": "for which period", "internal/charging/deck": "at which rate"},
	"internal/charging/rating":   {"internal/charging/catalog": "prices", "internal/charging/contract": "terms", "internal/charging/deck": "what a call costs", "internal/charging/meter": "quantities"},
	"internal/charging/invoice":  {"internal/charging/catalog": "taxes", "internal/charging/contract": "terms", "internal/charging/meter": "what was gathered", "internal/charging/rating": "lines"},
	"internal/charging/offer":    {"internal/charging/catalog": "an offer is a plan and what a buyer must know beside it", "internal/charging/contract": "terms have lengths"},
	"internal/charging/compare":  {"internal/charging/offer": "what is compared", "internal/charging/catalog": "plans", "internal/charging/contract": "terms of each period", "internal/charging/deck": "rates by prefix", "internal/charging/meter": "the same engine as a bill", "internal/charging/rating": "lines by component", "internal/charging/invoice": "every cost is the total of a bill"},
	"internal/charging/cheapest": {"internal/charging/catalog": "what can be chosen", "internal/charging/contract": "terms of each mix", "internal/charging/deck": "offers have decks", "internal/charging/invoice": "totals are invoices", "internal/charging/meter": "facts are metered once"},
	"internal/charging/forecast": {"internal/charging/catalog": "shares, hours and keys of files", "internal/charging/meter": "seats in use are a level, as it counts them", "internal/charging/staffing": "the load by half hour that seats are worked out from"},
	"internal/charging/staffing": {},
	"internal/charging/audit":    {"internal/charging/catalog": "rules that are changed", "internal/charging/contract": "terms", "internal/charging/deck": "what one call costs", "internal/charging/invoice": "our side of the bill", "internal/charging/meter": "counting under other rules", "internal/charging/rating": "and pricing"},
	"internal/charging/clause":   {"internal/charging/catalog": "prices and their rules", "internal/charging/contract": "what was signed", "internal/charging/deck": "decks of the plan", "internal/charging/invoice": "what a period costs in which nothing is used", "internal/charging/meter": "and its quantities"},
	"internal/charging/wallet":   {"internal/charging/deck": "the longest call a balance pays for", "internal/charging/ledger": "a purse is the projection of its journal"},
	"internal/notify":            {"internal/access": "secrets are sealed, and a webhook that is switched off is a deed of the audit log"},
	"internal/leadfile":          {"internal/sheet": "lists come as tables"},
	"internal/vendorbill":        {"internal/sheet": "bills come as tables"},
	"internal/export":            {"internal/store": "the calls it writes"},
	"internal/demo":              {"internal/serve": "it is shown by the service itself"},
	"internal/floor":             {"internal/robot": "a robot lane's calls are led by what its dialogue server says"},
	"internal/serve":             {"internal/telephone": "calls are served like pages"},
	"internal/sim/shift":         {"internal/serve": "the service itself is what is tried"},
	"internal/store/sqlite":      {"internal/store/tables": "the rows it keeps"},
	"internal/store/postgres":    {"internal/store/tables": "the rows it keeps"},
	"internal/charging/life":     {"internal/charging/catalog": "plans to stay on or switch to", "internal/charging/contract": "the clauses that decide"},
	"internal/charging/service":  {"internal/charging/contract": "what was promised"},
	"internal/report":            {"internal/explain": "what is told is laid out here"},
	"internal/document":          {"internal/explain": "what is told is printed as well", "internal/report": "a chart is laid out once, for pages and for PDF"},
}

// pure rooms use the standard library alone: charging must give the same answer
// everywhere, and depend on nothing that can change under it.
func pure(room string) bool {
	f := floors[room]
	return f == 0 || f == 1 || f == 3
}

// outside lists, for each foreign module, the only room that may import it.
var outside = map[string][]string{
	"go.yaml.in/yaml/v3":                    {"internal/planfile"},
	"codeberg.org/go-pdf/fpdf":              {"internal/document"},
	"github.com/xuri/excelize/v2":           {"internal/document", "internal/sheet"}, // one writes workbooks, the other reads them
	"github.com/klauspost/compress/zstd":    {"internal/usage/cdr"},
	"golang.org/x/text":                     {"internal/usage/cdr"},
	"golang.org/x/sys/cpu":                  {"internal/usage/cdr"},
	"github.com/alecthomas/kong":            {"internal/cli"},
	"github.com/vbauerster/mpb/v8":          {"internal/cli"},
	"rsc.io/qr":                             {"internal/console"},
	"github.com/yuin/goldmark":              {"internal/manual"},
	"golang.org/x/term":                     {"internal/cli"},
	"github.com/santhosh-tekuri/jsonschema": {"internal/planfile"},
	"golang.org/x/crypto":                   {"internal/access"},
	"github.com/pquerna/otp":                {"internal/access"},
	"github.com/go-webauthn/webauthn":       {"internal/access"},
	"github.com/coreos/go-oidc/v3":          {"internal/access"},
	"golang.org/x/oauth2":                   {"internal/access"},
	"github.com/wneessen/go-mail":           {"internal/notify"},
	"github.com/danielgtaylor/huma/v2":      {"internal/api"},
	"github.com/go-sql-driver/mysql":        {"internal/receive"},
	"github.com/prometheus/client_golang":   {"internal/serve"},
	"github.com/parquet-go/parquet-go":      {"internal/export"},
	"modernc.org/sqlite":                    {"internal/store/sqlite"},
	"github.com/emiago/sipgo":               {"internal/voice/sip"},
	"github.com/pion/dtls/v3":               {"internal/voice/webrtc"},
	"github.com/pion/ice/v4":                {"internal/voice/webrtc"},
	"github.com/pion/logging":               {"internal/voice/webrtc"},
	"github.com/pion/srtp/v3":               {"internal/voice/webrtc", "internal/voice/rtp"},
	"github.com/pion/transport/v5":          {"internal/voice/webrtc"},
	"github.com/pion/rtp":                   {"internal/voice/rtp"}, // headers, as srtp takes them
	"github.com/jackc/pgx/v5":               {"internal/store/postgres"},
}

// forbidden are standard packages that would make a pure room impure.
var forbidden = []string{"os", "math/rand", "crypto/rand", "net", "net/http", "log", "log/slog", "database/sql", "os/exec", "io/ioutil", "syscall", "unsafe", "C"}

// clocks are what of package time looks at or waits for a clock.
var clocks = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

func TestImportsRunDownward(t *testing.T) {
	seen := map[string]bool{}
	root := ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || slices.Contains([]string{"bench", "testdata", "bin", "out"}, d.Name())) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		room, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		room = filepath.ToSlash(room)
		seen[room] = true
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		if pure(room) {
			ast.Inspect(f, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clocks, s.Sel.Name) {
						t.Errorf("%s uses time.%s: a pure room is told the time", path, s.Sel.Name)
					}
				}
				return true
			})
		}
		for _, spec := range f.Imports {
			target, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if why := refused(room, target); why != "" {
				t.Errorf("%s imports %s: %s", path, target, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room := range seen {
		if _, known := floors[room]; !known {
			t.Errorf("room %s has no floor: add it to this table and to docs/HOUSE.md", room)
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %d rooms were read: the test looks in the wrong place", len(seen))
	}
}

// refused says why a room may not import something; empty: it may.
func refused(room, target string) string {
	own, ours := strings.CutPrefix(target, "waihu/")
	if ours {
		switch {
		case floors[own] < floors[room]:
			return ""
		case floors[own] > floors[room]:
			return "imports run downward"
		case beside[room][own] == "":
			return "rooms of one floor import each other only where the table says why"
		}
		return ""
	}
	if !strings.Contains(strings.SplitN(target, "/", 2)[0], ".") {
		if pure(room) && slices.Contains(forbidden, target) {
			return "a pure room has no files, sockets, logs or clocks"
		}
		return ""
	}
	if pure(room) {
		return "a pure room uses the standard library alone"
	}
	for module, rooms := range outside {
		if target == module || strings.HasPrefix(target, module+"/") {
			if slices.Contains(rooms, room) {
				return ""
			}
			return "a foreign library lives in one room"
		}
	}
	return "this library is not in the table: name its room and why in docs/HOUSE.md"
}

// TestEveryRoomSaysWhatItIs: it opens with what it owns.
func TestEveryRoomSaysWhatItIs(t *testing.T) {
	for room := range floors {
		name := filepath.Base(room)
		said := "// Package " + name + " "
		if strings.HasPrefix(room, "cmd/") || strings.HasPrefix(room, "examples/dialogue") {
			said = "// Command " + name + " "
		}
		files, err := filepath.Glob(filepath.Join("..", room, "*.go"))
		if err != nil || len(files) == 0 {
			t.Errorf("%s has no Go files: %v", room, err)
			continue
		}
		if !slices.ContainsFunc(files, func(f string) bool {
			text, err := os.ReadFile(f)
			return err == nil && (strings.HasPrefix(string(text), said) || strings.Contains(string(text), "\n"+said))
		}) {
			t.Errorf("no file of %s begins with %q", room, said)
		}
	}
}
