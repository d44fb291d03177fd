package cdr

import "waihu/internal/lang"

// Why is a reason that a person reads in their own language: the key of a phrase
// below recognised. and what is put into it. The zero Why is none.
type Why struct {
	Key  string            `json:"key" doc:"Which reason it is."`
	Args map[string]string `json:"args,omitempty" doc:"What the reason names."`
}

// because makes a reason of a key and of pairs of names and texts.
func because(key string, pairs ...string) Why {
	w := Why{Key: key}
	for i := 0; i+1 < len(pairs); i += 2 {
		if w.Args == nil {
			w.Args = map[string]string{}
		}
		w.Args[pairs[i]] = pairs[i+1]
	}
	return w
}

// IsZero tells whether there is no reason.
func (w Why) IsZero() bool { return w.Key == "" }

// In is the reason in a language; none is empty.
func (w Why) In(tag lang.Tag) string {
	if w.IsZero() {
		return ""
	}
	return lang.Phrase(tag, "recognised."+w.Key, w.Args)
}

// String is the reason in English.
func (w Why) String() string { return w.In(lang.English) }
