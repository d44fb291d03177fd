package offer

import (
	"reflect"
	"testing"
	"time"
)

// TestAnswersAboutTerms: what can be read is in the offer, what cannot leaves it as it was.
func TestAnswersAboutTerms(t *testing.T) {
	o := &Offer{}
	for k, text := range map[TermKey]string{TermOf: "12 months", Notice: "30", Renewal: "yes", Leaving: "50%", Smaller: "term_end", Availability: "99.9%", Support: "business", FirstAnswer: "4h"} {
		if err := o.AnswerTerm(k, text); err != nil {
			t.Errorf("%s: %v", k, err)
		}
	}
	if o.Term.Count != 12 || *o.NoticeDays != 30 || !*o.AutoRenew || o.Termination.Share.Number.String() != "0.5" || o.Downsize.When != TermEnd ||
		o.Service.Availability.Number.String() != "0.999" || o.Service.SupportHours != BusinessHours || time.Duration(o.Service.Response) != 4*time.Hour {
		t.Errorf("%+v", o)
	}
	before := *o
	for k, texts := range map[TermKey][]string{TermOf: {"a while", "-1 months"}, Notice: {"-1", "soon"}, Renewal: {"maybe"}, Leaving: {"-5%", "x months", "-1", "much"}, Smaller: {"sometimes"},
		Availability: {"good"}, Support: {"kind"}, FirstAnswer: {"0h", "quickly"}} {
		for _, text := range texts {
			if err := o.AnswerTerm(k, text); err == nil || !reflect.DeepEqual(*o, before) {
				t.Errorf("%s: %q: %v", k, text, err)
			}
		}
	}
	for _, open := range []string{"", " ? "} {
		if err := o.AnswerTerm(Notice, open); err != nil || *o.NoticeDays != 30 {
			t.Errorf("%q: %v", open, err)
		}
	}
	if err := o.AnswerTerm(TermOf, "no"); err != nil || !o.NoTerm || o.Term.Count != 0 {
		t.Errorf("%v, %+v", err, o.Term)
	}
	for _, k := range TermKeys() {
		if k.Example() == "" {
			t.Errorf("%s has no example", k)
		}
	}
}
