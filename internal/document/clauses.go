package document

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"waihu/internal/charging/clause"
	"waihu/internal/lang"
)

// ClausesText writes a checked contract for a terminal: what matters most first,
// each clause with what the contract has, why it matters, what it costs and what
// to ask for. Errors are those of w.
func ClausesText(w io.Writer, c *clause.Checked, o TextOptions) error {
	t := &textPage{out: bufio.NewWriter(w), o: o}
	n := func(s clause.Status) string { return strconv.Itoa(c.Count(s)) }
	t.wrapped(boldText, 0, t.say("clause.summary", "contract", clean(c.Contract), "on", c.AsOf.String(), "missing", n(clause.Missing), "risky", n(clause.Risky),
		"costs", n(clause.Costs), "present", n(clause.Present)))
	known := ""
	if !c.Known {
		known = "no"
	}
	t.wrapped(plainText, 0, t.say("clause.fixed", "amount", lang.Money(o.Tag, c.Fixed), "known", known))
	if c.Ends != 0 {
		t.wrapped(plainText, 0, t.say("clause.ends", "ends", c.Ends.String()))
	}
	t.wrapped(dimText, 0, t.say("clause.note"))
	t.rule()
	for _, sev := range []clause.Severity{clause.High, clause.Medium, clause.Low} {
		for i := range c.Findings {
			if f := &c.Findings[i]; f.Severity == sev {
				t.clause(f)
			}
		}
	}
	var well []string
	for i := range c.Findings {
		if c.Findings[i].Status == clause.Present {
			well = append(well, lang.Phrase(o.Tag, "clause.name."+string(c.Findings[i].Clause), nil))
		}
	}
	if len(well) > 0 {
		t.put(plainText, "")
		t.wrapped(plainText, 0, t.say("clause.all_well", "names", lang.List(o.Tag, well)))
	}
	return t.out.Flush()
}

// severityWidth is the column of the severity beside a clause's name.
const severityWidth = 30

func (t *textPage) clause(f *clause.Finding) {
	name := lang.Phrase(t.o.Tag, "clause.name."+string(f.Clause), nil)
	status := lang.Phrase(t.o.Tag, "clause.status."+string(f.Status), nil) + t.say("doc.bracket", "text", lang.Phrase(t.o.Tag, "clause.severity."+string(f.Severity), nil))
	look := boldText
	if f.Severity == clause.High {
		look = warnText
	}
	t.put(look, padRight(name, textWidth-severityWidth)+padLeft(strings.TrimSpace(status), severityWidth))
	for _, s := range clauseWords(t.o.Tag, f) {
		t.wrapped(plainText, 3, s)
	}
}

// clauseWords are the sentences of a finding.
func clauseWords(tag lang.Tag, f *clause.Finding) []string {
	out := []string{say(tag, "clause.has", "text", clean(lang.Phrase(tag, "clause.says."+f.Says, f.Args)))}
	if f.Costs != nil {
		out = append(out, say(tag, "clause.money", "amount", lang.Money(tag, f.Costs.Amount), "when", lang.Phrase(tag, "clause.when."+f.Costs.When, f.Costs.Args)))
	}
	return append(out, say(tag, "clause.matters", "text", lang.Phrase(tag, "clause.why."+string(f.Clause), nil)),
		say(tag, "clause.demand", "text", lang.Phrase(tag, "clause.ask."+string(f.Clause), nil)))
}
