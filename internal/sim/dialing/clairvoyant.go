package dialing

// clairvoyant plays a campaign for one who knows who will answer, after how long
// and for how long: each person is dialled so that the answer comes when an agent
// is free. Only the first ring of a shift is waited for. Caps do not bind it.
func clairvoyant(c *Case, agents, shifts int, seed uint64) Tally {
	var t Tally
	end, number := c.shift(), 0
	for shift := range shifts {
		free, away := make([]float64, agents), make([][]absence, agents)
		for i := range away {
			away[i] = c.absences(seed, shift, i, agents)
		}
		for {
			i := earliest(free)
			if free[i] >= end {
				break
			}
			if a := away[i]; len(a) > 0 && free[i] >= a[0].from {
				free[i], away[i] = max(a[0].to, free[i]), a[1:]
				continue
			}
			l := c.leadOf(seed, number)
			number++
			at := max(free[i]-l.ring, 0)
			if l.luck >= c.chance(seed, shift, at, &l) {
				continue // passed over
			}
			t.Dials++
			t.Persons++
			t.Conversations++
			begin := at + l.ring
			done := begin + c.talk(&l, begin) + l.wrap
			t.Ready += min(begin, end) - free[i]
			t.Busy += max(min(done, end)-begin, 0)
			free[i] = done
		}
		t.Shifts++
	}
	return t
}

func earliest(free []float64) int {
	best := 0
	for i, v := range free {
		if v < free[best] {
			best = i
		}
	}
	return best
}
