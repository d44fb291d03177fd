package wallet

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

func purse(t *testing.T, lots ...Lot) Purse {
	t.Helper()
	p := NewPurse(cny)
	for _, l := range lots {
		if err := p.Add(l); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func TestOrderOfUse(t *testing.T) {
	p := purse(t, Lot{"d", true, yuan(t, "1"), 0}, Lot{"c", true, yuan(t, "1"), 50}, Lot{"b", false, yuan(t, "1"), 0}, Lot{"a", false, yuan(t, "1"), 90}, Lot{"z", false, yuan(t, "1"), 40}, Lot{"e", true, yuan(t, "1"), 0})
	got := ""
	for range 6 {
		got += p.Lots[0].ID
		if err := p.Take(yuan(t, "1"), 10); err != nil {
			t.Fatal(err)
		}
	}
	if got != "zabcde" {
		t.Errorf("used in the order %s: granted first, soonest expiry first, oldest first", got)
	}
	if err := p.Take(yuan(t, "0.5"), 10); err != nil || p.Short != yuan(t, "0.5") {
		t.Errorf("short %s, %v: a call that was made is booked", p.Short, err)
	}
	if err := p.Add(Lot{"f", true, yuan(t, "2"), 0}); err != nil || !p.Short.IsZero() || p.Lots[0].Left != yuan(t, "1.5") {
		t.Errorf("the next lot makes up what is short: %+v, %v", p, err)
	}
}

func TestExpiry(t *testing.T) {
	p := purse(t, Lot{"a", false, yuan(t, "1"), 40}, Lot{"b", true, yuan(t, "2"), 0})
	if b, err := p.Balance(39); err != nil || b != yuan(t, "3") {
		t.Errorf("%s, %v", b, err)
	}
	if b, err := p.Balance(40); err != nil || b != yuan(t, "2") {
		t.Errorf("at its end a lot is gone, swept or not: %s, %v", b, err)
	}
	if err := p.Take(yuan(t, "1"), 40); err != nil || p.Lots[0].ID != "a" || p.Lots[0].Left != yuan(t, "1") {
		t.Errorf("an expired lot pays for nothing: %+v, %v", p.Lots, err)
	}
	if gone := p.Expire(40); len(gone) != 1 || gone[0].ID != "a" || len(p.Lots) != 1 {
		t.Errorf("expired %+v, left %+v", gone, p.Lots)
	}
}

func TestPurseRefuses(t *testing.T) {
	p := purse(t, Lot{"a", false, yuan(t, "1"), 0})
	for what, c := range map[string]struct {
		err  error
		kind fault.Kind
	}{
		"a lot twice":            {p.Add(Lot{"a", true, yuan(t, "1"), 0}), fault.Conflict},
		"a lot of nothing":       {p.Add(Lot{"b", true, yuan(t, "0"), 0}), fault.Invalid},
		"another currency":       {p.Add(Lot{"b", true, money.Micros(1, money.MustCurrency("USD")), 0}), fault.Invalid},
		"less than nothing":      {p.Take(yuan(t, "-1"), 0), fault.Invalid},
		"a rule without bound":   {(&TopUpRule{yuan(t, "1"), yuan(t, "1"), 0}).Check(cny), fault.Invalid},
		"a rule of nothing":      {(&TopUpRule{yuan(t, "1"), yuan(t, "0"), 1}).Check(cny), fault.Invalid},
		"a rule in another coin": {(&TopUpRule{yuan(t, "1"), yuan(t, "1"), 1}).Check(money.MustCurrency("USD")), fault.Invalid},
	} {
		if fault.KindOf(c.err) != c.kind || c.err == nil {
			t.Errorf("%s: %v", what, c.err)
		}
	}
}

// TestReplayEqualsProjection: a purse kept beside its journal is what the
// journal says, whatever happened.
func TestReplayEqualsProjection(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 4))
		p, entries := NewPurse(cny), []ledger.Entry{}
		in, out := int64(0), int64(0)
		for i := range 60 {
			now, ref, n := timex.Instant(1_000_000*(i+1)), fmt.Sprint("r", i), money.Micros(1+r.Int64N(9_000_000), cny)
			var e ledger.Entry
			var err error
			switch r.IntN(5) {
			case 0, 1:
				l := Lot{ID: ref, Bought: r.IntN(2) == 0, Left: n}
				if r.IntN(2) == 0 {
					l.Expires = now + timex.Instant(1_000_000*(1+r.IntN(20)))
				}
				if e, err = ledger.Given(ref, "main", n); l.Bought {
					e, err = ledger.ToppedUp(ref, "main", n)
				}
				e.Note = l.Expires.String()
				if err := p.Add(l); err != nil {
					t.Fatal(err)
				}
				in += n.Micros()
			case 2, 3:
				e, err = ledger.Called(ref, "main", "c1", n, money.Amount{})
				if err := p.Take(n, now); err != nil {
					t.Fatal(err)
				}
				out += n.Micros()
			default:
				for _, l := range p.Expire(now) {
					x, err := ledger.Expired(l.ID, "main", l.Left, l.Bought)
					if err != nil {
						t.Fatal(err)
					}
					x.At = now
					entries = append(entries, x)
					out += l.Left.Micros()
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			e.At = now
			entries = append(entries, e)
		}
		again := NewPurse(cny)
		half := r.IntN(len(entries) + 1) // a journal is read in pages
		for _, part := range [][]ledger.Entry{entries[:half], entries[half:]} {
			if err := again.Replay("main", part); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		if len(again.Lots)+len(p.Lots) > 0 && !reflect.DeepEqual(again, p) {
			t.Fatalf("seed %d:\nkept   %+v\nreplay %+v", seed, p, again)
		}
		held := -p.Short.Micros()
		for _, l := range p.Lots {
			held += l.Left.Micros()
		}
		if held != in-out {
			t.Fatalf("seed %d: %d there, %d came in and %d went out", seed, held, in, out)
		}
	}
}

func TestRules(t *testing.T) {
	r := TopUpRule{Below: yuan(t, "10"), Amount: yuan(t, "50"), Most: 2}
	if err := r.Check(cny); err != nil || !r.Due(yuan(t, "9.99"), 1) || r.Due(yuan(t, "10"), 0) || r.Due(yuan(t, "0"), 2) {
		t.Errorf("due below 10, at most twice a day: %v", err)
	}
	l := Levels{At: []money.Amount{yuan(t, "20"), yuan(t, "5")}}
	for _, step := range []struct {
		balance, level string
		news           bool
	}{{"30", "", false}, {"19", "20", true}, {"18", "", false}, {"4", "5", true}, {"25", "", false}, {"3", "5", true}} {
		level, news := l.Cross(yuan(t, step.balance))
		if news != step.news || news && level != yuan(t, step.level) {
			t.Errorf("at %s: %s, %v", step.balance, level, news)
		}
	}
	if Day(timex.Instant(86_400_000_000*3+5)) != 3 {
		t.Error("the day of an instant")
	}
}
