package lang

import (
	"slices"
	"strings"
	"sync"
)

// maxWrapped bounds how many times what was being done is taken off the front of
// a sentence, and maxNested how deep what it was filled with is told in turn.
const (
	maxWrapped = 6
	maxNested  = 2
)

// saying is a sentence of code: the texts between what it is filled with.
type saying struct {
	key   string
	texts []string // one more than names
	names []string
	size  int // bytes of the texts: how much is told apart by
}

// sayings are the phrases whose key begins with "said.", the longest first: of
// two that fit, the one that says more is meant.
var sayings = sync.OnceValue(func() []saying {
	var out []saying
	for _, key := range Keys("said.") {
		x := saying{key: key, texts: []string{""}}
		for _, n := range catalogue().byKey[key].in(English) {
			if n.op != 0 {
				x.names, x.texts = append(x.names, n.name), append(x.texts, "")
				continue
			}
			x.texts[len(x.texts)-1] += n.text
			x.size += len(n.text)
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b saying) int { return b.size - a.size })
	return out
})

// Said tells in a language what code said in English: the reason of a refusal, a
// finding about a file. The English is the key, so that rooms that know no
// language need not learn of phrases. Where what was being done stands in front
// ("sign contract: ..."), it is left away. Several findings stand on lines of their
// own. False: nobody wrote a sentence down in the language, and its English stands.
func Said(tag Tag, english string) (string, bool) {
	lines := strings.Split(english, "\n")
	all := true
	for i, line := range lines {
		var ok bool
		if lines[i], ok = saidLine(tag, line); !ok {
			all = tag == English
		}
	}
	return strings.Join(lines, "\n"), all
}

func saidLine(tag Tag, english string) (string, bool) {
	if out, ok := saidWrapped(tag, english, false); ok {
		return out, true
	}
	if tag == English {
		return english, false
	}
	if out, ok := saidProblem(tag, english); ok {
		return out, true
	}
	if out, ok := saidWrapped(tag, english, true); ok {
		return out, true
	}
	return english, false
}

// saidWrapped takes what was being done off the front until a sentence is left. Unless
// anything may fill it, nothing with a semicolon does: what was expected and what to do
// stand behind one, and are told by themselves.
func saidWrapped(tag Tag, rest string, anything bool) (string, bool) {
	for range maxWrapped {
		if out, ok := saidBy(tag, rest, 0, anything); ok {
			return out, true
		}
		_, after, found := strings.Cut(rest, ": ")
		if !found {
			break
		}
		rest = after
	}
	return "", false
}

func said(tag Tag, english string, depth int) (string, bool) {
	return saidBy(tag, english, depth, true)
}

func saidBy(tag Tag, english string, depth int, anything bool) (string, bool) {
	for _, x := range sayings() {
		values, ok := x.match(english)
		if !ok || !anything && slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, "; ") }) {
			continue
		}
		args := make(map[string]string, len(values))
		for i, v := range values {
			if depth < maxNested {
				if told, ok := said(tag, v, depth+1); ok {
					v = told
				}
			}
			args[x.names[i]] = v
		}
		return Phrase(tag, x.key, args), true
	}
	return "", false
}

// match gives what a sentence was filled with.
func (x *saying) match(s string) (values []string, ok bool) {
	if s, ok = strings.CutPrefix(s, x.texts[0]); !ok {
		return nil, false
	}
	last := len(x.texts) - 1
	for i := 1; i <= last; i++ {
		at := strings.Index(s, x.texts[i])
		if i == last && at >= 0 {
			at = len(s) - len(x.texts[i])
			ok = strings.HasSuffix(s, x.texts[i])
		}
		if at < 1 || !ok { // what is filled in is never empty
			return nil, false
		}
		values, s = append(values, s[:at]), s[at+len(x.texts[i]):]
	}
	return values, s == ""
}
