package deck

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/phone"
	"waihu/internal/timex"
)

// MaxRows is how many rows a deck may have.
const MaxRows = 2_000_000

// Index names a row of a deck: a dense number in [0, Len()), so that callers
// can count in flat arrays. Rows are numbered by prefix as text, then by From,
// whatever the order they were given in.
type Index int32

// Deck is a rate deck ready for matching. It never changes.
type Deck struct {
	tree     tree
	rows     []row
	prefixes []phone.Number // 0 is the default row
	rateOf   []uint32       // into rates
	nameOf   []uint32       // into names
	rates    []Rate
	names    []string
	longest  int        // digits of the longest prefix
	settled  timex.Date // from this day on every prefix holds at its latest row
}

// row is what matching needs once the tree has named the latest row of the
// longest prefix.
type row struct {
	from timex.Date // math.MinInt32 if it always held
	next int32      // older row of the prefix, else latest row of the next shorter one, else none
}

const none = -1

// Build makes a deck of rows in any order. It refuses prefixes that are not at
// most 15 digits, two rows of one prefix from one day, and rates no call can be
// priced with, and reports all of them (the first hundred); the deck is nil if
// there is any error. A row takes some 40 to 70 bytes, in the worst decks known
// less than 130, and different names and rates on top.
func Build(entries []Entry) (*Deck, fault.Problems) {
	found := findings{}
	if len(entries) > MaxRows {
		found.add(fault.Problem{What: "too many rows", Value: fmt.Sprint(len(entries)),
			Expected: fmt.Sprintf("at most %d", MaxRows), Fix: "split the deck"})
		return nil, found.all()
	}
	keys := make([]key, 0, len(entries))
	for i := range entries {
		prefix, ok := check(&found, i, &entries[i])
		if ok {
			keys = append(keys, key{padded(prefix)<<4 | uint64(prefix.Len()), entries[i].From, int32(i)})
		}
	}
	slices.SortFunc(keys, key.compare)
	checkTwice(&found, entries, keys)
	if found.errors > 0 {
		return nil, found.all()
	}
	return assemble(entries, keys), found.all()
}

// key orders rows: prefix as text, From, then the order given.
type key struct {
	prefix uint64 // padded to 15 digits, then how many are real
	from   timex.Date
	entry  int32
}

func (k key) compare(l key) int {
	switch {
	case k.prefix != l.prefix:
		return order(k.prefix < l.prefix)
	case k.from != l.from:
		return order(k.from < l.from)
	}
	return order(k.entry < l.entry)
}

func order(less bool) int {
	if less {
		return -1
	}
	return 1
}

func (k key) len() int { return int(k.prefix & 15) }

// start and end bound the padded numbers that begin with the prefix.
func (k key) start() uint64 { return k.prefix >> 4 }
func (k key) end() uint64   { return k.start() + pow10[phone.MaxDigits-k.len()] }

func (k key) number() phone.Number {
	return phone.Of(k.start()/pow10[phone.MaxDigits-k.len()], k.len())
}

func assemble(entries []Entry, keys []key) *Deck {
	n := len(keys)
	d := &Deck{
		rows:     make([]row, n),
		prefixes: make([]phone.Number, n),
		rateOf:   make([]uint32, n),
		nameOf:   make([]uint32, n),
		settled:  math.MinInt32,
	}
	rates, names := map[Rate]uint32{}, map[string]uint32{}
	for i, k := range keys {
		e := &entries[k.entry]
		d.prefixes[i] = k.number()
		d.longest = max(d.longest, k.len())
		d.settled = max(d.settled, e.From)
		d.rows[i].from = e.From
		if e.From == 0 {
			d.rows[i].from = math.MinInt32
		}
		d.rateOf[i] = intern(rates, &d.rates, e.Rate)
		d.nameOf[i] = intern(names, &d.names, e.Name)
	}
	for i := range d.names { // do not keep the caller's buffers alive
		d.names[i] = strings.Clone(d.names[i])
	}
	d.rates, d.names = slices.Clone(d.rates), slices.Clone(d.names) // without the room left for growing
	d.tree = grow(flatten(keys, d.rows), n)
	return d
}

// intern gives equal values one place in list.
func intern[T comparable](seen map[T]uint32, list *[]T, v T) uint32 {
	at, ok := seen[v]
	if !ok {
		at = uint32(len(*list))
		seen[v] = at
		*list = append(*list, v)
	}
	return at
}

// Match finds the row for a number on a day: of the longest prefix that has a
// row in force, the latest one. ok is false if there is none. The default row
// (the empty prefix) matches whatever nothing else does, also the zero Number.
func (d *Deck) Match(n phone.Number, on timex.Date) (i Index, ok bool) {
	size, p := n.Len(), padded(n)
	if p >= pow10[phone.MaxDigits] || size > phone.MaxDigits {
		return none, false // not made by package phone
	}
	at := d.tree.find(p)
	short := size < d.longest // only then may the prefix be longer than the number
	if !short && on >= d.settled {
		return Index(at), at != none
	}
	for at != none { // bounded: next always leads to an earlier row
		r := d.rows[at]
		if r.from <= on && (!short || d.prefixes[at].Len() <= size) {
			return Index(at), true
		}
		at = r.next
	}
	return none, false
}

// Len is the number of rows.
func (d *Deck) Len() int { return len(d.rows) }

// Rate is the rate of a row. Rows of equal rates share one Rate: do not change it.
func (d *Deck) Rate(i Index) *Rate { return &d.rates[d.rateOf[i]] }

// Rates is how many different rates the deck has.
func (d *Deck) Rates() int { return len(d.rates) }

// Prefix is the prefix of a row in digits, empty for the default row.
func (d *Deck) Prefix(i Index) string { return d.prefixes[i].String() }

// Name is the destination of a row as the deck calls it.
func (d *Deck) Name(i Index) string { return d.names[d.nameOf[i]] }

// From is the first day a row holds, 0 if it always did.
func (d *Deck) From(i Index) timex.Date {
	if from := d.rows[i].from; from != math.MinInt32 {
		return from
	}
	return 0
}
