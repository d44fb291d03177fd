package store

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/money"
)

// Lists are put in order by texts that compare, byte by byte, as what they stand
// for. A key of a record is one of them, and so is the place where the next page
// goes on.

// ordered bounds the characters of a text that decide: an index has a bound, and
// nobody reads on. Those that are equal so far stand in the order of identifiers.
const ordered = 100

// OrderText puts texts in the order of their characters, capital letters of ASCII
// with small ones. What a database cannot keep in a text is left out.
func OrderText(s string) string {
	n := 0
	for i := range s {
		if n++; n > ordered {
			s = s[:i]
			break
		}
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == 0:
			return -1
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// OrderInt puts whole numbers in order; ParseOrderInt reads it.
func OrderInt(n int64) string {
	if n < 0 {
		return fmt.Sprintf("0%019d", math.MaxInt64+(n+1))
	}
	return fmt.Sprintf("1%019d", n)
}

// ParseOrderInt reads what OrderInt wrote.
func ParseOrderInt(s string) (int64, error) {
	if len(s) == 20 && (s[0] == '0' || s[0] == '1') {
		n, err := strconv.ParseInt(s[1:], 10, 64)
		if s[0] == '0' {
			n = n - math.MaxInt64 - 1
		}
		if err == nil && OrderInt(n) == s {
			return n, nil
		}
	}
	return 0, fault.New(fault.NotFound, "there is no such page: it does not begin behind %q", fault.Shorten(s, 40))
}

// OrderMoney puts amounts in order, each currency by itself.
func OrderMoney(a money.Amount) string {
	return a.Currency().String() + " " + OrderInt(a.Micros())
}

// ParseOrderMoney reads what OrderMoney wrote.
func ParseOrderMoney(s string) (currency string, micros int64, err error) {
	currency, number, _ := strings.Cut(s, " ")
	micros, err = ParseOrderInt(number)
	return currency, micros, err
}

// DocumentOrder is a column that documents of a kind can be in the order of.
type DocumentOrder string

const (
	ByNumber DocumentOrder = "number"
	ByFirst  DocumentOrder = "first"
	ByDue    DocumentOrder = "due"
	ByTotal  DocumentOrder = "total"
	ByOpen   DocumentOrder = "open" // what is still to be paid; of a void one nothing
)

// Place is where a document stands in an order: From of the page behind it.
func (d *Document) Place(by DocumentOrder) (string, error) {
	switch by {
	case ByNumber:
		return d.Number, nil
	case ByFirst:
		return OrderInt(int64(d.First)), nil
	case ByDue:
		return OrderInt(int64(d.DueOn)), nil
	case ByTotal:
		return OrderMoney(d.Total), nil
	case ByOpen:
		open, err := d.Open()
		return OrderMoney(open), err
	}
	return "", nil // by identifier
}

// Open is what of a document is still asked for.
func (d *Document) Open() (money.Amount, error) {
	if d.Status == Voided {
		return money.Zero(d.Total.Currency()), nil
	}
	open, err := d.Total.Sub(d.Paid)
	if err == nil {
		open, err = open.Sub(d.Credited)
	}
	return open, err
}
