package ledger

import (
	"testing"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
)

var cny, usd = money.MustCurrency("CNY"), money.MustCurrency("USD")

func entry() Entry {
	return Entry{ID: id.ID{1}, At: 5, Kind: "payment", Ref: "p1", Postings: []Posting{
		{"cash", money.Micros(3, cny)}, {"receivable", money.Micros(-3, cny)}, {"cash", money.Micros(7, usd)}, {"receivable", money.Micros(-7, usd)}}}
}

func TestCheck(t *testing.T) {
	e := entry()
	if err := e.Check(); err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string]func(*Entry){
		"no kind":          func(e *Entry) { e.Kind = "" },
		"no reference":     func(e *Entry) { e.Ref = "" },
		"one side":         func(e *Entry) { e.Postings = e.Postings[:1] },
		"a rest":           func(e *Entry) { e.Postings[0].Amount = money.Micros(4, cny) },
		"currencies mixed": func(e *Entry) { e.Postings[0].Amount = money.Micros(3, usd) },
		"no account":       func(e *Entry) { e.Postings[2].Account = "" },
		"no currency":      func(e *Entry) { e.Postings[2].Amount = money.Amount{} },
		"too many":         func(e *Entry) { e.Postings = make([]Posting, maxPostings+1) },
	} {
		e := entry()
		spoil(&e)
		if err := e.Check(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	e.Postings = []Posting{{"a", money.Micros(1<<62, cny)}, {"b", money.Micros(1<<62, cny)}}
	if err := e.Check(); fault.KindOf(err) != fault.Overflow {
		t.Errorf("beyond 64 bits: %v", err)
	}
}

// TestEveryChangeShows changes every field of a chained entry.
func TestEveryChangeShows(t *testing.T) {
	first, second := entry(), entry()
	first.Chain(1, Hash{})
	second.Ref = "p2"
	second.Chain(2, first.Hash)
	if !first.Follows(0, Hash{}) || !second.Follows(1, first.Hash) {
		t.Fatal("the chain does not hold")
	}
	for what, spoil := range map[string]func(*Entry){
		"seq":      func(e *Entry) { e.Seq++ },
		"id":       func(e *Entry) { e.ID[3]++ },
		"at":       func(e *Entry) { e.At++ },
		"value":    func(e *Entry) { e.Value++ },
		"kind":     func(e *Entry) { e.Kind, e.Ref = "paymen", "tp2" },
		"ref":      func(e *Entry) { e.Ref, e.Note = "p", "2" },
		"note":     func(e *Entry) { e.Note = "x" },
		"account":  func(e *Entry) { e.Postings[1].Account = "cash" },
		"amount":   func(e *Entry) { e.Postings[1].Amount = money.Micros(-4, cny) },
		"currency": func(e *Entry) { e.Postings[1].Amount = money.Micros(-3, usd) },
		"one less": func(e *Entry) { e.Postings = e.Postings[:3] },
		"prev":     func(e *Entry) { e.Prev[0]++ },
		"hash":     func(e *Entry) { e.Hash[0]++ },
	} {
		e := second
		e.Postings = append([]Posting(nil), second.Postings...)
		spoil(&e)
		if e.Follows(1, first.Hash) {
			t.Errorf("a changed %s does not show", what)
		}
	}
}
