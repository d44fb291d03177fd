package offer

import (
	"fmt"
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
)

// ParseAnswer reads an answer to one question as a person types it:
//
//	(nothing), ?, unknown     nobody said
//	included                  part of the price
//	no                        not charged
//	yes                       charged, as the plan shows; for rules alone
//	plan COMPONENT            charged by a component of the plan
//	500 once                  an amount and what for: once, period, month, year,
//	                          seat, minute, call, attempt
//	10..20 month              a range
//	unknown month             charged, nobody knows how much
//	300 occasion 2            each time, expected twice a year
//	5% renewal                a share added on renewal
//
// What follows # is kept as the note.
func ParseAnswer(c Category, text string) (Fee, error) {
	body, note, _ := strings.Cut(text, "#")
	f := Fee{Category: c, Answer: Charged, Note: strings.TrimSpace(note)}
	words := strings.Fields(body)
	if len(words) < 2 {
		return single(f, words)
	}
	if words[0] == "plan" && len(words) == 2 {
		f.Component = words[1]
		return f, nil
	}
	f.Per = Basis(words[1])
	if !slices.Contains(f.Per.Choices(), words[1]) {
		return f, odd(c, body)
	}
	if len(words) == 3 && f.Per == Occasion {
		n, err := exact.Parse(words[2])
		if err != nil {
			return f, odd(c, body)
		}
		f.Times = n
	} else if len(words) > 2 {
		return f, odd(c, body)
	}
	return f, amount(&f, words[0])
}

// single reads answers of one word, or none.
func single(f Fee, words []string) (Fee, error) {
	if len(words) == 0 {
		f.Answer = Unknown
		return f, nil
	}
	switch words[0] {
	case "?", "unknown":
		f.Answer = Unknown
	case "included":
		f.Answer = Included
	case "no":
		f.Answer = Never
	case "yes":
		if !f.Category.IsRule() {
			return f, fmt.Errorf("%s: yes is not enough: say how much and what for, such as 500 once, or unknown month", f.Category)
		}
	default:
		return f, odd(f.Category, words[0])
	}
	return f, nil
}

// amount reads 500, 10..20, 5% or unknown.
func amount(f *Fee, word string) error {
	if f.Per == OnRenewal {
		p, err := catalog.ParsePercent(word)
		f.Percent = &p
		return err
	}
	if from, to, ranged := strings.Cut(word, ".."); ranged {
		low, err1 := exact.Parse(from)
		high, err2 := exact.Parse(to)
		if err1 != nil || err2 != nil {
			return odd(f.Category, word)
		}
		f.Low, f.High = &low, &high
		return nil
	}
	var err error
	if f.Amount, err = catalog.ParsePrice(word); err != nil {
		return odd(f.Category, word)
	}
	return nil
}

func odd(c Category, text string) error {
	return fmt.Errorf("%s: %q is not an answer: write included, no, ?, plan COMPONENT, or an amount and what for, such as 500 once, 10..20 month, 0.02 minute", c, strings.TrimSpace(text))
}
