package app

import (
	"bytes"
	"io"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/invoice"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/planfile"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
)

// agreed is a contract with its plan, read from the texts that are kept.
type agreed struct {
	contract *contract.Contract
	plan     *catalog.Plan
	decks    map[string]*deck.Deck
	loc      *time.Location
}

// heading is what an invoice says about the parties.
func (a *agreed) heading() invoice.Heading {
	return invoice.Heading{Contract: a.contract.ID, Seller: invoice.Party(a.contract.Seller), Buyer: invoice.Party(a.contract.Buyer)}
}

// terms makes the terms of a period from what was agreed and the inputs that an
// invoice states beside it.
func (a *agreed) terms(first, after timex.Date, in invoice.Inputs) (*contract.Terms, error) {
	holidays, err := calendars()
	if err != nil {
		return nil, err
	}
	stated := contract.Stated{Start: in.Start, End: in.End, Quantities: map[string]exact.Number{}, Levels: in.Levels}
	var opening []contract.Opening
	for _, c := range in.Opening {
		opening = append(opening, contract.Opening{Package: c.Package, Seat: c.Seat, Granted: c.Granted, Expires: c.Expires, Left: c.Left})
	}
	t, problems := contract.TermsFor(contract.Inputs{Plan: a.plan, Decks: a.decks, Contract: a.contract, Loc: a.loc, First: first, After: after,
		Holidays: holidays, Opening: opening, Before: in.Standing, Stated: stated})
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return t, nil
}

// calendars are read from the binary once.
var calendars = sync.OnceValues(holiday.Calendars)

// texts are files by name, for package planfile.
type texts map[string]string

// Open finds a file or the folder they are in.
func (t texts) Open(name string) (fs.File, error) {
	if name == "." {
		return &openText{texts: t, dir: true}, nil
	}
	text, ok := t[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &openText{name: name, size: int64(len(text)), Reader: bytes.NewReader([]byte(text))}, nil
}

type openText struct {
	*bytes.Reader
	texts texts
	name  string
	size  int64
	dir   bool
}

func (f *openText) Close() error               { return nil }
func (f *openText) Stat() (fs.FileInfo, error) { return f, nil }
func (f *openText) Name() string               { return f.name }
func (f *openText) Size() int64                { return f.size }
func (f *openText) ModTime() time.Time         { return time.Time{} }
func (f *openText) IsDir() bool                { return f.dir }
func (f *openText) Sys() any                   { return nil }

func (f *openText) Mode() fs.FileMode {
	if f.dir {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

func (f *openText) Read(b []byte) (int, error) {
	if f.Reader == nil {
		return 0, io.EOF
	}
	return f.Reader.Read(b)
}

// ReadDir lists the files in the order of their names.
func (f *openText) ReadDir(int) ([]fs.DirEntry, error) {
	var out []fs.DirEntry
	for _, name := range slices.Sorted(maps.Keys(f.texts)) {
		out = append(out, fs.FileInfoToDirEntry(&openText{name: name, size: int64(len(f.texts[name]))}))
	}
	return out, nil
}

// planName is the file a plan is read from: JSON is found by its first letter.
func planName(name, text string) string {
	if b := bytes.TrimLeft([]byte(text), " \t\r\n"); len(b) > 0 && b[0] == '{' {
		return name + ".json"
	}
	return name + ".yaml"
}

// readPlan reads the text of a plan and its decks.
func readPlan(text string, decks map[string]string) (*catalog.Plan, map[string]*deck.Deck, fault.Problems) {
	files := texts{}
	maps.Copy(files, decks)
	name := planName("plan", text)
	files[name] = text
	return planfile.LoadPlan(files, name)
}

// readContract reads the text of a contract and checks it against its plan.
func readContract(text string, p *catalog.Plan) (*contract.Contract, fault.Problems) {
	c := &contract.Contract{}
	where, problems := planfile.Decode(planName("contract", text), []byte(text), c)
	if problems.Err() != nil {
		return nil, problems
	}
	problems = append(problems, where.Locate(c.Validate())...)
	if p != nil {
		problems = append(problems, where.Locate(c.Check(p))...)
	}
	return c, problems
}

// maxRead bounds how many plans and contracts are kept ready in memory.
const maxRead = 10_000

// reading keeps what was read from texts, by their digest: texts never change.
// The zero value is ready.
type reading struct {
	mu        sync.Mutex
	plans     map[string]*agreed // without a contract
	contracts map[string]*agreed
	texts     map[string]*agreed // plans that need not be published
	prices    map[string]*pricer
}

// maxPricers bounds the pricers kept ready: each has room for its decks.
const maxPricers = 1_000

func (r *reading) price(key string) *pricer {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.prices[key]
}

func (r *reading) keepPrice(key string, p *pricer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.prices == nil || len(r.prices) >= maxPricers {
		r.prices = map[string]*pricer{}
	}
	r.prices[key] = p
}

func (r *reading) look(list *map[string]*agreed, key string) *agreed {
	r.mu.Lock()
	defer r.mu.Unlock()
	return (*list)[key]
}

// keep puts something by; when there is no room all is forgotten and read again.
func (r *reading) keep(list *map[string]*agreed, key string, a *agreed, most int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if *list == nil || len(*list) >= most {
		*list = map[string]*agreed{}
	}
	(*list)[key] = a
}

// maxTexts bounds the plans in texts that need not be published: anybody's, with
// their decks.
const maxTexts = 64

// planIn reads the text of a plan, the same text once.
func (s *System) planIn(text string, decks map[string]string) (*agreed, error) {
	parts := []string{text}
	for _, name := range slices.Sorted(maps.Keys(decks)) {
		parts = append(parts, name, decks[name])
	}
	key := digest(parts...)
	if a := s.read.look(&s.read.texts, key); a != nil {
		return a, nil
	}
	p, read, problems := readPlan(text, decks)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	a := &agreed{plan: p, decks: read}
	s.read.keep(&s.read.texts, key, a, maxTexts)
	return a, nil
}

// planOf reads a published plan.
func (s *System) planOf(tx store.Tx, name string) (*agreed, error) {
	if a := s.read.look(&s.read.plans, name); a != nil {
		return a, nil
	}
	v, _, err := find[PlanVersion](tx, id.Platform, KindPlan, "version", name)
	if err != nil {
		return nil, err
	}
	p, decks, problems := readPlan(v.File, v.Decks)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	a := &agreed{plan: p, decks: decks}
	s.read.keep(&s.read.plans, name, a, maxRead)
	return a, nil
}

// agreedOn reads a contract with its plan.
func (s *System) agreedOn(tx store.Tx, plan, text string) (*agreed, error) {
	key := digest(plan, text)
	if a := s.read.look(&s.read.contracts, key); a != nil {
		return a, nil
	}
	of, err := s.planOf(tx, plan)
	if err != nil {
		return nil, err
	}
	c, problems := readContract(text, of.plan)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	zone := of.plan.Zone
	if c.Zone != "" {
		zone = c.Zone
	}
	loc, err := timex.LoadZone(zone)
	if err != nil {
		return nil, fault.New(fault.Invalid, "time_zone: %v", err)
	}
	a := &agreed{contract: c, plan: of.plan, decks: of.decks, loc: loc}
	s.read.keep(&s.read.contracts, key, a, maxRead)
	return a, nil
}
