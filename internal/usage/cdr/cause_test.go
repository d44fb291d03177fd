package cdr

import (
	"slices"
	"testing"
	"time"

	"waihu/internal/usage"
)

func TestEveryCauseHasAResultOfAnUnansweredCall(t *testing.T) {
	unanswered := func(r usage.Result) bool {
		return r != usage.Answered && slices.Contains(r.Choices(), string(r))
	}
	for cause := range 128 {
		if r := resultOfQ850(cause); !unanswered(r) {
			t.Errorf("Q.850 cause %d is %q", cause, r)
		}
	}
	for code := 300; code < 700; code++ {
		if r := resultOfSIP(code); !unanswered(r) {
			t.Errorf("SIP %d is %q", code, r)
		}
	}
	for name, r := range hangupCauses {
		if !unanswered(r) {
			t.Errorf("%s is %q", name, r)
		}
	}
	for status, r := range vicidialUnanswered {
		if !unanswered(r) {
			t.Errorf("status %s is %q", status, r)
		}
		if _, both := vicidialAnswered[status]; both {
			t.Errorf("status %s is answered and is not", status)
		}
	}
}

func TestStatusesOfVICIdial(t *testing.T) {
	for _, c := range []struct {
		status string
		length time.Duration
		result usage.Result
		by     usage.AnsweredBy
	}{
		{"SALE", time.Minute, usage.Answered, usage.Person},
		{"sale", time.Minute, usage.Answered, usage.Person},
		{"AL", time.Minute, usage.Answered, usage.Machine},
		{"AFAX", time.Second, usage.Answered, usage.Fax},
		{"DROP", time.Second, usage.Answered, ""},
		{"NA", time.Minute, usage.NoAnswer, ""},
		{"ADC", 0, usage.Unassigned, ""},
		{"HUC17", 0, usage.Busy, ""},
		{"HUCK", time.Second, usage.Answered, ""},
		{"MYOWN", time.Minute, usage.Answered, ""},
		{"MYOWN", 0, usage.NoAnswer, ""},
	} {
		if r, by := vicidialResult(c.status, c.length); r != c.result || by != c.by {
			t.Errorf("%s of %v: %s by %q", c.status, c.length, r, by)
		}
	}
}
