package ledger

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// amount is up to 1,000.00, often nothing.
func amount(r *rand.Rand) money.Amount {
	if r.IntN(5) == 0 {
		return money.Zero(cny)
	}
	return money.Micros(r.Int64N(1_000_000_000), cny)
}

func parts(r *rand.Rand) []Part {
	var out []Part
	for range r.IntN(4) {
		out = append(out, Part{[]string{"voice", "seats", ""}[r.IntN(3)], amount(r)})
	}
	return out
}

// event makes an entry of any kind.
func event(r *rand.Rand, ref string) (Entry, error) {
	switch r.IntN(17) {
	case 0:
		if r.IntN(2) == 0 {
			return Release(ref, "c1", []Standing{{20_000, "voice", amount(r)}, {20_031, "", amount(r)}})
		}
		return Accrued(ref, "c1", 20_000, parts(r))
	case 1:
		return Invoiced{ref, parts(r), parts(r), amount(r)}.Entry()
	case 2:
		return ServedAhead(ref, parts(r))
	case 3:
		return Paid(ref, amount(r), amount(r))
	case 4:
		return PaidIn(ref, money.Micros(r.Int64N(1e9), usd), amount(r), amount(r))
	case 5:
		return Applied(ref, amount(r))
	case 6:
		return Credited(ref, parts(r), amount(r), amount(r))
	case 7:
		return ToppedUp(ref, "main", amount(r))
	case 8:
		return Given(ref, "main", amount(r))
	case 9:
		return Expired(ref, "main", amount(r), r.IntN(2) == 0)
	case 10:
		return Called(ref, "main", "c1", amount(r), money.Micros(r.Int64N(1e6), usd))
	case 13:
		return Drawn(ref, "main", "c1", amount(r), amount(r))
	case 14:
		return Returned(ref, "main", "c1", amount(r))
	case 15:
		return PaidAhead(ref, amount(r))
	case 11:
		return CarrierAsked(ref, amount(r))
	case 12:
		return WrittenOff(ref, amount(r))
	}
	return FxDifference(ref, amount(r))
}

// journal is a chain of random events.
func journal(t testing.TB, seed uint64, n int) []Entry {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 9))
	var out []Entry
	prev := Hash{}
	for i := range n {
		e, err := event(r, fmt.Sprint("e", i))
		if err != nil {
			t.Fatal(err)
		}
		if r.IntN(8) == 0 && len(out) > 0 {
			e = out[r.IntN(len(out))].Reverse(KindVoid, fmt.Sprint("v", i))
		}
		if e.IsEmpty() {
			continue
		}
		e.ID, e.At = id.ID{byte(i)}, timex.Instant(i)
		e.Chain(int64(len(out)+1), prev)
		prev = e.Hash
		out = append(out, e)
	}
	return out
}

// TestEveryEventBalances: whatever happens, the sum over all accounts is zero
// in each currency, and replaying gives what adding up by hand does.
func TestEveryEventBalances(t *testing.T) {
	for seed := range uint64(60) {
		entries := journal(t, seed, 80)
		if good, err := Verify(entries, 0, Hash{}); err != nil || good != len(entries) {
			t.Fatalf("seed %d: %d of %d are right, %v", seed, good, len(entries), err)
		}
		var b Balances
		for i := range entries {
			if err := b.Book(&entries[i]); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		byHand, total := map[string]int64{}, map[money.Currency]int64{}
		for _, e := range entries {
			for _, p := range e.Postings {
				byHand[string(p.Account)+p.Amount.Currency().String()] += p.Amount.Micros()
				total[p.Amount.Currency()] += p.Amount.Micros()
			}
		}
		for account, sum := range b.All() {
			key := string(account) + sum.Currency().String()
			if byHand[key] != sum.Micros() {
				t.Errorf("seed %d: %s has %s", seed, account, sum)
			}
			delete(byHand, key)
		}
		if len(byHand) > 0 {
			t.Errorf("seed %d: %v is on no account", seed, byHand)
		}
		if total[cny] != 0 || total[usd] != 0 {
			t.Errorf("seed %d: %v is left over", seed, total)
		}
	}
}

func TestVerifyNamesTheEntry(t *testing.T) {
	for what, spoil := range map[string]func([]Entry) []Entry{
		"one is missing":    func(e []Entry) []Entry { return slices.Delete(e, 4, 5) },
		"two changed place": func(e []Entry) []Entry { e[4], e[5] = e[5], e[4]; return e },
		"an amount": func(e []Entry) []Entry {
			e[4].Postings = slices.Clone(e[4].Postings)
			e[4].Postings[0].Amount = money.Micros(1, cny)
			return e
		},
		"a balanced amount": func(e []Entry) []Entry {
			e[4].Postings = []Posting{{Cash, money.Micros(1, cny)}, {Receivable, money.Micros(-1, cny)}}
			return e
		},
		"a note": func(e []Entry) []Entry { e[4].Note = "x"; return e },
	} {
		entries := spoil(journal(t, 3, 30))
		if good, err := Verify(entries, 0, Hash{}); good != 4 || (fault.KindOf(err) == fault.Mismatch) != (what != "an amount") {
			t.Errorf("%s: %d are right, %v", what, good, err)
		}
	}
}

// TestWhatIsBooked shows the accounts of each event in words of the field.
func TestWhatIsBooked(t *testing.T) {
	m := func(n int64) money.Amount { return money.Micros(n*money.Micro, cny) }
	d := func(n int64) money.Amount { return money.Micros(n*money.Micro, usd) }
	for _, c := range []struct {
		what string
		make func() (Entry, error)
		want string
	}{
		{"usage", func() (Entry, error) { return Accrued("u", "c1", 20_513, []Part{{"voice", m(3)}}) }, "unbilled:c1/2026-03-01/voice 3.00 CNY, revenue:voice -3.00 CNY"},
		{"usage on an invoice", func() (Entry, error) { return Release("u", "c1", []Standing{{20_513, "voice", m(3)}}) }, "revenue:voice 3.00 CNY, unbilled:c1/2026-03-01/voice -3.00 CNY"},
		{"invoice", Invoiced{"i", []Part{{"voice", m(3)}}, []Part{{"seats", m(2)}}, m(1)}.Entry, "receivable 6.00 CNY, revenue:voice -3.00 CNY, deferred:seats -2.00 CNY, tax -1.00 CNY"},
		{"a negative invoice", Invoiced{Ref: "i", Earned: []Part{{"voice", m(-3)}}, Tax: money.Zero(cny)}.Entry, "receivable -3.00 CNY, revenue:voice 3.00 CNY"},
		{"served", func() (Entry, error) { return ServedAhead("s", []Part{{"seats", m(2)}}) }, "deferred:seats 2.00 CNY, revenue:seats -2.00 CNY"},
		{"paid too much", func() (Entry, error) { return Paid("p", m(7), m(5)) }, "cash 7.00 CNY, receivable -5.00 CNY, unapplied -2.00 CNY"},
		{"paid in dollars", func() (Entry, error) { return PaidIn("p", d(1), m(7), m(9)) }, "cash 1.00 USD, exchange -1.00 USD, exchange 7.00 CNY, receivable -7.00 CNY"},
		{"credited when half was paid", func() (Entry, error) { return Credited("c", []Part{{"voice", m(4)}}, m(1), m(3)) }, "revenue:voice 4.00 CNY, tax 1.00 CNY, receivable -3.00 CNY, unapplied -2.00 CNY"},
		{"breakage", func() (Entry, error) { return Expired("x", "main", m(1), true) }, "wallet:main 1.00 CNY, breakage -1.00 CNY"},
		{"a gift expired", func() (Entry, error) { return Expired("x", "main", m(1), false) }, "wallet:main 1.00 CNY, granted -1.00 CNY"},
		{"a call", func() (Entry, error) { return Called("k", "main", "c1", m(3), d(1)) }, "wallet:main 3.00 CNY, consumed:c1 -3.00 CNY, carrier_cost 1.00 USD, carrier_payable -1.00 USD"},
		{"an invoice drawn", func() (Entry, error) { return Drawn("i", "main", "c1", m(3), m(2)) }, "consumed:c1 3.00 CNY, wallet:main 2.00 CNY, receivable -5.00 CNY"},
		{"a call cheaper than it seemed", func() (Entry, error) { return Returned("i", "main", "c1", m(1)) }, "consumed:c1 1.00 CNY, wallet:main -1.00 CNY"},
		{"paid ahead", func() (Entry, error) { return PaidAhead("a", m(1)) }, "cash 1.00 CNY, unapplied -1.00 CNY"},
		{"nothing", func() (Entry, error) { return Accrued("u", "c1", 1, nil) }, ""},
	} {
		e, err := c.make()
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
		got := ""
		for i, p := range e.Postings {
			if i > 0 {
				got += ", "
			}
			got += string(p.Account) + " " + p.Amount.String()
		}
		if got != c.want {
			t.Errorf("%s: %s\nwant %s", c.what, got, c.want)
		}
	}
	if _, err := Paid("p", m(-1), m(5)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a payment below zero: %v", err)
	}
	if _, err := Paid("p", d(1), m(5)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a payment in another currency: %v", err)
	}
	if a := Revenue("voice"); a.Class() != "revenue" || a.Of() != "voice" || Cash.Of() != "" {
		t.Errorf("class and category of %s", a)
	}
}

// TestBeyondCounting: sums that leave 64 bits are errors, wherever they arise.
func TestBeyondCounting(t *testing.T) {
	most := money.Micros(1<<62, cny)
	for what, err := range map[string]error{
		"one account": second(Accrued("u", "c", 1, []Part{{"voice", most}, {"voice", most}, {"voice", most}})),
		"a note":      second(Credited("c", []Part{{"voice", most}}, most, most)),
		"the entry":   second(Invoiced{Ref: "i", Earned: []Part{{"a", most}, {"b", most}}, Tax: most}.Entry()),
	} {
		if fault.KindOf(err) != fault.Overflow {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, err := range map[string]error{
		"a note above what it gives": second(Credited("c", []Part{{"voice", money.Micros(-5, cny)}}, money.Zero(cny), most)),
		"worth below nought":         second(PaidIn("p", most, money.Micros(-1, cny), most)),
	} {
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	if e, err := Paid("p", money.Micros(5, cny), money.Micros(-3, cny)); err != nil || e.Postings[1].Account != Unapplied {
		t.Errorf("a payment where nothing is open is the customer's: %+v, %v", e, err)
	}
	var b Balances
	e := Entry{Kind: "k", Ref: "r", Postings: []Posting{{Cash, most}, {Tax, most.Neg()}}}
	if err := b.Book(&e); err != nil {
		t.Fatal(err)
	}
	if err := b.Book(&e); fault.KindOf(err) != fault.Overflow || b.Of(Cash, cny) != most {
		t.Errorf("a balance beyond counting: %v, %s", err, b.Of(Cash, cny))
	}
	if _, _, ok := AccruedIn("unbilled:other/2026-03-01/voice", "c"); ok {
		t.Error("another contract's usage")
	}
}

func second(_ Entry, err error) error { return err }
