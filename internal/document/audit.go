package document

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"waihu/internal/charging/audit"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// auditAnswer is the result of an audit in one sentence or two.
func auditAnswer(tag lang.Tag, r *audit.Result) []string {
	args := []string{"amount", lang.Money(tag, positive(r.Difference)), "billed", lang.Money(tag, r.Billed), "expected", lang.Money(tag, r.Expected)}
	var out []string
	switch {
	case r.Difference.Sign() > 0:
		out = append(out, say(tag, "audit.over", args...))
	case r.Difference.Sign() < 0:
		out = append(out, say(tag, "audit.under", args...))
	case len(r.Findings) > 0:
		out = append(out, say(tag, "audit.same", args...))
	default:
		return append(out, say(tag, "audit.equal", args...))
	}
	rest, err := r.Difference.Sub(r.Explained)
	switch {
	case err != nil || rest.IsZero():
		out = append(out, say(tag, "audit.explained_all"))
	default:
		out = append(out, say(tag, "audit.explained_part", "explained", lang.Money(tag, r.Explained), "rest", lang.Money(tag, rest)))
	}
	return out
}

func positive(a money.Amount) money.Amount {
	if a.Sign() < 0 {
		return a.Neg()
	}
	return a
}

// auditWhy is the sentence of a finding.
func auditWhy(tag lang.Tag, f *audit.Finding) string {
	return clean(lang.Phrase(tag, "audit.why."+f.Key, f.Args))
}

// auditLine names the line a finding is about.
func auditLine(tag lang.Tag, f *audit.Finding) string {
	if f.Line == "" {
		return say(tag, "audit.bill_as_whole")
	}
	if name := f.Name.In(tag); name != "" {
		return clean(name)
	}
	return say(tag, "audit.bill_as_whole")
}

func auditCause(tag lang.Tag, c audit.Cause) string {
	return lang.Phrase(tag, "audit.cause."+string(c), nil)
}

// rowsShown bounds how many rows of a bill a sentence names.
const rowsShown = 12

func auditRows(tag lang.Tag, rows []int) string {
	if len(rows) == 0 {
		return ""
	}
	var words []string
	for i, n := range rows {
		if i == rowsShown {
			words = append(words, "…")
			break
		}
		words = append(words, strconv.Itoa(n))
	}
	return say(tag, "audit.rows", "rows", lang.List(tag, words))
}

// signedMoney is an amount with its sign, also above zero.
func signedMoney(tag lang.Tag, a money.Amount) string {
	if a.Sign() > 0 {
		return "+" + lang.Decimal(tag, a)
	}
	return lang.Decimal(tag, a)
}

// auditExample is a piece of evidence in words.
func auditExample(tag lang.Tag, ev *audit.Evidence, zone *time.Location) string {
	at := func(i timex.Instant) string {
		if i.IsZero() {
			return ""
		}
		return i.In(zone).Format(time.DateTime)
	}
	if ev.Kind != "call" {
		return clean(say(tag, "audit.example_stretch", "id", ev.ID, "who", ev.Who, "what", ev.What, "from", at(ev.From), "to", at(ev.To)))
	}
	return clean(say(tag, "audit.example_call", "id", ev.ID, "start", at(ev.From), "to", ev.What, "talk", seconds(ev.Talk), "due", seconds(ev.Due), "billed", seconds(ev.Billed),
		"costdue", ev.DueCost, "costbilled", ev.CostBill))
}

// seconds are empty where a side has none.
func seconds(n int64) string {
	if n == audit.NoSeconds {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// contractSays is what the contract has about a finding's line, in the words of
// our own invoice; empty where it has nothing.
func contractSays(tag lang.Tag, r *audit.Result, f *audit.Finding) string {
	var rules []string
	for i := range r.Own.Lines {
		l := &r.Own.Lines[i]
		if l.Component != f.Line {
			continue
		}
		for _, rule := range l.Rules {
			if slices.Contains(agreedRules(), rule.Key) && len(rules) < rulesCited {
				rules = append(rules, strings.TrimRight(clean(lang.Phrase(tag, "rule."+rule.Key, rule.Args)), ".。"))
			}
		}
		if price, one := onePrice(l); one && len(rules) < rulesCited+1 {
			rules = append([]string{say(tag, "audit.agreed_price", "price", lang.Number(tag, price), "unit", unitName(tag, l.Unit))}, rules...)
		}
		break
	}
	if len(rules) == 0 {
		return ""
	}
	return say(tag, "audit.contract_says", "rules", strings.Join(rules, say(tag, "audit.semicolon")))
}

// firstOf tells whether a finding is the first of its line: what the contract
// says of a line is said once.
func firstOf(r *audit.Result, i int) bool {
	return i == 0 || r.Findings[i-1].Line != r.Findings[i].Line
}

// rulesCited bounds how many rules of a line are cited.
const rulesCited = 4

// agreedRules are the rules of a line that a contract states, unlike figures
// that were found in counting.
func agreedRules() []string {
	return []string{"increment", "grid", "grace", "min_duration", "connect_fee", "legs", "round_each", "round_total", "included", "included_per_seat", "seat_increase", "seat_decrease",
		"proration", "off_day", "ignore_below", "merge_same_user", "commitment", "discount", "minimum", "maximum", "tier_graduated", "tier_volume", "block", "deck", "percent_of"}
}
