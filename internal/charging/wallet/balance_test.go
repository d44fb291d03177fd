package wallet

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"waihu/internal/charging/deck"
	"waihu/internal/fault"
	"waihu/internal/money"
)

var cny = money.MustCurrency("CNY")

func yuan(t *testing.T, s string) money.Amount {
	t.Helper()
	a, err := money.Parse(s, cny)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func open(t *testing.T, amount string, seconds int64, overdraft string) *Balance {
	t.Helper()
	b, err := New(Funds{yuan(t, amount), seconds}, yuan(t, overdraft))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func expect(t *testing.T, what string, got Outcome, err error, want Outcome) {
	t.Helper()
	if err != nil || got != want {
		t.Errorf("%s: %q, %v; want %q", what, got, err, want)
	}
}

func refuse(t *testing.T, what string, got Outcome, err error, want fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != want || got != "" {
		t.Errorf("%s: %q, %v; want an error of kind %s", what, got, err, want)
	}
}

// TestThirtyAtOnce: credit for one call, thirty asked at once.
func TestThirtyAtOnce(t *testing.T) {
	b := open(t, "1.00", 0, "0")
	placed := 0
	for i := range 30 {
		out, err := b.Authorise(fmt.Sprint(i), Funds{Money: yuan(t, "1.00")})
		if err != nil {
			t.Fatal(err)
		}
		if out == OK {
			placed++
		}
	}
	if placed != 1 || len(b.Held()) != 1 || !b.Available().Money.IsZero() {
		t.Errorf("%d calls placed, %v held, %s available", placed, b.Held(), b.Available().Money)
	}
}

func TestLifeOfACall(t *testing.T) {
	b := open(t, "2.00", 120, "0")
	hold := Funds{yuan(t, "1.00"), 60}
	out, err := b.Authorise("a", hold)
	expect(t, "authorise", out, err, OK)
	out, err = b.Authorise("a", hold)
	expect(t, "authorise again", out, err, Duplicate)
	out, err = b.Authorise("a", Funds{yuan(t, "0.50"), 60})
	refuse(t, "authorise with another hold", out, err, fault.Conflict)
	out, err = b.Authorise("b", Funds{yuan(t, "1.00"), 61})
	expect(t, "more seconds than are left", out, err, Refused)

	cost := Funds{yuan(t, "1.50"), 60} // beyond its hold: the call was made
	out, err = b.Settle("a", cost)
	expect(t, "settle", out, err, OK)
	out, err = b.Settle("a", cost)
	expect(t, "the same hang-up again", out, err, Duplicate)
	out, err = b.Settle("a", hold)
	refuse(t, "another cost", out, err, fault.Conflict)
	out, err = b.Release("a")
	expect(t, "release after the end", out, err, Duplicate)
	out, err = b.Authorise("a", hold)
	refuse(t, "authorise after the end", out, err, fault.Conflict)
	if want := (Funds{yuan(t, "0.50"), 60}); b.There() != want || b.Available() != want {
		t.Errorf("there %+v, available %+v, want %+v", b.There(), b.Available(), want)
	}

	out, err = b.Authorise("c", Funds{Money: yuan(t, "0.50")})
	expect(t, "authorise c", out, err, OK)
	out, err = b.Release("c")
	expect(t, "not answered", out, err, OK)
	out, err = b.Settle("c", Funds{Money: yuan(t, "0.75")})
	expect(t, "it was answered after all", out, err, OK)
	if got := b.There().Money; got != yuan(t, "-0.25") {
		t.Errorf("%s there, want -0.25: a call that was made is booked", got)
	}
	out, err = b.Settle("d", Funds{Money: yuan(t, "0.01")})
	expect(t, "never authorised", out, err, OK)
	out, err = b.Release("e")
	refuse(t, "release of nothing", out, err, fault.NotFound)
}

func TestOverdraft(t *testing.T) {
	b := open(t, "0", 0, "0.50")
	out, err := b.Authorise("a", Funds{Money: yuan(t, "0.51")})
	expect(t, "beyond the overdraft", out, err, Refused)
	out, err = b.Authorise("a", Funds{Money: yuan(t, "0.50")})
	expect(t, "all of the overdraft", out, err, OK)
	if _, err := New(Funds{Money: yuan(t, "1")}, yuan(t, "-1")); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a negative overdraft: %v", err)
	}
	if _, err := New(Funds{Money: yuan(t, "1")}, money.Zero(money.MustCurrency("USD"))); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an overdraft in another currency: %v", err)
	}
}

func TestAdd(t *testing.T) {
	b := open(t, "1", 30, "0")
	if err := b.Add(Funds{yuan(t, "0.5"), -30}); err != nil || b.There() != (Funds{yuan(t, "1.5"), 0}) {
		t.Errorf("%+v, %v", b.There(), err)
	}
	if err := b.Add(Funds{yuan(t, "0"), -1}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("fewer than no seconds: %v", err)
	}
	if err := b.Add(Funds{Money: money.Micros(math.MaxInt64, cny)}); fault.KindOf(err) != fault.Overflow {
		t.Errorf("too much money: %v", err)
	}
}

func TestInvalidFunds(t *testing.T) {
	b := open(t, "1", 30, "0")
	for _, f := range []Funds{{yuan(t, "-0.01"), 0}, {yuan(t, "0"), -1}, {money.Zero(money.MustCurrency("JPY")), 0}} {
		out, err := b.Authorise("a", f)
		refuse(t, "authorise", out, err, fault.Invalid)
		out, err = b.Settle("a", f)
		refuse(t, "settle", out, err, fault.Invalid)
	}
	out, err := b.Settle("a", Funds{yuan(t, "0"), 31})
	refuse(t, "more seconds than there are", out, err, fault.Conflict)
}

func TestPriceTakesSecondsFirst(t *testing.T) {
	b := open(t, "10", 70, "0")
	rate := &deck.Rate{Price: 120_000_000, Per: 60, First: 60, Next: 6, Connect: 50_000_000}
	got, err := b.Price("", rate, 61, deck.Count{})
	if want := (Funds{yuan(t, "0.05"), 66}); err != nil || got != want {
		t.Errorf("61 s: %+v, %v; want %+v", got, err, want)
	}
	if got, err = b.Price("", rate, 80, deck.Count{}); err != nil || got != (Funds{yuan(t, "0.078"), 70}) {
		t.Errorf("80 s: %+v, %v: 84 billed, 14 of them at 0.002", got, err)
	}
	if _, err := b.Authorise("a", Funds{yuan(t, "1"), 70}); err != nil {
		t.Fatal(err)
	}
	if got, err = b.Price("b", rate, 6, deck.Count{}); err != nil || got != (Funds{yuan(t, "0.17"), 0}) {
		t.Errorf("another call must not use what is held: %+v, %v", got, err)
	}
	if got, err = b.Price("a", rate, 6, deck.Count{}); err != nil || got != (Funds{yuan(t, "0.05"), 60}) {
		t.Errorf("the call uses its own hold: %+v, %v", got, err)
	}
	for status, kind := range map[deck.Status]fault.Kind{deck.Blocked: fault.Unpriced, deck.Unknown: fault.Unknown} {
		if _, err := b.Price("", &deck.Rate{Per: 1, First: 1, Next: 1, Status: status}, 6, deck.Count{}); fault.KindOf(err) != kind {
			t.Errorf("status %d: %v", status, err)
		}
	}
	dear := &deck.Rate{Price: math.MaxInt64, Per: 1, First: 1, Next: 1}
	if _, err := b.Price("", dear, math.MaxInt32, deck.Count{}); fault.KindOf(err) != fault.Overflow {
		t.Errorf("a cost beyond any amount: %v", err)
	}
}

func TestLongestCanBePaid(t *testing.T) {
	rate := &deck.Rate{Price: 120_000_000, Per: 60, First: 60, Next: 6, Connect: 50_000_000}
	b := open(t, "0.40", 30, "0.10")
	long := b.Longest(rate, deck.Count{})
	if long != 252 { // 0.50 less the fee is 225 s, 30 are included: 60 + 32 x 6 of 255
		t.Errorf("longest %d s, want 252", long)
	}
	cost, err := b.Price("", rate, long, deck.Count{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := b.Authorise("a", cost)
	expect(t, "the longest call", out, err, OK)
	if again := b.Longest(rate, deck.Count{}); again != 0 {
		t.Errorf("%d s more on what is left", again)
	}
	rich, err := New(Funds{Money: money.Micros(math.MaxInt64, cny)}, money.Micros(math.MaxInt64, cny))
	if err != nil {
		t.Fatal(err)
	}
	if got := rich.Longest(rate, deck.Count{}); got != deck.Endless {
		t.Errorf("more money than can be counted pays for %d s", got)
	}
}

// TestBooksBalance orders a balance about at random and keeps the books beside
// it: what is there is what came in less what calls took, what is available is
// that less the open holds, and prepaid money is never promised twice.
func TestBooksBalance(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	for range 200 {
		b := open(t, "5", 100, "0")
		in, out, holds := int64(5_000_000), int64(0), map[string]int64{}
		for range 60 {
			id := fmt.Sprint(rng.IntN(12))
			n := rng.Int64N(900_000)
			switch rng.IntN(4) {
			case 0:
				if got, err := b.Authorise(id, Funds{Money: money.Micros(n, cny)}); err == nil && got == OK {
					holds[id] = n
				} else if err == nil && got == Refused && b.Available().Money.Micros() >= n {
					t.Fatalf("%d refused with %s available", n, b.Available().Money)
				}
			case 1:
				if got, err := b.Settle(id, Funds{Money: money.Micros(min(n, holds[id]), cny)}); err == nil && got == OK {
					out += min(n, holds[id])
					delete(holds, id)
				}
			case 2:
				if got, err := b.Release(id); err == nil && got == OK {
					delete(holds, id)
				}
			case 3:
				if err := b.Add(Funds{Money: money.Micros(n, cny)}); err == nil {
					in += n
				}
			}
			if got := b.There().Money.Micros(); got != in-out {
				t.Fatalf("%d there, the books say %d", got, in-out)
			}
			if got := b.Available().Money.Micros(); got != in-out-sum(holds) || got < 0 {
				t.Fatalf("%d available, the books say %d", got, in-out-sum(holds))
			}
			if !slices.IsSorted(b.Held()) || len(b.Held()) != len(holds) {
				t.Fatalf("held for %v, the books say %v", b.Held(), holds)
			}
		}
	}
}

func sum(m map[string]int64) int64 {
	n := int64(0)
	for _, v := range m {
		n += v
	}
	return n
}

func ExampleBalance() {
	funds := Funds{Money: money.Micros(500_000, cny), Seconds: 30}
	b, _ := New(funds, money.Zero(cny))
	rate := &deck.Rate{Price: 120_000_000, Per: 60, First: 60, Next: 60} // 0.12 a minute
	hold, _ := b.Price("call-1", rate, 180, deck.Count{})                // for three minutes
	outcome, _ := b.Authorise("call-1", hold)
	fmt.Println(outcome, "held", hold.Money, "and", hold.Seconds, "s")
	cost, _ := b.Price("call-1", rate, 61, deck.Count{}) // it talked for 61 s
	outcome, _ = b.Settle("call-1", cost)
	fmt.Println(outcome, "left", b.Available().Money, "and", b.Available().Seconds, "s")
	// Output:
	// ok held 0.30 CNY and 30 s
	// ok left 0.32 CNY and 0 s
}

// TestBeyondAnyMoney: sums that leave 64 bits are errors and change nothing.
func TestBeyondAnyMoney(t *testing.T) {
	most := money.Micros(math.MaxInt64, cny)
	rich, err := New(Funds{Money: most}, most)
	if err != nil {
		t.Fatal(err)
	}
	out, err := rich.Authorise("a", Funds{Money: yuan(t, "1")})
	refuse(t, "more than can be counted", out, err, fault.Overflow)
	poor := open(t, "0", 0, "0")
	if out, err = poor.Settle("a", Funds{Money: most}); err != nil || out != OK {
		t.Fatal(out, err)
	}
	out, err = poor.Settle("b", Funds{Money: most})
	refuse(t, "a debt beyond any", out, err, fault.Overflow)
	if got := poor.There().Money; got != most.Neg() {
		t.Errorf("%s there after a refusal", got)
	}
}
