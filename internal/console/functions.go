package console

import (
	"fmt"
	"html/template"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage/cdr"
)

// functions are what templates call, in one language.
func functions(tag lang.Tag, a *assets) template.FuncMap {
	return template.FuncMap{
		"asset":     a.address,
		"icon":      func(name string) (template.HTML, error) { return icon(a, name) },
		"t":         func(key string, pairs ...any) (string, error) { return say(tag, key, pairs) },
		"said":      func(english string) template.HTML { return said(tag, english, false) },
		"sentence":  func(english string) template.HTML { return said(tag, english, true) },
		"told":      func(english string) string { text, _ := lang.Said(tag, english); return text },
		"why":       func(w cdr.Why) string { return w.In(tag) },
		"text":      func(t lang.Text) string { return t.In(tag) },
		"choice":    func(family, value string) string { return lang.Choice(tag, family, value) },
		"number":    func(n exact.Number) string { return lang.Number(tag, n) },
		"count":     func(n any) (string, error) { return count(tag, n) },
		"quantity":  func(n exact.Number, unit string) string { return lang.Quantity(tag, n, unit) },
		"percent":   func(n exact.Number) string { return lang.Percent(tag, n) },
		"money":     func(m money.Amount) string { return lang.Money(tag, m) },
		"amount":    func(m money.Amount) template.HTML { return amount(tag, m) },
		"date":      func(d timex.Date) string { return lang.Date(tag, d) },
		"dates":     func(first, after timex.Date) string { return lang.Dates(tag, first, after) },
		"clock":     lang.Clock,
		"qr":        drawQR,
		"dict":      dict,
		"inc":       func(n int) int { return n + 1 },
		"list":      func(v ...any) []any { return v },
		"languages": lang.Tags,
		"tongue":    tongue,
	}
}

// say is a phrase with arguments given as name, value, name, value. A phrase
// that is not in the catalogue is a mistake in a template.
func say(tag lang.Tag, key string, pairs []any) (string, error) {
	if !lang.Has(key) {
		return "", fmt.Errorf("console: no phrase %q", key)
	}
	args, err := dict(pairs...)
	if err != nil {
		return "", err
	}
	words := make(map[string]string, len(args))
	for name, v := range args {
		if t, ok := v.(lang.Text); ok {
			lang.Put(words, name, t)
			continue
		}
		words[name] = fmt.Sprint(v)
	}
	return lang.Phrase(tag, key, words), nil
}

func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("console: %d values are no pairs", len(pairs))
	}
	out := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("console: %v is no name", pairs[i])
		}
		out[name] = pairs[i+1]
	}
	return out, nil
}

func count(tag lang.Tag, n any) (string, error) {
	switch v := n.(type) {
	case int:
		return lang.Count(tag, int64(v)), nil
	case int64:
		return lang.Count(tag, v), nil
	}
	return "", fmt.Errorf("console: %T is no count", n)
}

// amount is money without its currency for a column: the fraction stands in a
// place of its own, so that decimal points are under each other.
func amount(tag lang.Tag, m money.Amount) template.HTML {
	whole, frac, found := strings.Cut(lang.Decimal(tag, m), ".")
	class := "amount"
	if m.Sign() < 0 {
		class += " minus"
	}
	if found {
		frac = "." + frac
	}
	return template.HTML(`<span class="` + class + `">` + template.HTMLEscapeString(whole) + `<span class="frac">` + template.HTMLEscapeString(frac) + `</span></span>`)
}

// keyList is a list of keys of a file: those stay as they are written.
var keyList = regexp.MustCompile(`^[a-z][a-z0-9_]*(, [a-z][a-z0-9_]*)+$`)

// said is what code says in English, in the language of the page, each finding on a
// line of its own; what nobody wrote down in it stays English and is marked so. Where
// it stands by itself each is a whole sentence.
func said(tag lang.Tag, english string, whole bool) template.HTML {
	lines := strings.Split(english, "\n")
	for i, line := range lines {
		text, ok := lang.Said(tag, line)
		if keyList.MatchString(line) {
			lines[i] = `<code>` + line + `</code>`
			continue
		}
		if whole {
			text = sentence(text)
		}
		if lines[i] = template.HTMLEscapeString(text); !ok && line != "" {
			lines[i] = `<span lang="en">` + lines[i] + `</span>`
		}
	}
	return template.HTML(strings.Join(lines, "<br>"))
}

// sentence is a text as people write it who are told nothing else: a word of English at
// its head has a capital, and it ends with a full stop. Names, such as of files, stay.
func sentence(text string) string {
	if first := headWord.FindString(text); first != "" {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	last, _ := utf8.DecodeLastRuneInString(text)
	switch {
	case text == "" || strings.ContainsRune(".!?。！？", last):
		return text
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
		return text + "。"
	}
	return text + "."
}

// headWord is a plain word that others follow.
var headWord = regexp.MustCompile(`^[a-z]+[ ,]`)

// icon is a drawing of the sheet of icons; it is decoration, words stand beside it.
func icon(a *assets, name string) (template.HTML, error) {
	sheet, err := a.address("icons.svg")
	if err != nil {
		return "", err
	}
	if !strings.Contains(string(a.files["icons.svg"].plain), `id="`+name+`"`) {
		return "", fmt.Errorf("console: no icon %q", name)
	}
	return template.HTML(`<svg aria-hidden="true" focusable="false"><use href="` + sheet + "#" + name + `"></use></svg>`), nil
}

// tongue is the name of a language in that language: whoever looks for it may
// read no other.
func tongue(tag lang.Tag) string {
	switch tag {
	case lang.Traditional:
		return "繁體中文"
	case lang.Simplified:
		return "简体中文"
	}
	return "English"
}

// gap stands between two sentences: nothing in Chinese, whose full stop has its own.
func (v *visit) gap() string {
	if v.Tag == lang.English {
		return " "
	}
	return ""
}
