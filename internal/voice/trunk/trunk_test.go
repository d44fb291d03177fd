package trunk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"waihu/internal/exact"
)

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func config() *Config {
	price := func(s string) exact.Number { n, _ := exact.Parse(s); return n }
	return &Config{Home: "CN", Zone: "Asia/Shanghai", Allow: []Class{Mobile, Landline, International}, Trunks: []Trunk{
		{Name: "dear", Address: "192.0.2.1:5060", Channels: 2, Rate: 3, Price: price("0.09")},
		{Name: "cheap", Address: "192.0.2.2:5060", Channels: 2, Rate: 3, Price: price("0.05"), Callers: "main"},
		{Name: "second", Address: "192.0.2.3:5060", Channels: 2, Rate: 3, Price: price("0.05"), Priority: 1, Classes: []Class{Mobile}},
		{Name: "untold", Address: "192.0.2.4:5060", Channels: 2, Rate: 3, Priority: -5, Prefixes: []string{"86", "852"}},
	}, Pools: []Pool{{Name: "main", Numbers: []string{"1", "2", "3"}, Daily: 2, Alarms: 1, After: 2, Answered: 0.5, Short: 0.5}}}
}

func names(routes []Route) string {
	var out []string
	for _, r := range routes {
		out = append(out, r.Trunk.Name)
	}
	return strings.Join(out, " ")
}

func TestOrderIsByCostThenPriority(t *testing.T) {
	c := config()
	for number, want := range map[string]string{"13800138000": "cheap second dear untold", "020 8888 5678": "cheap dear untold", "+85221234567": "cheap dear untold", "+14155550123": "cheap dear"} {
		routes, err := c.Order(number, at, time.UTC)
		if got := names(routes); err != nil || got != want {
			t.Errorf("%s goes over %q, %v; want %q", number, got, err, want)
		}
	}
	for number, want := range map[string]Reason{"x": NoNumber, "13800138000@192.0.2.9": NoNumber, "sip:13800138000": NoNumber, "13800138000;transport=tcp": NoNumber, "4008001234": Blocked, "110": Blocked, "+1 900 555 0123": Blocked} {
		_, err := c.Order(number, at, time.UTC)
		var r *Refusal
		if !errors.As(err, &r) || r.Reason != want || !strings.Contains(err.Error(), number) {
			t.Errorf("%s: %v, want %s", number, err, want)
		}
	}
	c.Trunks = c.Trunks[2:3]
	var r *Refusal
	if _, err := c.Order("02088885678", at, time.UTC); !errors.As(err, &r) || r.Reason != NotServed || r.Class != Landline {
		t.Errorf("%v", err)
	}
}

func board(c *Config) *Board { return NewBoard(c, time.FixedZone("CST", 8*3600), 7) }

func route(t *testing.T, b *Board, name string) *Route {
	t.Helper()
	routes, err := b.Order("13800138000", at)
	if i := slices.IndexFunc(routes, func(r Route) bool { return r.Trunk.Name == name }); err == nil && i >= 0 {
		return &routes[i]
	}
	t.Fatal("no way over "+name, err)
	return nil
}

// TestCapsAreExact: many ask at the same moment; as many get a channel as there
// are, and in no second more begin than may.
func TestCapsAreExact(t *testing.T) {
	c := config()
	c.Trunks[0].Channels, c.Trunks[0].Rate = 40, 25
	b := board(c)
	r := route(t, b, "dear")
	var mu sync.Mutex
	got := map[Reason]int{}
	var held []*Seized
	ask := func(now time.Time) {
		var all sync.WaitGroup
		for range 200 {
			all.Add(1)
			go func() {
				defer all.Done()
				s, why := b.Seize(r, "100", now)
				mu.Lock()
				defer mu.Unlock()
				if got[why]++; s != nil {
					held = append(held, s)
				}
			}()
		}
		all.Wait()
	}
	ask(at)
	ask(at.Add(999 * time.Millisecond))
	if got[""] != 25 || got[TooFast] != 375 {
		t.Errorf("in the first second: %v", got)
	}
	ask(at.Add(time.Second))
	if got[""] != 40 || got[Full] != 185 {
		t.Errorf("in the second one: %v", got)
	}
	for _, s := range held {
		s.Release(End{Code: 486}, at)
		s.Release(End{Code: 486}, at) // once more changes nothing
	}
	if s := b.States(at)[0]; s.Open != 0 || s.Calls != 40 || s.Channels != 40 {
		t.Errorf("%+v", s)
	}
}

// TestTrunksRest: as long as Retry-After says, and longer with each failure in a
// row; what the called side or we did makes none rest.
func TestTrunksRest(t *testing.T) {
	b := board(config())
	r, now := route(t, b, "dear"), at
	call := func(e End) Reason {
		now = now.Add(2 * time.Second)
		s, why := b.Seize(r, "100", now)
		if s != nil {
			s.Release(e, now)
		}
		return why
	}
	for _, e := range []End{{Code: 486}, {Code: 404}, {Code: 500}, {Code: 503}, {Code: 200, Answered: true}, {Code: 500}, {Lost: true}, {OurDoing: true, Code: 500}, {Code: 480, Rang: true}, {Code: 603}} {
		if why := call(e); why != "" {
			t.Fatalf("before %+v: %s", e, why)
		}
	}
	call(End{Code: 503, Retry: 20 * time.Second})
	if why := call(End{}); why != Resting || b.States(now)[0].Rests.IsZero() {
		t.Errorf("after Retry-After: %q", why)
	}
	now = now.Add(18 * time.Second)
	for range failuresUntilRest {
		if why := call(End{Lost: true}); why != "" {
			t.Fatal(why)
		}
	}
	for _, rest := range []time.Duration{firstRest, 2 * firstRest, 4 * firstRest} {
		until := now.Add(rest)
		if got := b.States(now)[0].Rests; !got.Equal(until) {
			t.Errorf("rests until %v, want %v", got, until)
		}
		now = until.Add(-2 * time.Second)
		if why := call(End{Lost: true}); why != "" {
			t.Error(why)
		}
	}
	now = now.Add(mostRest)
	call(End{Code: 503, Retry: 1000 * time.Hour})
	if got := b.States(now)[0].Rests; !got.Equal(now.Add(mostRest)) {
		t.Errorf("a Retry-After of weeks: %v", got.Sub(now))
	}
}

func TestFailover(t *testing.T) {
	b := board(config())
	for _, c := range []struct {
		e    End
		want bool
	}{{End{Code: 503}, true}, {End{Code: 500}, true}, {End{Lost: true}, true}, {End{Code: 404}, false}, {End{Code: 486}, false}, {End{Code: 603}, false}, {End{Code: 503, Rang: true}, false}, {End{Lost: true, Rang: true}, false}, {End{Code: 200, Answered: true}, false}, {End{Code: 408}, false}} {
		if got := b.FailsOver(c.e); got != c.want {
			t.Errorf("%+v: %v", c.e, got)
		}
	}
	c := config()
	c.Failover = []int{408}
	if b = board(c); !b.FailsOver(End{Code: 408}) || b.FailsOver(End{Code: 503}) {
		t.Error("what the file says does not count")
	}
}

func TestPingsTakeATrunkOutAndBack(t *testing.T) {
	b := board(config())
	r := route(t, b, "dear")
	for i, c := range []struct {
		answered bool
		want     Reason
	}{{false, ""}, {false, Down}, {false, Down}, {true, ""}, {false, ""}} {
		b.Ping("dear", c.answered)
		s, why := b.Seize(r, "100", at.Add(time.Duration(i)*time.Minute))
		if why != c.want || (why == "") != (s != nil) {
			t.Errorf("ping %d: %q, want %q", i, why, c.want)
		}
		if s != nil {
			s.Release(End{Code: 486}, at)
		}
	}
	b.Ping("nobody", false)
}

// TestCallingNumbersTakeTurns: evenly, in an order the seed decides, not beyond
// their daily cap, and anew on the next day of their zone.
func TestCallingNumbersTakeTurns(t *testing.T) {
	draw := func(seed uint64) string {
		b, now := NewBoard(config(), time.UTC, seed), at
		r := route(t, b, "cheap")
		var out []string
		for range 7 {
			s, why := b.Seize(r, "", now)
			if s == nil {
				out = append(out, string(why))
				continue
			}
			out = append(out, s.From)
			s.Release(End{Code: 200, Answered: true, Talk: time.Minute}, now)
			now = now.Add(time.Second)
		}
		return strings.Join(out, " ")
	}
	one := draw(1)
	fields := strings.Fields(one)
	if first, second := slices.Sorted(slices.Values(fields[:3])), slices.Sorted(slices.Values(fields[3:6])); !slices.Equal(first, []string{"1", "2", "3"}) || !slices.Equal(second, first) || fields[6] != string(NoCaller) {
		t.Errorf("turns: %s", one)
	}
	if draw(1) != one {
		t.Error("the same seed drew another order")
	}
	other := false
	for seed := range uint64(20) {
		other = other || draw(seed) != one
	}
	if !other {
		t.Error("every seed draws the same order")
	}
	b := NewBoard(config(), time.UTC, 1)
	r := route(t, b, "cheap")
	for i := range 6 {
		s, _ := b.Seize(r, "", at.Add(time.Duration(i)*time.Second))
		s.Release(End{Code: 200, Answered: true, Talk: time.Minute}, at)
	}
	if s, why := b.Seize(r, "", at.Add(24*time.Hour)); s == nil {
		t.Errorf("on the next day: %s", why)
	}
	if s, why := b.Seize(r, "55", at.Add(time.Minute)); s != nil || why != Full {
		s2 := s
		if s2 == nil || s2.From != "55" {
			t.Errorf("a number that was given: %v %s", s, why)
		}
	}
}

// TestCallingNumbersRest: those that are refused as unwanted, that nobody
// answers, or whose calls end at once.
func TestCallingNumbersRest(t *testing.T) {
	answered, short := End{Code: 200, Answered: true, Talk: time.Minute}, End{Code: 200, Answered: true, Talk: time.Second}
	for what, c := range map[string]struct {
		ends []End
		rest bool
	}{
		"unwanted":        {[]End{{Code: 607}}, true},
		"by analytics":    {[]End{{Code: 608}}, true},
		"declined":        {[]End{{Code: 603}}, false},
		"answered":        {[]End{answered, answered}, false},
		"half answered":   {[]End{answered, {Code: 486}}, false},
		"never answered":  {[]End{{Code: 486}, {Code: 480}}, true},
		"over at once":    {[]End{short, short}, true},
		"given up by us":  {[]End{{OurDoing: true, Code: 607}}, false},
		"too few to tell": {[]End{{Code: 486}}, false},
	} {
		cfg := config()
		cfg.Pools[0].Numbers, cfg.Pools[0].Daily = []string{"1"}, 10
		b := board(cfg)
		r, now := route(t, b, "cheap"), at
		for _, e := range c.ends {
			s, why := b.Seize(r, "", now)
			if s == nil {
				t.Fatal(what, why)
			}
			s.Release(e, now)
			now = now.Add(time.Second)
		}
		used := b.Callers("main", now)
		if used[0].Resting != c.rest || used[0].Calls != len(c.ends) {
			t.Errorf("%s: %+v", what, used[0])
		}
		if used = b.Callers("main", now.Add(24*time.Hour)); used[0].Resting || used[0].Calls != 0 {
			t.Errorf("%s, on the next day: %+v", what, used[0])
		}
	}
	if board(config()).Callers("none", at) != nil {
		t.Error("a pool that is none has numbers")
	}
}

func TestNumbersAsTrunksWantThem(t *testing.T) {
	c := config()
	c.Trunks[0].Transport = TCP
	for dial, want := range map[Dial]string{"": "sip:02088885678@192.0.2.1:5060;transport=tcp", Digits: "sip:862088885678@192.0.2.1:5060;transport=tcp", Plus: "sip:+862088885678@192.0.2.1:5060;transport=tcp"} {
		c.Trunks[0].Dial = dial
		routes, err := c.Order("(020) 8888-5678", at, time.UTC)
		if err != nil || !slices.ContainsFunc(routes, func(r Route) bool { return r.Address() == want }) {
			t.Errorf("%s: %v %v", dial, routes, err)
		}
	}
}

// FuzzAddress: whatever is asked for, what is called is a number at a trunk of the
// file.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"13800138000", "+86 138-0013-8000", "13800138000@192.0.2.9", "tel:13800138000", "138\r\n00138000", "1380013８000"} {
		f.Add(s)
	}
	c := config()
	f.Fuzz(func(t *testing.T, number string) {
		routes, err := c.Order(number, at, time.UTC)
		if (err == nil) != (len(routes) > 0) {
			t.Fatalf("%q: %v %v", number, routes, err)
		}
		for _, r := range routes {
			user, host, _ := strings.Cut(strings.TrimPrefix(r.Address(), "sip:"), "@")
			if host != r.Trunk.Host() || strings.Trim(strings.TrimPrefix(user, "+"), "0123456789") != "" || user == "" {
				t.Errorf("%q is called at %s", number, r.Address())
			}
		}
	})
}

func ExampleBoard() {
	b := NewBoard(config(), time.UTC, 1)
	routes, _ := b.Order("13800138000", at)
	first, _ := b.Seize(&routes[0], "02012345678", at)
	e := End{Code: 503, Retry: 30 * time.Second}
	first.Release(e, at)
	_, why := b.Seize(&routes[0], "02012345678", at)
	fmt.Println(routes[0].Trunk.Name, b.FailsOver(e), why, routes[1].Trunk.Name)
	// Output: cheap true resting second
}
