package dialing

// happening is what kind of event it is.
type happening uint8

const (
	rings    happening = iota // a phone begins to ring
	answered                  // by a person, or a machine where machines are told apart
	ended                     // a dial, without a person
	told                      // a person or a machine
	left                      // a person without an agent hangs up
	talked
	wrapped
	goes  // an agent has a break
	comes // and is back
	wakes // the policy asked for it
)

// event of a call or an agent. Those of a call that is over are passed over.
type event struct {
	at   float64
	turn int // ties are settled in the order of making
	what happening
	id   int
}

// agenda is a heap of events.
type agenda struct {
	list  []event
	turns int
}

func (a *agenda) before(i, k int) bool {
	x, y := &a.list[i], &a.list[k]
	return x.at < y.at || x.at == y.at && x.turn < y.turn
}

func (a *agenda) add(at float64, what happening, id int) {
	a.turns++
	a.list = append(a.list, event{at, a.turns, what, id})
	for i := len(a.list) - 1; i > 0; {
		up := (i - 1) / 2
		if !a.before(i, up) {
			return
		}
		a.list[i], a.list[up] = a.list[up], a.list[i]
		i = up
	}
}

// next takes the earliest event; there is always one.
func (a *agenda) next() event {
	first := a.list[0]
	last := len(a.list) - 1
	a.list[0] = a.list[last]
	a.list = a.list[:last]
	for i := 0; ; {
		least := i
		for _, k := range [2]int{2*i + 1, 2*i + 2} {
			if k < last && a.before(k, least) {
				least = k
			}
		}
		if least == i {
			return first
		}
		a.list[i], a.list[least] = a.list[least], a.list[i]
		i = least
	}
}
