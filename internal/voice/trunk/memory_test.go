package trunk

import (
	"encoding/json"
	"testing"
	"time"
)

// TestABoardRemembers: rests and daily counts are there after the process began
// anew, and pass with their time; what the file no longer has is forgotten.
func TestABoardRemembers(t *testing.T) {
	c := config()
	c.Pools[0].Numbers, c.Pools[0].Daily = []string{"1"}, 2
	b := board(c)
	r := route(t, b, "cheap")
	s, _ := b.Seize(r, "", at)
	s.Release(End{Code: 503, Retry: time.Minute}, at)
	kept, err := json.Marshal(b.Memory(at))
	if err != nil {
		t.Fatal(err)
	}
	var m Memory
	if err := json.Unmarshal(kept, &m); err != nil {
		t.Fatal(err)
	}
	again := board(c)
	again.Recall(m)
	if _, why := again.Seize(r, "", at.Add(59*time.Second)); why != Resting {
		t.Errorf("it does not rest: %q from %s", why, kept)
	}
	now := at.Add(2 * time.Minute)
	for _, want := range []Reason{"", NoCaller} {
		s, why := again.Seize(r, "", now)
		if why != want {
			t.Errorf("%q, want %q", why, want)
		}
		if s != nil {
			s.Release(End{Code: 486}, now)
		}
		now = now.Add(time.Second)
	}
	if m := again.Memory(now); len(m.Trunks) != 0 || m.Pools[0].Used[0].Calls != 2 {
		t.Errorf("%+v", m)
	}
	if _, why := again.Seize(r, "", at.Add(24*time.Hour)); why != "" {
		t.Errorf("on the next day: %s", why)
	}
	c.Trunks, c.Pools = c.Trunks[:1], nil
	c.Trunks[0].Callers = ""
	if board(c).Recall(m); m.Pools == nil {
		t.Error("nothing was left to forget")
	}
	if m := board(config()).Memory(at); m.Trunks != nil || m.Pools != nil {
		t.Errorf("a board that did nothing keeps %+v", m)
	}
}
