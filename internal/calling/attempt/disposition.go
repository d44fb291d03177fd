package attempt

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"waihu/internal/fault"
	"waihu/internal/usage"
)

// Flags say what a disposition means. Every report and rule reads them, none
// reads the code, so that a company may name its dispositions as it likes.
type Flags struct {
	Human      bool `json:"human,omitempty"`      // a person was spoken to
	Sale       bool `json:"sale,omitempty"`       // the goal of the campaign was reached
	Callback   bool `json:"callback,omitempty"`   // they want to be called again, at an instant that is asked for
	Refuse     bool `json:"refuse,omitempty"`     // they do not want to be called: final, for the whole company
	Unworkable bool `json:"unworkable,omitempty"` // the number reaches nobody it should: wrong, dead, a fax
	Machine    bool `json:"machine,omitempty"`    // a machine answered
	Done       bool `json:"done,omitempty"`       // nothing is left to do for this lead
}

// Disposition is what a try came to, as a company says it.
type Disposition struct {
	Code  string `json:"code"` // small letters, digits and _, unique in a company or campaign
	Name  string `json:"name"` // what an agent reads; the company's own words
	Flags Flags  `json:"flags"`
	Key   int    `json:"key,omitempty"`   // 1 to 9: the key that chooses it; 0: none
	Auto  bool   `json:"auto,omitempty"`  // the system gives it; agents do not choose it
	Notes bool   `json:"notes,omitempty"` // an agent must write why
	Off   bool   `json:"off,omitempty"`   // no longer offered; what has it keeps it
	Again Again  `json:"again,omitzero"`  // when it is tried again, where a campaign's rules do not name the code; zero: as they say of others
}

// Again is when a lead is tried again after an outcome.
type Again struct {
	After int `json:"after,omitempty"` // minutes
	Most  int `json:"most,omitempty"`  // tries with this outcome, then the lead is exhausted: 1 is never again; 0: the limit of all tries alone
}

// IsZero tells whether nothing is said.
func (a Again) IsZero() bool { return a == Again{} }

// Bounds of dispositions.
const (
	MaxDispositions = 200
	MaxCode         = 40
	MaxName         = 80
	MaxAgain        = 90 * 24 * 60 // minutes
	MaxAgainTries   = 100
)

// Codes the system gives by itself. A company may rename them but not change
// what they mean.
const (
	Abandoned = "abandoned" // a person answered and nobody spoke to them
	Lost      = "lost"      // the system stopped in the middle of it
	NoCode    = "no_code"   // the agent's time for a disposition was over
	ByMachine = "machine"   // a machine answered, as detection says
	Message   = "message"   // a message was played
	Cancelled = "cancelled" // taken back before it was answered
	Heard     = "heard"     // they heard a broadcast to its end
	Keyed     = "keyed"     // they answered it by keys
	Left      = "left"      // a message was left on a machine
)

// CodeOf is the disposition of a try nobody answered.
func CodeOf(r usage.Result) string {
	switch r {
	case usage.Canceled:
		return Cancelled
	case "", usage.Answered:
		return NoCode
	}
	return string(r)
}

// Builtin lists the dispositions every company begins with. The codes of those
// the system gives are the results of usage and the constants above.
func Builtin() []Disposition {
	auto := func(code, name string, f Flags) Disposition {
		return Disposition{Code: code, Name: name, Flags: f, Auto: true}
	}
	return []Disposition{
		{Code: "sale", Name: "Sale", Flags: Flags{Human: true, Sale: true, Done: true}, Key: 1},
		{Code: "callback", Name: "Call back", Flags: Flags{Human: true, Callback: true}, Key: 2},
		{Code: "not_interested", Name: "Not interested", Flags: Flags{Human: true, Done: true}, Key: 3},
		{Code: "done", Name: "Done", Flags: Flags{Human: true, Done: true}, Key: 4},
		{Code: "not_there", Name: "The right person is not there", Flags: Flags{Human: true}, Key: 5},
		{Code: "wrong_number", Name: "Wrong number", Flags: Flags{Human: true, Unworkable: true}, Key: 6},
		{Code: "answering_machine", Name: "Answering machine", Flags: Flags{Machine: true}, Key: 7},
		{Code: "dead_air", Name: "Nothing was heard", Key: 8},
		{Code: "refused", Name: "Do not call again", Flags: Flags{Human: true, Refuse: true, Done: true}, Key: 9},
		auto(string(usage.Busy), "Busy", Flags{}),
		auto(string(usage.NoAnswer), "No answer", Flags{}),
		auto(string(usage.Rejected), "Rejected", Flags{}),
		auto(string(usage.Unassigned), "The number does not exist", Flags{Unworkable: true}),
		auto(string(usage.Congestion), "No line", Flags{}),
		auto(string(usage.Failed), "Failed", Flags{}),
		auto(Cancelled, "Taken back", Flags{}),
		auto(Abandoned, "Abandoned", Flags{Human: true}),
		auto(ByMachine, "Machine", Flags{Machine: true}),
		auto(Message, "Message played", Flags{}),
		auto(Heard, "Message heard to its end", Flags{Human: true, Done: true}),
		auto(Keyed, "Answered by keys", Flags{Human: true, Done: true}),
		auto(Left, "Message left on a machine", Flags{Machine: true}),
		auto(NoCode, "No disposition given", Flags{Human: true}),
		auto(Lost, "Lost when the system stopped", Flags{}),
	}
}

// Problems tells what is wrong with a set of dispositions; path begins each.
func Problems(ds []Disposition, path string) (ps fault.Problems) {
	if len(ds) > MaxDispositions {
		ps = append(ps, fault.Problem{Path: path, What: fmt.Sprintf("%d dispositions", len(ds)), Expected: fmt.Sprintf("at most %d", MaxDispositions)})
		return ps
	}
	builtin := Builtin()
	for i, d := range ds {
		at := fmt.Sprintf("%s[%d]", path, i)
		if !isCode(d.Code) {
			ps = append(ps, fault.Problem{Path: at + ".code", Value: d.Code, What: "this is no code", Expected: fmt.Sprintf("1 to %d small letters, digits and _", MaxCode)})
		}
		if d.Name == "" || utf8.RuneCountInString(d.Name) > MaxName {
			ps = append(ps, fault.Problem{Path: at + ".name", Value: d.Name, What: "a name is missing or long", Expected: fmt.Sprintf("1 to %d characters", MaxName)})
		}
		if d.Key < 0 || d.Key > 9 {
			ps = append(ps, fault.Problem{Path: at + ".key", Value: fmt.Sprint(d.Key), What: "there is no such key", Expected: "1 to 9, or 0 for none"})
		}
		if f := d.Flags; f.Sale && (f.Refuse || f.Machine) || f.Callback && (f.Refuse || f.Done) || f.Human && f.Machine {
			ps = append(ps, fault.Problem{Path: at + ".flags", What: "these flags contradict each other", Expected: "no sale with a refusal, no callback of what is done, no person who is a machine"})
		}
		if x := d.Again; x.After < 0 || x.After > MaxAgain || x.Most < 0 || x.Most > MaxAgainTries {
			ps = append(ps, fault.Problem{Path: at + ".again", Value: fmt.Sprintf("%d minutes, %d tries", x.After, x.Most), What: "it is out of range", Expected: fmt.Sprintf("0 to %d minutes, 0 to %d tries", MaxAgain, MaxAgainTries)})
		}
		if f := d.Flags; !d.Again.IsZero() && (f.Done || f.Refuse || f.Callback) {
			ps = append(ps, fault.Problem{Path: at + ".again", Value: d.Code, What: "nothing is tried again after this outcome", Expected: "no callback, no refusal, and something left to do"})
		}
		if j := slices.IndexFunc(builtin, func(b Disposition) bool { return b.Auto && b.Code == d.Code }); j >= 0 && (d.Flags != builtin[j].Flags || !d.Auto) {
			ps = append(ps, fault.Problem{Path: at, Value: d.Code, What: "the system gives this one itself: its meaning stays", Fix: "change its name only"})
		}
		for j, other := range ds[:i] {
			if other.Code == d.Code {
				ps = append(ps, fault.Problem{Path: at + ".code", Value: d.Code, What: fmt.Sprintf("%s[%d] has this code already", path, j), Expected: "each code once"})
			}
			if d.Key != 0 && other.Key == d.Key && !d.Off && !other.Off {
				ps = append(ps, fault.Problem{Path: at + ".key", Value: fmt.Sprint(d.Key), What: fmt.Sprintf("%s[%d] has this key already", path, j), Expected: "each key once"})
			}
		}
	}
	return ps
}

func isCode(s string) bool {
	if s == "" || len(s) > MaxCode {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// Over puts the dispositions of a campaign over those of its company: one with
// the same code takes the other's place, the rest follow.
func Over(company, campaign []Disposition) []Disposition {
	out := slices.Clone(company)
	for _, d := range campaign {
		if i := slices.IndexFunc(out, func(o Disposition) bool { return o.Code == d.Code }); i >= 0 {
			out[i] = d
			continue
		}
		out = append(out, d)
	}
	return out
}

// Find is the disposition of a code among those of a company or campaign; one
// of the system is found where nobody renamed it.
func Find(ds []Disposition, code string) (Disposition, bool) {
	for _, set := range [][]Disposition{ds, Builtin()} {
		if i := slices.IndexFunc(set, func(d Disposition) bool { return d.Code == code }); i >= 0 {
			return set[i], true
		}
	}
	return Disposition{}, false
}
