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
	terms(o, line)
	if len(o.Fees) > 0 {
		b.WriteString("fees:\n")
	}
	for i := range o.Fees {
		b.WriteString("  - {" + strings.Join(feeWords(&o.Fees[i]), ", ") + "}\n")
	}
	return []byte(b.String())
}

// terms writes what the offer says of its length, its end and its service.
func terms(o *offer.Offer, line func(key, value string)) {
	if o.NoTerm {
		line("no_term", "true")
	} else if !o.Term.IsZero() {
		line("term", o.Term.String())
	}
	if o.NoticeDays != nil {
		line("notice_days", fmt.Sprint(*o.NoticeDays))
	}
	if o.AutoRenew != nil {
		line("auto_renew", fmt.Sprint(*o.AutoRenew))
	}
	if t := o.Termination; t != nil {
		words := []string{"share: " + t.Share.String()} // also where it is nothing: that is said
		if t.Months > 0 {
			words = append(words, fmt.Sprint("months: ", t.Months))
		}
		if t.Amount.Sign() > 0 {
			words = append(words, "amount: "+t.Amount.String())
		}
		line("early_termination", "{"+strings.Join(words, ", ")+"}")
	}
	if o.Downsize.When != "" {
		line("downsize", "{when: "+string(o.Downsize.When)+"}")
	}
	var service []string
	if a := o.Service.Availability; a != nil {
		service = append(service, "availability: "+a.String())
	}
	if o.Service.SupportHours != "" {
		service = append(service, "support_hours: "+string(o.Service.SupportHours))
	}
	if o.Service.Response > 0 {
		service = append(service, "response: "+o.Service.Response.String())
	}
	if len(service) > 0 {
		line("service", "{"+strings.Join(service, ", ")+"}")
	}
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
