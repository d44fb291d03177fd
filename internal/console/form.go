package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

const (
	formBytes = 1 << 20 // of a form; files are handed in elsewhere
	textMost  = 2000    // characters of a field that says no other bound
)

// form is what somebody filled in: it is shown again as it was, with what is
// wrong beside each field.
type form struct {
	Values url.Values
	Wrong  map[string]string   // by field, in the visitor's language
	Stale  bool                // somebody changed meanwhile what it is about
	Known  map[string][]option // by field: what is chosen by name
	v      *visit
}

// blank is a form nobody has filled in, with what stands in it at first.
func (v *visit) blank(pairs ...string) *form {
	f := &form{Values: url.Values{}, Wrong: map[string]string{}, v: v}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Values.Set(pairs[i], pairs[i+1])
	}
	return f
}

// form reads the body of a request. The same form sent twice has the same key
// (Once), so that it takes effect once.
func (v *visit) form(w http.ResponseWriter) (*form, error) {
	v.r.Body = http.MaxBytesReader(w, v.r.Body, formBytes)
	if err := v.r.ParseForm(); err != nil {
		return nil, fault.New(fault.Invalid, "the form could not be read: %v", err)
	}
	f := v.blank()
	f.Values = v.r.PostForm
	return f, nil
}

// sentAbout is the thing an address is about, and the form that was sent to it.
func sentAbout[T any](w http.ResponseWriter, v *visit, find func(*visit) (T, error)) (about T, f *form, err error) {
	if about, err = find(v); err == nil {
		f, err = v.form(w)
	}
	return about, f, err
}

// OK tells whether nothing is wrong.
func (f *form) OK() bool { return len(f.Wrong) == 0 }

// Value and Error are what templates show of a field.
func (f *form) Value(name string) string { return f.Values.Get(name) }
func (f *form) Error(name string) string { return f.Wrong[name] }

// Once is the key under which the form takes effect once: made when the form is
// first shown, sent back with it.
func (f *form) Once() (string, error) {
	if key := f.Values.Get("once"); key != "" && len(key) <= 64 {
		return key, nil
	}
	key, err := newKey()
	if err == nil {
		f.Values.Set("once", key)
	}
	return key, err
}

func (f *form) wrong(name, key string, pairs ...string) {
	if f.Wrong[name] == "" {
		f.Wrong[name] = f.v.say(key, pairs...)
	}
}

// tell says beside a field what code says of it in English.
func (f *form) tell(name, english string) {
	if f.Wrong[name] == "" {
		text, _ := lang.Said(f.v.Tag, english)
		f.Wrong[name] = sentence(text)
	}
}

// aboutFile says beside the field of a file what is wrong with the file, and what to do;
// false: that is not what was wrong.
func (f *form) aboutFile(err error) bool {
	ps, bad := problemsOf(err)
	if !bad || ps[0].File == "" || ps[0].What == "" {
		return false
	}
	f.tell("file", ps[0].What)
	if fix := ps[0].Fix; fix != "" {
		text, _ := lang.Said(f.v.Tag, fix)
		f.Wrong["file"] += given(f.v.Tag == lang.English, " ") + sentence(text)
	}
	return true
}

// text is a field that must have something in it; control characters other than
// line ends are refused, as they end up in mails and headers.
func (f *form) text(name string, most int) string {
	s := f.optional(name, most)
	if s == "" {
		f.wrong(name, "form.needed")
	}
	return s
}

func (f *form) optional(name string, most int) string {
	s := strings.TrimSpace(f.Values.Get(name))
	if !utf8.ValidString(s) {
		f.wrong(name, "form.control")
		s = strings.ToValidUTF8(s, "")
		f.Values.Set(name, s)
	}
	if most == 0 {
		most = textMost
	}
	if utf8.RuneCountInString(s) > most {
		f.wrong(name, "form.too_long", "n", itoa(most))
	}
	for _, r := range s {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f || r == utf8.RuneError {
			f.wrong(name, "form.control")
		}
	}
	return s
}

// Days that people may write: others are a slip of the pen, and what is reckoned
// from them, such as the end of a term, would have no year of four digits.
var earliestDay, latestDay = timex.NewDate(1900, 1, 1), timex.NewDate(2999, 12, 31)

func (f *form) date(name string) timex.Date {
	d, err := timex.ParseDate(strings.TrimSpace(f.Values.Get(name)))
	if err != nil || d < earliestDay || d > latestDay {
		f.wrong(name, "form.date")
	}
	return d
}

func (f *form) amount(name string, c money.Currency) money.Amount {
	s := strings.ReplaceAll(strings.TrimSpace(f.Values.Get(name)), ",", "")
	a, err := money.Parse(s, c)
	if err != nil {
		f.wrong(name, "form.amount", "currency", c.String())
		return money.Zero(c)
	}
	return a
}

func (f *form) id(name, noun string) id.ID {
	i, err := id.ParseNamed(noun, f.Values.Get(name))
	if err != nil {
		f.wrong(name, "form.choose")
	}
	return i
}

// choice is one of several words.
func (f *form) choice(name string, of ...string) string {
	s := f.Values.Get(name)
	for _, o := range of {
		if s == o {
			return s
		}
	}
	f.wrong(name, "form.choose")
	return ""
}

// line is a field of one line that must have something in it: it ends up in
// headings and in the heads of letters.
func (f *form) line(name string, most int) string {
	s := f.text(name, most)
	if strings.ContainsAny(s, "\r\n\t") {
		f.wrong(name, "form.one_line")
	}
	return s
}

// between is a whole number between two, both included.
func (f *form) between(name string, least, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(f.Values.Get(name)))
	if err != nil || n < least || n > most {
		f.wrong(name, "form.whole", "least", itoa(least), "most", itoa(most))
		return least
	}
	return n
}

// some are the values of boxes that are ticked, each one of several words.
func (f *form) some(name string, of ...string) []string {
	out := []string{}
	for _, s := range f.Values[name] {
		if !slices.Contains(of, s) {
			f.wrong(name, "form.choose")
		} else if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// Has tells whether a box is ticked, for templates.
func (f *form) Has(name, value string) bool { return slices.Contains(f.Values[name], value) }

// again shows a form once more with why it was refused. What is no matter of the
// form is handed on.
func again(err error, why *string, page func(status int) error) error {
	status, ok := refusedAs(err)
	if err == nil || !ok {
		return err
	}
	*why = err.Error()
	return page(status)
}

// refusedAs is the status of a form that was refused for a reason in what it
// asks; false for anything else.
func refusedAs(err error) (int, bool) {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Overflow:
		return http.StatusUnprocessableEntity, true
	case fault.Conflict, fault.Mismatch, fault.Unpriced, fault.Unknown:
		return http.StatusConflict, true
	}
	return 0, false
}
