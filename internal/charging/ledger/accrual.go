package ledger

import (
	"strings"

	"waihu/internal/money"
	"waihu/internal/timex"
)

// KindReleased is usage that stands on an invoice now.
const KindReleased = "released"

// Accruing is the account of what was used of a category in one billing period
// of a contract and is not invoiced yet: a part of Unbilled of its own, so that
// an invoice can take back what is there, however late it came.
func Accruing(contract string, first timex.Date, category string) Account {
	if category == "" {
		category = other
	}
	return in(string(Unbilled), contract+"/"+first.String()+"/"+category)
}

// AccruedIn reads such an account; ok is false if it is another contract's or
// none at all.
func AccruedIn(a Account, contract string) (first timex.Date, category string, ok bool) {
	rest, ok := strings.CutPrefix(string(a), string(Unbilled)+":"+contract+"/")
	day, category, found := strings.Cut(rest, "/")
	if !ok || !found {
		return 0, "", false
	}
	first, err := timex.ParseDate(day)
	return first, category, err == nil
}

// Accrued says what was used in a billing period, before tax.
func Accrued(ref, contract string, first timex.Date, used []Part) (Entry, error) {
	w := write(KindUsage, ref)
	for _, u := range used {
		w.debit(Accruing(contract, first, u.Category), u.Amount).credit(Revenue(u.Category), u.Amount)
	}
	return w.done()
}

// Standing is what stands in an account of usage that accrued.
type Standing struct {
	First    timex.Date
	Category string
	Amount   money.Amount
}

// Release takes back what had accrued for billing periods of a contract: an
// invoice says now what was earned.
func Release(ref, contract string, accrued []Standing) (Entry, error) {
	w := write(KindReleased, ref)
	for _, p := range accrued {
		w.debit(Revenue(p.Category), p.Amount).credit(Accruing(contract, p.First, p.Category), p.Amount)
	}
	return w.done()
}
