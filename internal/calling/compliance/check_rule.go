package compliance

import (
	"fmt"
	"slices"

	"waihu/internal/fault"
)

// finder gathers what is wrong with one rule.
type finder struct{ ps fault.Problems }

func (f *finder) bad(path, value, what, expected string) {
	f.ps = append(f.ps, fault.Problem{Path: path, Value: fault.Shorten(value, 60), What: what, Expected: expected})
}

// choice is a type whose values are listed.
type choice interface {
	~string
	Choices() []string
}

func oneOf[T choice](f *finder, path string, v T) {
	if !slices.Contains(v.Choices(), string(v)) {
		f.bad(path, string(v), "there is no such word", fmt.Sprintf("one of %v", v.Choices()))
	}
}

func eachOf[T choice](f *finder, path string, vs []T) {
	for i, v := range vs {
		oneOf(f, fmt.Sprintf("%s[%d]", path, i), v)
		if slices.Contains(vs[:i], v) {
			f.bad(path, string(v), "it stands there twice", "each once")
		}
	}
}

// problems are what is wrong with a rule by itself.
func (r *Rule) problems() fault.Problems {
	f := &finder{}
	if !isName(r.Name) {
		f.bad("name", r.Name, "the rule has no usable name", "small letters, digits, _ and dots: us.hours")
	}
	if r.Place != Everywhere && !isCode(r.Place) {
		f.bad("place", r.Place, "the rule has no place", "US, US-FL, or * for everywhere")
	}
	if r.To != 0 && r.To <= r.From {
		f.bad("to", r.To.String(), "the rule ends before it begins", "a day after "+r.From.String())
	}
	if r.Source == "" || len(r.Source) > 500 {
		f.bad("source", r.Source, "the rule has no source", "where it was read, in at most 500 bytes")
	}
	oneOf(f, "kind", r.Kind)
	oneOf(f, "force", r.Force)
	oneOf(f, "confidence", r.Confidence)
	if r.Known != "" || r.Force != Own {
		oneOf(f, "known", r.Known)
	}
	eachOf(f, "purposes", r.Purposes)
	eachOf(f, "modes", r.Modes)
	eachOf(f, "lines", r.Lines)
	eachOf(f, "unless", r.Unless)
	if len(f.ps) == 0 {
		r.content(f)
		r.strange(f)
	}
	return f.ps
}

// content looks at what the kind needs.
func (r *Rule) content(f *finder) {
	switch r.Kind {
	case Hours:
		if len(r.Hours) == 0 || len(r.Hours) > 50 {
			f.bad("hours", "", "there are no hours, or too many", "1 to 50 windows")
		}
		if _, err := week(r); err != nil {
			f.bad("hours", "", err.Error(), "days with a from before their to")
		}
	case Attempts:
		oneOf(f, "counted", r.Counted)
		if r.Most < 1 || r.Most > 1000 {
			f.bad("most", fmt.Sprint(r.Most), "so many calls are no limit", "1 to 1000")
		}
		if r.EachDay == (r.Within > 0) {
			f.bad("within", r.Within.String(), "the stretch is not told, or told twice", "within, or each_day")
		}
	case Spacing:
		oneOf(f, "counted", r.Counted)
		r.length(f)
	case Agreed:
		eachOf(f, "bases", r.Bases)
		if len(r.Bases) == 0 {
			f.bad("bases", "", "no basis would do", "at least one")
		}
	case List:
		if !isName(r.List) || r.Fresh < 0 || r.Fresh > 400 {
			f.bad("list", r.List, "the list has no key, or no usable age", "a key such as us.national, and 0 to 400 days")
		}
	case Shown:
		eachOf(f, "caller", r.Caller)
		if len(r.Caller) == 0 {
			f.bad("caller", "", "nothing is asked of the calling number", "at least one need")
		}
	case Ring, Message:
		r.length(f)
	case Abandonment:
		if r.Share < 0 || r.Share >= whole || r.Days < 1 || r.Days > 400 {
			f.bad("share", r.Share.String(), "that is no limit", "a share under 100% over 1 to 400 days")
		}
	case Recording:
		oneOf(f, "record", r.Record)
	case Retention:
		eachOf(f, "keep", r.Keep)
		if len(r.Keep) == 0 || r.Days < 1 || r.Days > 36_500 {
			f.bad("days", fmt.Sprint(r.Days), "nothing is kept, or for no time", "what is kept, for 1 to 36500 days")
		}
	case Tell:
		eachOf(f, "told", r.Told)
		if len(r.Told) == 0 {
			f.bad("told", "", "nothing is told", "at least one thing")
		}
	}
}

func (r *Rule) length(f *finder) {
	if r.Within <= 0 {
		f.bad("within", r.Within.String(), "the length is missing", "such as 15s")
	}
}

// strange refuses fields of another kind: they would look as if they held.
func (r *Rule) strange(f *finder) {
	of := func(path string, set bool, kinds ...Kind) {
		if set && !slices.Contains(kinds, r.Kind) {
			f.bad(path, "", "a rule about "+string(r.Kind)+" has no such field", "a field of its kind")
		}
	}
	of("hours", len(r.Hours) > 0, Hours)
	of("calendar", r.Calendar != "", Hours)
	of("most", r.Most != 0, Attempts)
	of("within", r.Within != 0, Attempts, Spacing, Ring, Message)
	of("each_day", r.EachDay, Attempts)
	of("counted", r.Counted != "", Attempts, Spacing)
	of("whole_person", r.Whole, Attempts, Spacing)
	of("bases", len(r.Bases) > 0, Agreed)
	of("evidence", r.Evidence, Agreed)
	of("list", r.List != "", List)
	of("fresh_days", r.Fresh != 0, List)
	of("caller", len(r.Caller) > 0, Shown)
	of("share", r.Share != 0, Abandonment)
	of("days", r.Days != 0, Abandonment, Retention)
	of("record", r.Record != "", Recording)
	of("keep", len(r.Keep) > 0, Retention)
	of("told", len(r.Told) > 0, Tell)
	of("told_max", r.ToldMax != 0, Tell)
}
