package script

import (
	"cmp"
	"slices"

	"waihu/internal/exact"
)

// hold tells whether all tests hold.
func (w *walk) hold(tests []Test) bool {
	for i := range tests {
		if !w.holds(&tests[i]) {
			return false
		}
	}
	return true
}

func (w *walk) holds(t *Test) bool {
	words := w.run.Answers[t.Answer]
	if t.Field != "" {
		words = nil
		if v := w.fields[t.Field]; v != "" {
			words = []string{v}
		}
	}
	given := len(words) > 0
	if t.Given != "" && (t.Given == "yes") != given {
		return false
	}
	isAny := func(list []string) bool {
		return slices.ContainsFunc(words, func(v string) bool { return slices.ContainsFunc(list, func(o string) bool { return same(v, o) }) })
	}
	switch {
	case len(t.Is) > 0 && !isAny(t.Is), len(t.Not) > 0 && (!given || isAny(t.Not)):
		return false
	case t.AtLeast == "" && t.Below == "":
		return true
	case !given:
		return false
	}
	if t.AtLeast != "" {
		if c, ok := compare(words[0], t.AtLeast); !ok || c < 0 {
			return false
		}
	}
	if t.Below != "" {
		if c, ok := compare(words[0], t.Below); !ok || c >= 0 {
			return false
		}
	}
	return true
}

// same tells whether two words are the same, as numbers where both are.
func same(a, b string) bool {
	if a == b {
		return true
	}
	c, ok := compare(a, b)
	return ok && c == 0
}

// compare orders two numbers or two dates; ok is false where they are neither.
func compare(a, b string) (c int, ok bool) {
	if isDate(a) && isDate(b) {
		return cmp.Compare(a, b), true // written so that the order of letters is that of days
	}
	x, err := exact.Parse(a)
	if err != nil {
		return 0, false
	}
	y, err := exact.Parse(b)
	if err != nil {
		return 0, false
	}
	return x.Cmp(y), true
}
