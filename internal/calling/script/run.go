package script

import (
	"fmt"
	"maps"
	"slices"

	"waihu/internal/fault"
)

// Answers are what was answered, by question. An answer is a list of words: of
// several as many as were chosen, of every other kind one. A question that was
// passed over is not there.
type Answers map[string][]string

// Move is a step that was done, with what was answered in it.
type Move struct {
	Step    string  `json:"step"`
	Answers Answers `json:"answers,omitempty"`
}

// Sheet is what was done in one call so far, and what is answered already in the
// step where it stands.
type Sheet struct {
	Moves []Move  `json:"moves,omitempty"`
	Open  Answers `json:"open,omitempty"`
}

// Run is where a sheet leads.
type Run struct {
	Path    []string // the steps taken, and that where it stands
	At      string   // where it stands; empty: it is over
	Missing []string // required questions of that step without an answer
	End     End      // once it is over
	Answers Answers  // of the path; the last counts where one was asked again
	Quotas  []string // it belongs to, and that were not full
	Full    string   // the quota that ended it
}

// IsOver tells whether the end is reached.
func (r *Run) IsOver() bool { return r.At == "" }

// Replay walks a sheet from the first step. full tells whether a quota has no place
// left for this person; it is asked once for each quota they belong to, in order. A
// sheet that does not fit its script is Invalid, with the path of what is wrong. The
// script must be one that Validate finds nothing in.
func (s *Script) Replay(sheet *Sheet, fields map[string]string, full func(quota string) bool) (Run, error) {
	w := walk{s: s, fields: fields, full: full, taken: map[[2]int]int{}, run: Run{Answers: Answers{}}}
	if len(sheet.Moves) > MaxPath {
		return w.run, fault.Problems{{Path: "moves", Value: fmt.Sprint(len(sheet.Moves)), What: "there are too many steps", Expected: fmt.Sprintf("at most %d", MaxPath)}}.Err()
	}
	w.enter(0)
	for i := range sheet.Moves {
		m := &sheet.Moves[i]
		at := fmt.Sprintf("moves[%d]", i)
		if w.run.IsOver() || m.Step != w.run.At {
			where := "the end"
			if !w.run.IsOver() {
				where = "step " + w.run.At
			}
			return w.run, fault.Problems{{Path: at + ".step", Value: m.Step, What: "the script does not stand there", Expected: where}}.Err()
		}
		if ps := w.take(m.Answers, at+".answers"); ps != nil {
			return w.run, ps.Err()
		}
		if missing := w.missing(); len(missing) > 0 {
			return w.run, fault.Problems{{Path: at + ".answers." + missing[0], What: "a required answer is missing", Expected: "an answer, or the step left open"}}.Err()
		}
		w.leave()
	}
	if w.run.IsOver() {
		if len(sheet.Open) > 0 {
			return w.run, fault.Problems{{Path: "open", What: "the script is over and asks nothing", Expected: "no open answers"}}.Err()
		}
		return w.run, nil
	}
	if ps := w.take(sheet.Open, "open"); ps != nil {
		return w.run, ps.Err()
	}
	w.run.Missing = w.missing()
	return w.run, nil
}

// walk is one replay.
type walk struct {
	s      *Script
	at     int // the step it stands at
	fields map[string]string
	full   func(string) bool
	taken  map[[2]int]int // how often a jump was taken, by step and place
	run    Run
}

func (w *walk) enter(step int) {
	w.at, w.run.At = step, w.s.Steps[step].ID
	w.run.Path = append(w.run.Path, w.run.At)
}

// take checks the answers of a step and takes them into the run. What the step no
// longer asks, by its conditions, is passed over; what no step asks is wrong.
func (w *walk) take(given Answers, path string) (ps fault.Problems) {
	step := &w.s.Steps[w.at]
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.ContainsFunc(step.Ask, func(q Question) bool { return q.ID == name }) {
			ps = append(ps, fault.Problem{Path: path + "." + name, What: "step " + step.ID + " asks no such question", Expected: "one of its questions"})
		}
	}
	for i := range step.Ask {
		q := &step.Ask[i]
		delete(w.run.Answers, q.ID) // asked again
		answer, there := given[q.ID]
		if !there || len(answer) == 0 || !w.asks(q) {
			continue
		}
		clean, problem := q.read(answer)
		if problem != nil {
			problem.Path = path + "." + q.ID
			ps = append(ps, *problem)
			continue
		}
		w.run.Answers[q.ID] = clean
	}
	return ps
}

func (w *walk) asks(q *Question) bool { return w.hold(q.When) }

// Asks tells whether a question is asked of somebody, by what was answered before
// and what is answered in its own step so far.
func (s *Script) Asks(q *Question, fields map[string]string, before, open Answers) bool {
	w := walk{s: s, fields: fields, run: Run{Answers: maps.Clone(before)}}
	maps.Copy(w.run.Answers, open)
	return w.asks(q)
}

// missing are the required questions of the step that have no answer.
func (w *walk) missing() (out []string) {
	for i := range w.s.Steps[w.at].Ask {
		q := &w.s.Steps[w.at].Ask[i]
		if _, there := w.run.Answers[q.ID]; q.Required && !there && w.asks(q) {
			out = append(out, q.ID)
		}
	}
	return out
}

// leave goes on from a step that is done.
func (w *walk) leave() {
	if w.quotas() {
		return
	}
	for j := range w.s.Steps[w.at].Next {
		jump := &w.s.Steps[w.at].Next[j]
		key := [2]int{w.at, j}
		if jump.Most > 0 && w.taken[key] >= jump.Most || !w.hold(jump.When) {
			continue
		}
		w.taken[key]++
		if jump.End != nil {
			w.end(*jump.End)
			return
		}
		w.enter(w.s.step(jump.To))
		return
	}
	if w.at+1 == len(w.s.Steps) {
		w.end(End{As: Complete})
		return
	}
	w.enter(w.at + 1)
}

// quotas looks whether the person belongs to a quota by now. It tells whether a
// full one ended the script.
func (w *walk) quotas() bool {
	for i := range w.s.Quotas {
		q := &w.s.Quotas[i]
		if slices.Contains(w.run.Quotas, q.ID) || !w.hold(q.When) {
			continue
		}
		if q.Most == 0 || w.full != nil && w.full(q.ID) {
			w.run.Full = q.ID
			end := q.Full
			if end.As == "" {
				end.As = Screened
			}
			w.end(end)
			return true
		}
		w.run.Quotas = append(w.run.Quotas, q.ID)
	}
	return false
}

func (w *walk) end(e End) { w.run.At, w.run.End = "", e }
