package contract

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/exact"
	"waihu/internal/timex"
)

// signed is what the digest of terms is over: all that can move a price.
type signed struct {
	Plan       json.RawMessage         `json:"plan"`
	Decks      map[string]string       `json:"decks"`
	Zone       string                  `json:"zone"`
	First      timex.Date              `json:"first"`
	After      timex.Date              `json:"after"`
	Start      timex.Date              `json:"start"`
	End        timex.Date              `json:"end"`
	Quantities map[string]exact.Number `json:"quantities"`
	Changes    map[string][]Change     `json:"changes"`
	Modules    [][3]string             `json:"modules"`
	Opening    []Opening               `json:"opening"`
	Holidays   map[string]string       `json:"holidays"`

	// Clauses that need more than the period; left out where there are none.
	Before   *Standing `json:"before,omitempty"`
	Promises []string  `json:"promises,omitempty"`
	Prepay   []Payment `json:"prepay,omitempty"`
	Levels   []Level   `json:"levels,omitempty"`
	Leaving  []string  `json:"leaving,omitempty"`
}

// digest is the SHA-256 over the terms as canonical JSON, in hexadecimal.
func (t *Terms) digest() string {
	s := signed{Plan: catalog.Canonical(t.Plan), Decks: map[string]string{}, Zone: t.Loc.String(), First: t.First, After: t.After, Start: t.Start, End: t.endThatCounts(),
		Quantities: t.Quantities, Changes: t.Changes, Opening: t.Opening, Holidays: map[string]string{}}
	for id, d := range t.Decks {
		s.Decks[id] = deckDigest(d)
	}
	for _, m := range t.Modules {
		s.Modules = append(s.Modules, [3]string{m.Module, m.From.String(), m.To.String()})
	}
	for i := range t.Plan.Schedules {
		if name := t.Plan.Schedules[i].Calendar; t.Holidays[name] != nil {
			s.Holidays[name] = specialDays(t.Holidays[name], t.First-1, t.After+1)
		}
	}
	s.clauses(t)
	b, err := json.Marshal(s) // maps are written in the order of their keys
	if err != nil {
		b = []byte(err.Error()) // none of these types can fail
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// clauses adds what commitments, prepayments, service levels and leaving early
// hang on.
func (s *signed) clauses(t *Terms) {
	s.Before, s.Prepay, s.Levels = t.Before, t.Prepay, t.Levels
	for i := range t.Promises {
		p := &t.Promises[i]
		s.Promises = append(s.Promises, string(catalog.Canonical(&p.Commitment)), p.First.String(), p.After.String(), p.Served.String(), p.Reached.String())
	}
	if l := t.Leaving; l != nil {
		s.Leaving = append(s.Leaving, l.End.String(), l.Bound.String(), l.Next.Digest)
		for _, rest := range l.Rest {
			s.Leaving = append(s.Leaving, rest.Digest)
		}
	}
}

// endThatCounts is the end of service as far as it can move a price of the
// period: an amendment that ends a contract later does not change the terms of
// months that were billed. Fees with a period of their own can reach beyond.
func (t *Terms) endThatCounts() timex.Date {
	if t.End >= t.After && !slices.ContainsFunc(t.Plan.Components, func(c catalog.Component) bool { return c.Every != "" }) {
		return 0
	}
	return t.End
}

// specialDays is one letter a day: h holiday, w a working day, o any other, and
// x where the calendar knows nothing.
func specialDays(c *timex.Calendar, first, after timex.Date) string {
	var b []byte
	for d := first; d < after; d++ {
		switch {
		case !c.Covers(d):
			b = append(b, 'x')
		case c.IsHoliday(d):
			b = append(b, 'h')
		case c.IsWorkday(d):
			b = append(b, 'w')
		default:
			b = append(b, 'o')
		}
	}
	return string(b)
}

// deckDigest is the SHA-256 over the rows of a deck in their order.
func deckDigest(d *deck.Deck) string {
	h := sha256.New()
	var b []byte
	for i := range deck.Index(d.Len()) {
		r := d.Rate(i)
		b = append(b[:0], d.Prefix(i)...)
		b = append(append(b, 0), d.Name(i)...)
		b = append(b, 0)
		for _, n := range []int64{int64(d.From(i)), r.Price, int64(r.Per), int64(r.First), int64(r.Next), int64(r.Minimum), int64(r.Grace), r.Connect, r.MinCost, r.MaxCost, int64(r.Status)} {
			b = binary.BigEndian.AppendUint64(b, uint64(n))
		}
		if r.ConnectFree {
			b = append(b, 1)
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))
}
