package planfile

import (
	"fmt"
	"strings"

	"waihu/internal/charging/offer"
)

// WriteOffer writes an offer as YAML that LoadOffer reads: who offers it, and the
// answers to the checklist in its order. Other parts are left to be filled in by
// hand.
func WriteOffer(o *offer.Offer) []byte {
	var b strings.Builder
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", key, value)
		}
	}
	line("offer", o.ID)
	line("plan", said(o.Plan))
	line("vendor", said(o.Vendor))
	line("source", said(o.Source))
	if o.ReadOn != 0 {
		line("read_on", o.ReadOn.String())
	}
	line("confidence", string(o.Confidence))
	if len(o.Fees) > 0 {
		b.WriteString("fees:\n")
	}
	for i := range o.Fees {
		b.WriteString("  - {" + strings.Join(feeWords(&o.Fees[i]), ", ") + "}\n")
	}
	return []byte(b.String())
}

func feeWords(f *offer.Fee) []string {
	out := []string{"category: " + string(f.Category), "answer: " + string(f.Answer)}
	add := func(key, value string) {
		if value != "" {
			out = append(out, key+": "+value)
		}
	}
	if f.Amount.Set {
		add("amount", f.Amount.String())
	}
	if f.Low != nil && f.High != nil {
		add("low", f.Low.String())
		add("high", f.High.String())
	}
	if f.Percent != nil {
		add("percent", f.Percent.String())
	}
	add("per", string(f.Per))
	if f.Times.Sign() > 0 {
		add("times", f.Times.String())
	}
	add("component", f.Component)
	add("note", said(f.Note))
	return out
}

// said is a text in double quotes; an empty one stays empty.
func said(s string) string {
	if s == "" {
		return ""
	}
	return quoted(s)
}
