package life

import (
	"strconv"

	"waihu/internal/charging/contract"
	"waihu/internal/timex"
)

// Clause is what of a contract or plan decided something. lang has the sentence
// under "clause." + Key.
type Clause struct {
	Key  string            `json:"key"`
	Path string            `json:"path,omitempty"` // where it stands: renewal.notice_days
	Args map[string]string `json:"args,omitempty"`
}

// Exit is a day a contract can end without a fee.
type Exit struct {
	On       timex.Date `json:"on"`        // day after the last
	NoticeBy timex.Date `json:"notice_by"` // last day to give notice for it
	Clauses  []Clause   `json:"clauses"`
}

func noticeDays(c *contract.Contract) int {
	if c.Renewal == nil {
		return 0
	}
	return c.Renewal.NoticeDays
}

// FreeExit is the first day the contract can end on without a fee, when notice
// is given today: the end of its term, of the next one if the notice comes too
// late for this one, or for an open contract as soon as the notice has run.
func (l *Life) FreeExit(c *contract.Contract, today timex.Date) Exit {
	days := noticeDays(c)
	notice := Clause{"notice", "renewal.notice_days", map[string]string{"days": strconv.Itoa(days)}}
	to := l.TermTo
	if l.State == Signed {
		to = firstTerm(c)
	}
	switch {
	case l.EndsOn != 0:
		return Exit{l.EndsOn, l.EndsOn, []Clause{{Key: "notice_given", Args: map[string]string{"date": (l.EndsOn - 1).String()}}}}
	case to == 0:
		on := max(today+timex.Date(days), c.Start+1)
		return Exit{on, today, []Clause{{Key: "open", Path: "term"}, notice}}
	case !Renews(c):
		return Exit{to, to - 1, []Clause{{Key: "term_ends", Path: "term", Args: map[string]string{"date": (to - 1).String()}}}}
	}
	clauses := []Clause{{Key: "renews", Path: "renewal.auto"}, notice}
	for range maxSteps { // terms have a day at least
		if today+timex.Date(days) <= to {
			break
		}
		next := nextTerm(c, to)
		if next == 0 {
			to = today + timex.Date(days)
			break
		}
		clauses = []Clause{{Key: "too_late", Path: "renewal.notice_days", Args: map[string]string{"date": (to - timex.Date(days)).String(), "term": (to - 1).String()}}, notice}
		to = next
	}
	return Exit{to, to - timex.Date(days), append(clauses, Clause{Key: "term_ends", Path: "term", Args: map[string]string{"date": (to - 1).String()}})}
}
