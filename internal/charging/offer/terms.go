package offer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
)

// TermKey is a question about the terms of an offer: how long, how to leave, what is
// promised. The word is that of the offer file.
type TermKey string

// The questions, in the order they are asked.
const (
	TermOf       TermKey = "term"
	Notice       TermKey = "notice_days"
	Renewal      TermKey = "auto_renew"
	Leaving      TermKey = "early_termination"
	Smaller      TermKey = "downsize"
	Availability TermKey = "availability"
	Support      TermKey = "support_hours"
	FirstAnswer  TermKey = "response"
)

// Choices lists them.
func (TermKey) Choices() []string {
	return []string{"term", "notice_days", "auto_renew", "early_termination", "downsize", "availability", "support_hours", "response"}
}

// TermKeys lists the questions in their order.
func TermKeys() []TermKey {
	return []TermKey{TermOf, Notice, Renewal, Leaving, Smaller, Availability, Support, FirstAnswer}
}

// Example is an answer that can be read, as the question shows it.
func (k TermKey) Example() string {
	return map[TermKey]string{TermOf: "12 months, no", Notice: "30", Renewal: "yes, no", Leaving: "50%, 3 months, 2000, no", Smaller: strings.Join(DownsizeWhen("").Choices(), ", "),
		Availability: "99.9%", Support: strings.Join(SupportHours("").Choices(), ", "), FirstAnswer: "4h"}[k]
}

// AnswerTerm reads an answer to a question about terms into the offer. "?" and an
// empty one leave it open. An error tells what can be read.
func (o *Offer) AnswerTerm(k TermKey, text string) error {
	text = strings.TrimSpace(text)
	if text == "" || text == "?" {
		return nil
	}
	if next := *o; next.setTerm(k, text) {
		*o = next
		return nil
	}
	return fmt.Errorf("%q is not an answer to %s; expected %s, or ?", text, k, k.Example())
}

// setTerm is false where the text cannot be read.
func (o *Offer) setTerm(k TermKey, text string) bool {
	switch k {
	case TermOf:
		return o.setLength(text)
	case Notice:
		n, err := strconv.Atoi(text)
		o.NoticeDays = &n
		return err == nil && n >= 0
	case Renewal:
		yes := text == "yes"
		o.AutoRenew = &yes
		return yes || text == "no"
	case Leaving:
		return o.setLeaving(text)
	case Smaller:
		o.Downsize.When = DownsizeWhen(text)
		return slices.Contains(o.Downsize.When.Choices(), text)
	case Availability:
		p, err := catalog.ParsePercent(text)
		o.Service.Availability = &p
		return err == nil
	case Support:
		o.Service.SupportHours = SupportHours(text)
		return slices.Contains(o.Service.SupportHours.Choices(), text)
	case FirstAnswer:
		d, err := catalog.ParseDuration(text)
		o.Service.Response = d
		return err == nil && d > 0
	}
	return false
}

func (o *Offer) setLength(text string) bool {
	if text == "no" {
		o.NoTerm, o.Term = true, contract.Term{}
		return true
	}
	t, err := contract.ParseTerm(text)
	o.NoTerm, o.Term = false, t
	return err == nil
}

// setLeaving reads what leaving early costs: a share of the rest, so many months, an
// amount, or no.
func (o *Offer) setLeaving(text string) bool {
	t := catalog.Termination{}
	var err error
	switch months, is := strings.CutSuffix(text, " months"); {
	case text == "no":
	case is:
		t.Months, err = strconv.Atoi(months)
	case strings.HasSuffix(text, "%"):
		t.Share, err = catalog.ParsePercent(text)
	default:
		t.Amount, err = exact.Parse(text)
	}
	o.Termination = &t
	return err == nil && t.Months >= 0 && t.Share.Sign() >= 0 && t.Amount.Sign() >= 0
}
