package api

import (
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Money is an amount as text, so that no reader makes a float of it.
type Money struct {
	Amount   string `json:"amount" pattern:"^-?[0-9]+(\\.[0-9]{1,6})?$" maxLength:"30" example:"150.00" doc:"A decimal with at most six places."`
	Currency string `json:"currency" pattern:"^[A-Z]{3}$" example:"CNY" doc:"ISO 4217."`
}

func moneyOf(a money.Amount) Money { return Money{a.Decimal(), a.Currency().String()} }

// read gives the amount; path names the field in errors.
func (m Money) read(path string) (money.Amount, error) {
	c, err := money.ParseCurrency(m.Currency)
	if err != nil {
		return money.Amount{}, fault.Problem{Path: path + ".currency", What: "this is no currency", Expected: "ISO 4217: CNY, TWD, USD"}
	}
	a, err := money.Parse(m.Amount, c)
	if err != nil {
		return money.Amount{}, fault.Problem{Path: path + ".amount", What: "this is no amount", Expected: "a decimal of at most six places"}
	}
	return a, nil
}

// Time is an instant in RFC 3339; nil where there is none.
type Time = *timex.Instant

func timeOf(i timex.Instant) Time {
	if i == 0 {
		return nil
	}
	return &i
}

// named reads an identifier with its noun; path names the field in errors.
func named(noun, text, path string) (id.ID, error) {
	i, err := id.ParseNamed(noun, text)
	if err != nil {
		return id.ID{}, fault.Problem{Path: path, What: "this is no identifier of its kind", Expected: noun + "_..."}
	}
	return i, nil
}

// inPath reads the identifier of an address: one that cannot be is one that does
// not exist.
func inPath(noun, text string) (id.ID, error) {
	i, err := id.ParseNamed(noun, text)
	if err != nil {
		return id.ID{}, fault.New(fault.NotFound, "there is no %s of that name", noun)
	}
	return i, nil
}

func companyName(c id.Company) string {
	if c == id.Platform {
		return ""
	}
	return c.Named(companyNoun)
}

// companyIn reads a company's identifier; empty is the operator.
func companyIn(text, path string) (id.Company, error) {
	if text == "" {
		return id.Platform, nil
	}
	i, err := named(companyNoun, text, path)
	return id.Company{ID: i}, err
}

// none is an input without anything.
type none struct{}

// Done is the answer where there is nothing to tell.
type Done struct {
	Done bool `json:"done"`
}
