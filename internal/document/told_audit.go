package document

import (
	"time"

	"waihu/internal/charging/audit"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// ToldAudit is an audit in words, for a page.
type ToldAudit struct {
	Answer   []string
	Calls    string // what became of the vendor's list; empty: there is none
	Findings []ToldFinding
}

// ToldFinding is one finding in words.
type ToldFinding struct {
	Line     string
	Cause    string
	Why      string
	Says     string   // what the contract has about it
	Rows     string   // of the bill
	Tax      string   // how much of it is tax
	Evidence string   // how much stands behind it
	Examples []string // the first pieces of it
}

// TellAudit says an audit in a language. The error is that of its time zone.
func TellAudit(tag lang.Tag, r *audit.Result) (*ToldAudit, error) {
	zone, err := timex.LoadZone(r.Zone)
	if err != nil {
		return nil, err
	}
	out := &ToldAudit{Answer: auditAnswer(tag, r)}
	if !r.WithTax {
		out.Answer = append(out.Answer, say(tag, "audit.before_tax"))
	}
	if c := r.Calls; c != nil {
		out.Calls = callsWords(tag, c)
	}
	for i := range r.Findings {
		out.Findings = append(out.Findings, tellFinding(tag, r, i, zone))
	}
	return out, nil
}

func tellFinding(tag lang.Tag, r *audit.Result, i int, zone *time.Location) ToldFinding {
	f := &r.Findings[i]
	out := ToldFinding{Line: auditLine(tag, f), Cause: auditCause(tag, f.Cause), Why: auditWhy(tag, f), Rows: auditRows(tag, f.Rows), Evidence: evidenceWords(tag, f)}
	if firstOf(r, i) {
		out.Says = contractSays(tag, r, f)
	}
	if !f.Tax.IsZero() && !f.Net.IsZero() {
		out.Tax = say(tag, "audit.with_tax", "net", signedMoney(tag, f.Net), "tax", signedMoney(tag, f.Tax))
	}
	for k := range f.Evidence {
		out.Examples = append(out.Examples, auditExample(tag, &f.Evidence[k], zone))
	}
	return out
}
