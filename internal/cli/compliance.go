package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"waihu/internal/calling/compliance"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/phone"
	"waihu/internal/timex"
)

// complianceCmd lists rules about calling, and asks them about one number.
type complianceCmd struct {
	Place string `arg:"" optional:"" help:"Tell the rules that hold in this place: CN, US, US-FL, FR. Without it and without --number the packs are listed."`

	Number   string   `help:"Ask whether this number may be called: with country code, +13055550100." placeholder:"NUMBER"`
	At       string   `help:"At this instant: 2026-11-30T20:15:00-05:00, or without an offset on the clock of the called person. Now if absent." placeholder:"INSTANT"`
	Purpose  string   `default:"sales" enum:"sales,service,survey,debt" help:"What the campaign is for: sales, service, survey, debt."`
	Mode     string   `default:"preview" enum:"manual,preview,progressive,predictive,robot" help:"How it dials: manual, preview, progressive, predictive, robot."`
	Line     string   `help:"Kind of line: mobile, landline; what the number tells if absent." enum:"mobile,landline," default:""`
	Address  string   `help:"Where the person lives, beside what the number tells: US-FL, GB." placeholder:"PLACE"`
	Zone     string   `help:"Time zone the list names: America/Chicago." placeholder:"ZONE"`
	Basis    string   `help:"Why they may be called: consent, written, customer, requested, published." enum:"consent,written,customer,requested,published," default:""`
	Evidence bool     `help:"The basis can be shown."`
	Listed   []string `help:"Do-not-call lists the number is on: us.national, gb.tps." placeholder:"LIST"`
	Asked    []string `help:"Lists that were just asked about it." placeholder:"LIST"`
	Past     []string `help:"Calls made to it before: instants as --at takes them." placeholder:"INSTANT"`
	Refused  bool     `help:"They refused."`
	Withheld bool     `help:"No calling number is shown; otherwise it is taken for one of your own that can be called back."`
	Campaign string   `help:"A file of the campaign's own rules and switches: JSON with own and switches." type:"existingfile" placeholder:"FILE"`

	Lang string `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
	JSON bool   `help:"Write JSON: the packs, the rules, or the answer as it stands in the legal record."`
}

// Help is what the short help leaves out.
func (complianceCmd) Help() string {
	return "With --number the exit code is 0 where the call is allowed and 3 where it is not."
}

// Run lists or asks.
func (c *complianceCmd) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	packs, err := compliance.Load()
	if err != nil {
		return err
	}
	told := explain.Calling{Tag: tag}
	switch {
	case c.Number != "" && c.Place != "":
		return coded{exitUsage, errors.New("a place lists rules and --number asks them: give one of the two (where the person lives is --address)")}
	case c.Number != "":
		return c.ask(e, packs, told)
	case c.Place != "":
		return c.rules(e, packs, told)
	}
	return c.packs(e, packs, told)
}

// packs lists the packs.
func (c *complianceCmd) packs(e *env, p *compliance.Packs, told explain.Calling) error {
	if c.JSON {
		return writeJSON(e.Out, p.List())
	}
	var b strings.Builder
	for i := range p.List() {
		k := &p.List()[i]
		fmt.Fprintf(&b, "%-3s %s\n", k.Place, told.Pack(k, p.Digest(k.Place)))
	}
	fmt.Fprintln(&b, "\n"+lang.Phrase(told.Tag, "compliance.no_advice", nil))
	_, err := fmt.Fprint(e.Out, b.String())
	return err
}

// rules tells every rule that holds in a place, and what the packs it comes from do
// not know.
func (c *complianceCmd) rules(e *env, p *compliance.Packs, told explain.Calling) error {
	place := strings.ToUpper(c.Place)
	if place != "EU" && !slices.Contains(p.Codes(), place) {
		return coded{exitUsage, fmt.Errorf("no rules are known for %q: the places are EU %s", c.Place, strings.Join(p.Codes(), " "))}
	}
	chain := p.Chain(place)
	out := []compliance.Rule{}
	var b strings.Builder
	var unknown []string
	for i := range p.List() {
		k := &p.List()[i]
		if slices.Contains(chain, k.Place) {
			unknown = append(unknown, told.Unknown(k)...)
		}
		for j := range k.Rules {
			r := &k.Rules[j]
			if !slices.Contains(chain, r.Place) {
				continue
			}
			out = append(out, *r)
			fmt.Fprintf(&b, "%s\n  %s\n", r.Name, told.Rule(r))
			for _, s := range told.About(r) {
				fmt.Fprintf(&b, "    %s\n", s)
			}
		}
	}
	if c.JSON {
		return writeJSON(e.Out, out)
	}
	fmt.Fprintf(&b, "\n%s\n", lang.Phrase(told.Tag, "compliance.unknown_title", nil))
	for _, s := range unknown {
		fmt.Fprintf(&b, "  - %s\n", s)
	}
	fmt.Fprintln(&b, "\n"+lang.Phrase(told.Tag, "compliance.no_advice", nil))
	_, err := fmt.Fprint(e.Out, b.String())
	return err
}

// ask asks about one number.
func (c *complianceCmd) ask(e *env, p *compliance.Packs, told explain.Calling) error {
	campaign, err := c.campaign()
	if err != nil {
		return err
	}
	book, err := p.For(campaign)
	if err != nil {
		return err
	}
	q, err := c.query(p)
	if err != nil {
		return coded{exitUsage, err}
	}
	zone := zoneOf(q)
	at := timex.At(time.Now())
	if c.At != "" {
		if at, err = instantIn(c.At, zone); err != nil {
			return coded{exitUsage, fmt.Errorf("--at: %w", err)}
		}
	}
	if err := c.known(q, at, zone); err != nil {
		return coded{exitUsage, err}
	}
	var a compliance.Answer
	book.Ask(q, at, &a)
	entry := book.Entry(q, at, &a)
	if c.JSON {
		err = writeJSON(e.Out, &entry)
	} else {
		told.Zone = zone
		err = c.tell(e, told, book, q, &a, &entry)
	}
	if err == nil && !a.OK {
		return coded{exitDecide, errors.New("")}
	}
	return err
}

func (c *complianceCmd) tell(e *env, told explain.Calling, book *compliance.Book, q *compliance.Query, a *compliance.Answer, entry *compliance.Entry) error {
	var b strings.Builder
	fmt.Fprintln(&b, told.Answer(a, "+"+q.Number.String()))
	for i := range a.Holds {
		fmt.Fprintf(&b, "  - %s\n", told.Hold(&a.Holds[i], entry.At))
	}
	for _, s := range told.Asked(entry) {
		fmt.Fprintln(&b, s)
	}
	terms := book.Terms(q, entry.At)
	fmt.Fprintf(&b, "\n%s\n", lang.Phrase(told.Tag, "compliance.term.title", nil))
	for _, s := range told.Terms(&terms) {
		fmt.Fprintf(&b, "  - %s\n", s)
	}
	_, err := fmt.Fprint(e.Out, b.String())
	return err
}

// campaign is the campaign of the flags, with what its file brings along.
func (c *complianceCmd) campaign() (out compliance.Campaign, err error) {
	if c.Campaign != "" {
		data, err := os.ReadFile(c.Campaign)
		if err != nil {
			return out, err
		}
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		if err := d.Decode(&out); err != nil {
			return out, fmt.Errorf("%s: %w; expected JSON with own rules and switches", c.Campaign, err)
		}
	}
	out.Purpose, out.Mode = compliance.Purpose(c.Purpose), compliance.Mode(c.Mode)
	return out, nil
}

// query is the number and what is said about it, without what has a time.
func (c *complianceCmd) query(p *compliance.Packs) (*compliance.Query, error) {
	n, ok := phone.Normalize(c.Number, "")
	if !ok {
		return nil, fmt.Errorf("--number: %q is no telephone number with its country code, such as +13055550100", c.Number)
	}
	q := &compliance.Query{Number: n, Line: compliance.Line(c.Line), ByNumber: p.OfNumber(n), Consent: compliance.Consent{Basis: compliance.Basis(c.Basis), Evidence: c.Evidence}}
	if c.Line == "" {
		q.Line = compliance.Line(phone.Classify(n).Kind)
	}
	if !c.Withheld {
		q.Caller = compliance.Caller{Number: n, Shown: true, Owned: true, Callable: true}
	}
	country, state, _ := strings.Cut(c.Address, "-")
	if country == "" && c.Zone != "" {
		country, state, _ = strings.Cut(q.ByNumber.Code, "-")
	}
	var err error
	if q.ByAddress, err = p.OfAddress(country, state, c.Zone); err != nil {
		return nil, fmt.Errorf("--zone: %w", err)
	}
	return q, nil
}

// known enters what is known about the number at an instant.
func (c *complianceCmd) known(q *compliance.Query, at timex.Instant, zone *time.Location) error {
	for _, list := range c.Listed {
		q.Marks = append(q.Marks, compliance.Mark{List: list, Source: "--listed", Since: at})
	}
	for _, list := range c.Asked {
		q.Asked = append(q.Asked, compliance.Asked{List: list, At: at})
	}
	if c.Refused {
		q.Refused = compliance.Refused{At: at, Source: "--refused"}
	}
	for _, text := range c.Past {
		when, err := instantIn(text, zone)
		if err != nil {
			return fmt.Errorf("--past: %w", err)
		}
		q.Past = append(q.Past, compliance.Past{At: when, Number: q.Number, Talked: true})
	}
	slices.SortFunc(q.Past, func(a, b compliance.Past) int { return int(a.At.Sub(b.At)) })
	return nil
}

// zoneOf is the zone instants are read and told in: the first of the called person.
func zoneOf(q *compliance.Query) *time.Location {
	for _, at := range []compliance.Place{q.ByAddress, q.ByNumber} {
		if len(at.Zones) > 0 {
			return at.Zones[0]
		}
	}
	return time.UTC
}

// instantIn reads an instant; one without an offset is on the clock of a zone.
func instantIn(s string, zone *time.Location) (timex.Instant, error) {
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(form, s, zone); err == nil {
			return timex.At(t), nil
		}
	}
	return 0, fmt.Errorf("%q is no instant such as 2026-11-30T20:15:00-05:00 or 2026-11-30T20:15", s)
}
