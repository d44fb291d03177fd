package document

import (
	"strconv"

	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// Told is an invoice in words of one language, for whoever lays it out: what
// the text and the PDF say as well, in the same sentences.
type Told struct {
	Title  string
	Draft  string // the note of a draft; empty once it is issued
	Head   []Fact
	Seller ToldParty
	Buyer  ToldParty
	Lines  []ToldLine
	Totals []Fact // the last one is what is asked for
	Notes  []string
}

// Fact is a value with its label.
type Fact struct{ Label, Value string }

// ToldParty is a seller or buyer.
type ToldParty struct {
	Label  string
	Name   string
	Fields []Fact
}

// ToldLine is a line and how it was made.
type ToldLine struct {
	ID         string
	Component  string // empty: the line is about the plan as a whole
	No         int
	Name       string
	Quantity   string
	UnitPrice  string
	Amount     money.Amount
	Unknown    bool   // a price nobody knows is in it
	Summary    string // in one sentence
	Period     string // its own, where it is not the invoice's
	Quantities string // how the measured quantity became the charged one
	Parts      []ToldPart
	More       string // parts that are not listed, and their sum
	Steps      []Fact
	Rules      []string
	Evidence   string
	Facts      string // kind of facts behind it: calls, sessions ...
	Count      int64
}

// ToldPart is a piece of a line as a calculation.
type ToldPart struct {
	Key     string
	Name    string
	Formula string
	Records string // facts behind it
}

// Tell puts an invoice into words.
func Tell(tag lang.Tag, inv *invoice.Invoice) *Told {
	t := &Told{Title: say(tag, "doc.title"), Head: told(facts(tag, inv)),
		Seller: toldParty(tag, "doc.seller", inv.Seller), Buyer: toldParty(tag, "doc.buyer", inv.Buyer), Notes: sentences(tag, inv.Notes)}
	if inv.Status == invoice.Drafted {
		t.Draft = say(tag, "doc.draft_note")
	}
	for i := range inv.Lines {
		t.Lines = append(t.Lines, tellLine(tag, inv, i))
	}
	for _, r := range totals(tag, inv) {
		t.Totals = append(t.Totals, Fact{r.label, r.value})
	}
	return t
}

func told(in []labelled) []Fact {
	out := make([]Fact, len(in))
	for i, f := range in {
		out[i] = Fact{f.label, f.value}
	}
	return out
}

func toldParty(tag lang.Tag, key string, p invoice.Party) ToldParty {
	return ToldParty{lang.Phrase(tag, key, nil), clean(p.Name), told(partyFields(tag, p))}
}

func tellLine(tag lang.Tag, inv *invoice.Invoice, i int) ToldLine {
	l := &inv.Lines[i]
	out := ToldLine{ID: l.ID, Component: l.Component, No: i + 1, Name: clean(lineName(tag, l)), Quantity: quantity(tag, l), UnitPrice: priceText(tag, l), Amount: l.Amount,
		Unknown: l.Unknown, Summary: summary(tag, l), Quantities: chain(tag, l), Rules: sentences(tag, l.Rules), Evidence: evidence(tag, l.Evidence),
		Facts: l.Evidence.Facts, Count: l.Evidence.Count}
	if l.After > l.First && (l.First != inv.First || l.After != inv.After) {
		out.Period = lang.Dates(tag, l.First, l.After)
	}
	shown, more, sum := restOfParts(shownParts(l))
	for j := range shown {
		out.Parts = append(out.Parts, tellPart(tag, l, &shown[j]))
	}
	if more > 0 {
		out.More = say(tag, "doc.more_parts", "n", strconv.Itoa(more)) + ": " + lang.Number(tag, sum)
	}
	for _, s := range steps(tag, l) {
		out.Steps = append(out.Steps, Fact{s.label, s.value})
	}
	return out
}

func tellPart(tag lang.Tag, l *rating.Line, p *rating.Part) ToldPart {
	out := ToldPart{Key: p.Key, Name: clean(partName(tag, l, p)), Formula: formula(tag, l, p)}
	if p.Count > 0 {
		out.Records = records(tag, l.Evidence.Facts, p.Count)
	}
	return out
}
