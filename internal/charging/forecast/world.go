package forecast

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// meanRing is how long a person's phone rings before it is answered, in seconds;
// rings go from 3 to 21.
const meanRing = 12

// shift is one agent in one stretch of working hours.
type shift struct {
	window
	agent int
	used  int64 // seconds of calls, ringing and wrap-up
	calls []answered
}

// answered is one answered call before it has its place.
type answered struct {
	kind int // index of its type
	talk int32
	ring int32
}

// placed is one call with its place.
type placed struct {
	at     timex.Instant
	kind   int32
	ring   int32
	talk   int32
	agent  int32
	result usage.Result
}

// world is one month being made.
type world struct {
	p      *Profile
	totals *MonthTotals
	source string
	rng    *rand.Rand
	shifts []*shift
	agents []string // their names
	placed []placed
}

// world lays out a month: who sits where, which calls are made, and when. Each
// month has random numbers of its own, so it is the same whatever other months
// are made.
func (p *Profile) world(t *MonthTotals, plan Plan, source string) (*world, error) {
	w := &world{p: p, totals: t, source: source, rng: rand.New(rand.NewPCG(plan.Seed, uint64(t.Month)))}
	days, err := p.days(t.Month, plan.Cal)
	if err != nil || len(days) == 0 {
		return w, err
	}
	for i, level := range w.levels(len(days)) {
		for len(w.agents) < level {
			w.agents = append(w.agents, agentName(len(w.agents)+1))
		}
		for _, win := range days[i].windows {
			for agent := 1; agent <= level; agent++ {
				w.shifts = append(w.shifts, &shift{window: win, agent: agent})
			}
		}
	}
	if err := w.place(); err != nil {
		return nil, err
	}
	w.placed = make([]placed, 0, t.Sum().Attempts)
	w.lay()
	w.attempts()
	return w, nil
}

// order is the places of the calls in the order of their time; those of one second
// stay as they were laid. A second of the month and a place fit into one number:
// sorting numbers takes a fifth of the time of sorting calls stably.
func (w *world) order() []uint64 {
	start := timex.Instant(0)
	for i := range w.placed {
		if at := w.placed[i].at; i == 0 || at < start {
			start = at
		}
	}
	out := make([]uint64, len(w.placed)) // at most MaxAttempts
	for i := range w.placed {
		out[i] = uint64(w.placed[i].at.Sub(start)/time.Second)<<placeBits | uint64(i)
	}
	slices.Sort(out)
	for i := range out {
		out[i] &= 1<<placeBits - 1
	}
	return out
}

const placeBits = 32

// levels are the seats in use on each working day: their sum is the average
// times the days, rounded; the peak and, where the average leaves room for it,
// the minimum are reached on one day at least.
func (w *world) levels(days int) []int {
	t := w.totals
	out := make([]int, days)
	total, _ := t.Average.Mul(exact.Int(int64(days))).Round(exact.HalfAway, 0).Int64()
	rest := int(total)
	for i := range out { // even, as near to the average as whole seats can be
		out[i] = rest / (days - i)
		rest -= out[i]
	}
	w.rng.Shuffle(days, func(i, j int) { out[i], out[j] = out[j], out[i] })
	move := func(from, to, n int) { n = max(n, 0); out[from] -= n; out[to] += n }
	for d := 1; d < days; d++ { // raise one day to the peak
		move(d, 0, min(out[d]-t.Minimum, t.Peak-out[0]))
	}
	for d := 2; d < days; d++ { // lower another to the minimum
		move(1, d, min(out[1]-t.Minimum, t.Peak-out[d]))
	}
	for range 4 * days { // some unrest in between, within bounds
		a, b := w.rng.IntN(days), w.rng.IntN(days)
		if a > 1 && b > 1 && a != b && out[a] > t.Minimum && out[b] < t.Peak {
			move(a, b, 1)
		}
	}
	w.rng.Shuffle(days, func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// place gives every answered call to the shift that has done least for its
// length and weight and still has room.
func (w *world) place() error {
	var list []answered
	longest := int64(0)
	for _, s := range w.shifts {
		longest = max(longest, s.length)
	}
	for i, n := range w.totals.Types {
		l := w.p.Calls[i].length(w.p)
		if !l.given() {
			l = Length{Shape: Exponential, Mean: 1e9} // one second: only its shape counts
		}
		for _, talk := range l.lengths(int(n.Answered), n.Seconds, float64(longest)/2) {
			list = append(list, answered{i, int32(talk), int32(meanRing - 9 + w.rng.IntN(19))})
		}
	}
	if len(list) == 0 {
		return nil
	}
	w.rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	slices.SortStableFunc(list, func(a, b answered) int { return class(b.talk) - class(a.talk) })
	queue := shiftQueue(slices.Clone(w.shifts))
	heap.Init(&queue)
	aside := span(w.p.Service.WrapUp, 20)
	for _, c := range list {
		if !queue.take(c, int64(c.talk)+int64(c.ring)+aside) {
			return fault.New(fault.Invalid, "%s: a call of %d s finds no place between the others: more seats or hours, or fewer minutes", w.totals.Month, c.talk)
		}
	}
	for _, s := range w.shifts {
		w.rng.Shuffle(len(s.calls), func(i, j int) { s.calls[i], s.calls[j] = s.calls[j], s.calls[i] })
	}
	return nil
}

// class sorts the long calls first, roughly: what is hard to fit goes in while
// there is room.
func class(talk int32) int {
	n := 0
	for ; talk > 60; talk /= 2 {
		n++
	}
	return n
}

// shiftQueue gives the shift that has done least.
type shiftQueue []*shift

func (q shiftQueue) Len() int { return len(q) }
func (q shiftQueue) Less(i, j int) bool {
	a, b := q[i], q[j]
	return a.used*b.weight*b.length < b.used*a.weight*a.length
}
func (q shiftQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *shiftQueue) Push(x any)   { *q = append(*q, x.(*shift)) }
func (q *shiftQueue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

// take puts a call into the first shift with room; each shift is looked at once.
func (q *shiftQueue) take(c answered, needs int64) bool {
	var full []*shift
	ok := false
	for len(*q) > 0 && !ok {
		s := (*q)[0]
		if ok = s.used+needs <= s.length; ok {
			s.used += needs
			s.calls = append(s.calls, c)
			heap.Fix(q, 0)
			break
		}
		full = append(full, heap.Pop(q).(*shift))
	}
	for _, s := range full {
		if s.length-s.used > aboutFull { // else nothing fits any more
			heap.Push(q, s)
		}
	}
	return ok
}

// aboutFull is the room, in seconds, below which a shift takes no more calls:
// less than a short call with its ringing and wrap-up needs.
const aboutFull = 5

// lay puts the calls of each shift one after the other, with free time between.
func (w *world) lay() {
	aside := span(w.p.Service.WrapUp, 20)
	for _, s := range w.shifts {
		gaps := make([]int64, len(s.calls))
		for i := range gaps {
			gaps[i] = w.rng.Int64N(s.length - s.used + 1)
		}
		slices.Sort(gaps)
		busy := int64(0)
		for i, c := range s.calls {
			at := s.from.Add(time.Duration(gaps[i]+busy) * time.Second)
			w.placed = append(w.placed, placed{at: at, kind: int32(c.kind), ring: c.ring, talk: c.talk, agent: int32(s.agent), result: usage.Answered})
			busy += int64(c.talk) + int64(c.ring) + aside
		}
	}
}

// attempts adds the calls nobody answered: over all working hours, as busy as
// these are.
func (w *world) attempts() {
	if len(w.shifts) == 0 {
		return
	}
	for i, n := range w.totals.Types {
		inbound := w.p.Calls[i].direction() == usage.Inbound
		for range n.Attempts - n.Answered {
			s := w.shifts[w.rng.IntN(len(w.shifts))]
			c := placed{at: s.from.Add(time.Duration(w.rng.Int64N(s.length)) * time.Second), kind: int32(i)}
			c.result, c.ring = w.unanswered(inbound)
			w.placed = append(w.placed, c)
		}
	}
}

// unanswered is how an attempt nobody took ended, and after how many seconds: of
// those placed, 9 in 100 busy and 6 no such number after 3 s, the others ring
// for 25 s; callers give up after some time.
func (w *world) unanswered(inbound bool) (usage.Result, int32) {
	if inbound {
		return usage.Canceled, int32(5 + w.rng.IntN(60))
	}
	switch n := w.rng.IntN(100); {
	case n < 9:
		return usage.Busy, 3
	case n < 15:
		return usage.Unassigned, 3
	}
	return usage.NoAnswer, 25
}

// emit gives the facts of the month to a sink.
func (w *world) emit(out usage.Sink) error {
	for i, s := range w.shifts {
		f := usage.Session{ID: fmt.Sprintf("%s-s%d", w.totals.Month, i+1), Source: w.source, User: w.agents[s.agent-1], Type: w.p.Seats.Type,
			From: s.from, To: s.from.Add(time.Duration(s.length) * time.Second)}
		if err := out.Session(f); err != nil {
			return err
		}
	}
	numbers := make([]dialled, len(w.p.Calls))
	for i := range numbers {
		numbers[i] = w.p.numbersFor(&w.p.Calls[i])
	}
	var call usage.Call // one for all: a sink keeps none
	month := w.totals.Month.String() + "-"
	for i, at := range w.order() {
		c := w.placed[at]
		call = w.call(c, numbers[c.kind])
		call.ID = month + strconv.Itoa(i+1)
		if err := out.Call(&call); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) call(c placed, to dialled) usage.Call {
	kind := &w.p.Calls[c.kind]
	out := usage.Call{Source: w.source, Direction: kind.direction(), Result: c.result, Mode: kind.Mode,
		Purpose: kind.Purpose, Line: kind.Line, Reach: kind.Reach, Campaign: w.p.ID, To: to.first + w.digits(to.more), Start: c.at}
	if out.Purpose == "" {
		out.Purpose = w.p.Purpose
	}
	ring, talk := time.Duration(c.ring)*time.Second, time.Duration(c.talk)*time.Second
	out.End, out.Total = c.at.Add(ring+talk), ring+talk
	if c.result == usage.Answered {
		out.By, out.Agent, out.Answer, out.Talk = usage.Person, w.agents[c.agent-1], c.at.Add(ring), talk
	}
	return out
}

func (w *world) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(w.rng.IntN(10))
	}
	return string(b)
}
