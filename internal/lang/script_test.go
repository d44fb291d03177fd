package lang

import (
	"os"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// bothScripts are characters that one of the two old standards lacks although
// people write them in that script.
var bothScripts = map[Tag]string{
	Traditional: "",
	Simplified:  "",
}

// otherScript are characters that stand in both standards, but in our phrases
// only as the short form of another character, or the other way round.
var otherScript = map[Tag]string{
	Traditional: "后云于并余范准采里系只制周占向发",
	Simplified:  "於與並後餘準採裡係隻製週佔",
}

// allowed are words in which a character of otherScript is right.
var allowed = map[Tag][]string{
	Traditional: {"系統", "向上", "向下", "向正", "向負", "方向", "只有", "只收", "只計", "只需", "每行只", "只在", "只是", "限制", "控制", "餘"},
}

func encodes(e encoding.Encoding, r rune) bool {
	out, err := e.NewEncoder().String(string(r))
	return err == nil && out != ""
}

// TestScripts holds the two Chinese scripts apart: a character that GB 2312
// has and Big5 lacks is Simplified, and the reverse is Traditional.
func TestScripts(t *testing.T) {
	gb := func(r rune) bool { return encodes(simplifiedchinese.HZGB2312, r) }
	big5 := func(r rune) bool { return encodes(traditionalchinese.Big5, r) }
	for key, p := range catalogue().byKey {
		for _, r := range p.raw[Traditional] {
			if unicode.Is(unicode.Han, r) && gb(r) && !big5(r) && !strings.ContainsRune(bothScripts[Traditional], r) {
				t.Errorf("%s line %d %s: Simplified %c in %q", p.file, p.line, key, r, p.raw[Traditional])
			}
		}
		for _, r := range p.raw[Simplified] {
			if unicode.Is(unicode.Han, r) && !gb(r) && !strings.ContainsRune(bothScripts[Simplified], r) {
				t.Errorf("%s line %d %s: Traditional %c in %q", p.file, p.line, key, r, p.raw[Simplified])
			}
		}
		for tag, odd := range otherScript {
			text := p.raw[tag]
			for _, w := range allowed[tag] {
				text = strings.ReplaceAll(text, w, "")
			}
			if i := strings.IndexAny(text, odd); i >= 0 {
				t.Errorf("%s line %d %s: %s: %q is a character of the other script", p.file, p.line, key, tag, text[i:i+3])
			}
		}
		if strings.ContainsFunc(p.raw[English], func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s line %d %s: Chinese in the English text", p.file, p.line, key)
		}
	}
}

// notGlossary are phrases that use an English word of the glossary for
// something else, with the reason.
var notGlossary = map[string]string{
	"choice.tax_rounding.once_per_rate":               "a tax rate is 稅率, not a price",
	"doc.tax_id_TW":                                   "the Taiwanese number keeps its name in Simplified",
	"doc.tax_id_CN":                                   "the mainland number keeps its name in Traditional",
	"doc.tax_rate":                                    "a tax rate is 稅率, not a price",
	"choice.input.exchange_rate":                      "an exchange rate is 匯率, not a price",
	"compare.refused.no_rate":                         "an exchange rate is 匯率, not a price",
	"compare.sensitivity.exchange_rate":               "an exchange rate is 匯率, not a price",
	"choice.input.answer_rate":                        "a connect rate is 接通率, not a price",
	"calling_report.col.asr":                          "a connect, contact or abandon rate is no price",
	"calling_report.col.contact_rate":                 "a connect, contact or abandon rate is no price",
	"calling_report.col.abandon_rate":                 "a connect, contact or abandon rate is no price",
	"calling_report.def.asr":                          "a connect, contact or abandon rate is no price",
	"calling_report.def.contact_rate":                 "a connect, contact or abandon rate is no price",
	"calling_report.def.abandon_rate":                 "a connect, contact or abandon rate is no price",
	"calling_report.def.expected":                     "a connect, contact or abandon rate is no price",
	"compare.change.answer_rate":                      "a connect rate is 接通率, not a price",
	"choice.fee_category.invoice_fee":                 "the fee is 開票費: for making out an invoice",
	"nav.support":                                     "a support plan is 支援方案: no set of prices",
	"ticket.new_why":                                  "a support plan is 支援方案: no set of prices",
	"ticket.plan":                                     "a support plan is 支援方案: no set of prices",
	"ticket.of_plan":                                  "a support plan is 支援方案: no set of prices",
	"ticket.no_plan":                                  "a support plan is 支援方案: no set of prices",
	"ticket.no_plan_why":                              "a support plan is 支援方案: no set of prices",
	"support.set":                                     "a support plan is 支援方案: no set of prices",
	"support.none":                                    "a support plan is 支援方案: no set of prices",
	"said.dispute_there":                              "a dispute is answered: no call",
	"said.text_m_no_rate":                             "an exchange rate is 匯率, not a price",
	"said.tax_class":                                  "the rate of a tax: no price",
	"said.plan_no_rate":                               "a tax rate is 稅率, not a price",
	"said.plan_no_rate_before":                        "a tax rate is 稅率, not a price",
	"said.plan_rates_out_order":                       "a tax rate is 稅率, not a price",
	"said.plan_taxclasses_with_rates":                 "a tax rate is 稅率, not a price",
	"said.plan_list_rates_oldest_first_each":          "a tax rate is 稅率, not a price",
	"said.plan_usage_before_day_cannot_invoiced":      "a tax rate is 稅率, not a price",
	"said.file_rate_on_what_no_tax":                   "a tax rate is 稅率, not a price",
	"said.compare_not_tax_rate":                       "a tax rate is 稅率, not a price",
	"said.compare_its_prices_contain_tax_no":          "a tax rate is 稅率, not a price",
	"said.compare_exchange_rate___more":               "an exchange rate is 匯率, not a price",
	"said.app_rate_on_":                               "an exchange rate is 匯率, not a price",
	"said.compare_attempts_answered_calls_are_given":  "a connect rate is 接通率, not a price",
	"said.compare_question_answered_twice":            "a question is answered: no call",
	"said.compare_comparison_has_answered_facts_come": "a comparison answers: no call",
	"said.compare_comparison_has_not_answered_yet":    "a comparison answers: no call",
	"said.calling_not_answered":                       "a question is answered: no call",
	"said.calling_answered_twice":                     "a question is answered: no call",
	"said.calling_question_cannot_answered_so":        "a question is answered: no call",
	"said.app_was_placed_before__plan":                "to plan a call: no set of prices",
	"said.app_support_plan_there_at_revision":         "a support plan is 支援方案: no set of prices",
	"choice.fee_category.line_rent":                   "the fee is 線路費: for a line as for a trunk",
}

// TestGlossary holds the phrases to the terms of the trade: where the English
// text has a term, the Chinese texts have its translation.
func TestGlossary(t *testing.T) {
	terms := glossary(t)
	for key, p := range catalogue().byKey {
		if notGlossary[key] != "" {
			continue
		}
		en := plain(p.raw[English])
		for _, term := range terms {
			if !hasTerm(en, term.en) {
				continue
			}
			for tag, options := range map[Tag][]string{Traditional: term.hant, Simplified: term.hans} {
				if quoting.MatchString(key) && hasTerm(plain(p.raw[tag]), term.en) {
					continue // a key of a file, which has one name in every language
				}
				if !containsAny(p.raw[tag], options) {
					t.Errorf("%s: English says %q, %s needs one of %q: %q", key, term.en, tag, options, p.raw[tag])
				}
			}
		}
	}
}

type term struct {
	en         string
	hant, hans []string
}

// core are the terms of the glossary that are held; the others are headings of
// whole subjects that no sentence repeats.
var core = []string{
	"seat", "concurrent seat", "idle seat", "minimum seats", "billing increment", "rounded up to the full minute", "six-second billing",
	"per-second billing", "rate", "unit price", "all-units tier", "graduated tier", "plan", "package", "included minutes",
	"minimum spend", "set-up fee", "one-off charge", "recurring charge", "balance", "proration", "value-added module",
	"base module", "billing cycle", "billed duration", "talk time", "mobile", "landline", "long-distance", "international",
	"inbound", "outbound", "internal", "callback", "called number", "tax-inclusive", "tax-exclusive", "invoice", "bill",
	"tax id", "contract", "quotation", "call detail record", "answered", "unanswered", "seat count", "logged-in seat",
	"hybrid billing", "billing basis", "tiered price", "trunk", "concurrent lines", "number rental", "number-pick fee",
	"number-holding fee", "hidden fees", "suspended for arrears", "preview", "recording storage", "ticket", "local",
	"called party", "renewal", "early-termination fee", "credit note", "budget", "value for money", "utilisation",
	"flexibility", "top-up", "billing dispute", "break-even point",
}

func glossary(t *testing.T) []term {
	data, err := os.ReadFile("glossary.tsv")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]term{}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
		cells := strings.Split(line, "\t")
		if len(cells) != 3 {
			t.Fatalf("glossary: %q", line)
		}
		en, hant, hans := options(cells[0]), options(cells[1]), options(cells[2])
		for i, word := range en {
			one := term{en: word, hant: hant, hans: hans}
			if len(en) > 1 && len(en) == len(hant) && len(en) == len(hans) {
				one.hant, one.hans = hant[i:i+1], hans[i:i+1]
			}
			known[word] = one
		}
	}
	for word, en := range map[string]string{ // how a sentence says what the glossary heads
		"seat": "agent seat", "base module": "base", "callback": "two-leg callback", "called number": "called party",
		"tax id": "business id", "tax-exclusive": "exclusive", "invoice": "bill", "package": "package",
	} {
		if one, ok := known[en]; ok {
			one.en = word
			known[word] = one
		}
	}
	var out []term
	for _, word := range core {
		one, ok := known[word]
		if !ok {
			t.Errorf("the glossary has no %q", word)
			continue
		}
		out = append(out, one)
	}
	return out
}

// options are the ways to write one cell: "費率 / 價" and "低消(最低消費)".
func options(cell string) []string {
	var out []string
	for _, s := range strings.Split(cell, "/") {
		s = strings.ToLower(strings.TrimSpace(s))
		if before, inside, ok := strings.Cut(s, "("); ok {
			inside, after, _ := strings.Cut(inside, ")")
			out = append(out, strings.TrimSpace(before+after))
			if inside > "\x7f" {
				out = append(out, inside)
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// plain is an English phrase without the heads of its placeholders.
func plain(s string) string {
	tree, err := parsePhrase(s)
	if err != nil {
		return s
	}
	var b strings.Builder
	var walk func([]node)
	walk = func(nodes []node) {
		for _, n := range nodes {
			b.WriteString(n.text)
			if n.op == '|' {
				b.WriteString(n.a)
			}
			walk(n.sub)
			if n.op != 0 && n.sub == nil {
				b.WriteByte(' ')
			}
		}
	}
	walk(tree)
	return strings.ToLower(b.String())
}

// hasTerm tells whether a term stands in a text as words of their own.
func hasTerm(text, term string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], term)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(term)
		if end < len(text) && text[end] == 's' {
			end++
		}
		if !letterAt(text, i-1) && !letterAt(text, end) {
			return true
		}
		from = i + 1
	}
}

func letterAt(s string, i int) bool {
	return i >= 0 && i < len(s) && (s[i] >= 'a' && s[i] <= 'z' || s[i] == '-')
}

func containsAny(s string, options []string) bool {
	s = strings.ToLower(s)
	for _, o := range options {
		if strings.Contains(s, o) {
			return true
		}
	}
	return false
}
