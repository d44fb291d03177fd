package desk

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
)

// mostSteps bounds an interview: a script may lead back.
const mostSteps = 50

// asking is how far the script of a call has come.
type asking struct {
	Edit  int64
	Moves []move
	Step  *struct {
		ID        string
		Questions []question
	}
	Disposition string // what its end proposes
}

type move struct {
	Step    string              `json:"step"`
	Answers map[string][]string `json:"answers,omitempty"`
}

type question struct {
	ID, Kind, Least, Most string
	Required              bool
	Choices               []struct{ ID string }
}

// interview goes through the script of a call to its end, with answers by chance, and
// gives the disposition it proposes. An end that is not reached proposes nothing.
func (a *agent) interview(ctx context.Context, try string, dice *rand.Rand) string {
	at := "/v1/tries/" + try + "/answers"
	var now asking
	if err := a.c.ask(ctx, http.MethodGet, at, nil, &now); err != nil {
		a.tell(err.Error())
		return ""
	}
	for range mostSteps {
		if now.Step == nil {
			return now.Disposition
		}
		m := move{Step: now.Step.ID, Answers: map[string][]string{}}
		for _, q := range now.Step.Questions {
			if said := q.answer(dice); said != "" {
				m.Answers[q.ID] = []string{said}
			}
		}
		body := map[string]any{"edit": now.Edit + 1, "moves": append(now.Moves, m)}
		now = asking{}
		if err := a.c.ask(ctx, http.MethodPut, at, body, &now); err != nil {
			if ctx.Err() == nil {
				a.tell(err.Error())
			}
			return ""
		}
	}
	return ""
}

// answer is one to a question; empty: none is given. Most people say yes.
func (q *question) answer(dice *rand.Rand) string {
	switch q.Kind {
	case "yes_no":
		if dice.IntN(5) == 0 {
			return "no"
		}
		return "yes"
	case "choice", "several":
		return q.Choices[dice.IntN(len(q.Choices))].ID
	case "scale", "number":
		least, _ := strconv.Atoi(q.Least) // what is none counts from 0
		most, err := strconv.Atoi(q.Most)
		if err != nil {
			most = least + 10
		}
		return strconv.Itoa(max(least, most-dice.IntN(most-least+1)*dice.IntN(2))) // the better half, mostly
	case "date":
		return q.Least
	}
	if q.Required {
		return "simulated"
	}
	return ""
}

// choose is a disposition: a sale of ten, a callback and a refusal of twenty, else what
// ends it or leaves it open.
func (a *agent) choose() code {
	wanted := func(c *code) bool { return !c.Flags.Refuse && !c.Flags.Sale && !c.Flags.Callback && !c.Flags.Machine }
	switch roll := a.dice.IntN(20); {
	case roll < 2:
		wanted = func(c *code) bool { return c.Flags.Sale }
	case roll == 2:
		wanted = func(c *code) bool { return c.Flags.Callback }
	case roll == 3:
		wanted = func(c *code) bool { return c.Flags.Refuse }
	}
	start := a.dice.IntN(max(len(a.codes), 1))
	for i := range a.codes {
		if c := &a.codes[(start+i)%len(a.codes)]; wanted(c) {
			return *c
		}
	}
	return code{Code: "done"}
}
