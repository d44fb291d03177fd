package outbound

import (
	"testing"
	"time"

	"waihu/internal/voice/trunk"
)

// TestNodesShareCallingNumbers: all nodes together place no more calls with a number than
// its day has, also where one of them begins anew; what a node leaves the others have.
func TestNodesShareCallingNumbers(t *testing.T) {
	n := newNodes(t)
	n.pool = "main"
	a, b := n.node("a", 100, 1000), n.node("b", 100, 1000)
	n.want("a begins", a.begin(7), 7)
	n.want("b begins", b.begin(5), 5)
	a.end()
	n.want("a left", errorsOf(a.shares.Close(t.Context())), 0)
	again := n.node("a", 100, 1000) // the service was started again
	got := again.begin(100)
	n.want("of two numbers with ten calls each", 12+got+b.begin(100), 20)
	n.pass(2 * time.Second)
	n.want("no number is left", again.begin(1)+b.begin(1), 0)
	n.pass(24 * time.Hour)
	b.end()
	b.look()
	n.want("the next day", b.begin(3), 3)
}

func errorsOf(err error) int {
	if err != nil {
		return 1
	}
	return 0
}

// TestComplaintsAreOfAllNodes: a number rests for all when the complaints of all are enough,
// and what is told twice counts once.
func TestComplaintsAreOfAllNodes(t *testing.T) {
	n := newNodes(t)
	n.pool = "main"
	a, b := n.node("a", 100, 1000), n.node("b", 100, 1000)
	complain := func(x *node, calls int) {
		routes, err := x.board.Order("13800138000", x.now)
		if err != nil {
			t.Fatal(err)
		}
		for done := 0; done < calls; {
			s, why := x.board.Seize(&routes[0], "", x.now)
			if s == nil && !x.shares.More(t.Context(), "one") {
				t.Fatal(why)
			} else if s == nil {
				continue
			}
			e := trunk.End{Code: 200, Answered: true, Talk: time.Minute}
			if s.From == "02012345678" {
				e = trunk.End{Code: 607}
				done++
			}
			s.Release(e, x.now)
		}
		x.look()
		x.look()
	}
	complain(a, 1)
	complain(b, 1)
	if u := b.board.Callers("main", n.now)[0]; u.Alarms != 2 || u.Resting {
		t.Errorf("%+v", u)
	}
	complain(a, 1)
	later := n.node("c", 100, 1000)
	if u := later.board.Callers("main", n.now)[0]; u.Alarms != 3 || !u.Resting {
		t.Errorf("%+v", u)
	}
}

// TestARestIsOfAllNodes: a trunk that said it cannot is asked by no node, also after a
// start, until its time is over.
func TestARestIsOfAllNodes(t *testing.T) {
	n := newNodes(t)
	a, b := n.node("a", 10, 1000), n.node("b", 10, 1000)
	n.want("b begins", b.begin(1), 1)
	n.want("a begins", a.begin(1), 1)
	a.open[0].Release(trunk.End{Code: 503, Retry: time.Minute}, n.now)
	a.look()
	b.look()
	later := n.node("c", 10, 1000)
	for _, x := range []*node{a, b, later} {
		routes, err := x.board.Order("13800138000", n.now)
		if err != nil {
			t.Fatal(err)
		}
		if _, why := x.board.Seize(&routes[0], "", n.now); why != trunk.Resting {
			t.Errorf("it is asked, or not for its rest: %q", why)
		}
	}
	n.pass(2 * time.Minute)
	b.look()
	n.want("its time is over", b.begin(1), 1)
}
