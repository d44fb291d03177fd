package campaign

// Mixer says which list is next, so that at every moment each has had its share
// of what was taken, to within one. It is smooth weighted round robin: whoever
// is most behind goes next.
type Mixer struct {
	mix    Mix
	shares []int
	credit []int
}

// Mixer begins the mixing of a campaign's lists.
func (c *Campaign) Mixer() *Mixer {
	m := &Mixer{mix: c.Mix, shares: make([]int, len(c.Lists)), credit: make([]int, len(c.Lists))}
	for i, s := range c.Lists {
		m.shares[i] = max(s.Share, 1)
	}
	return m
}

// Next is the place of the list to take from, of those that has says have
// something due; -1: none has. A list that has nothing gives its turn away and
// is not owed it later.
func (m *Mixer) Next(has func(list int) bool) int {
	best, total := -1, 0
	for i, share := range m.shares {
		if !has(i) {
			m.credit[i] = 0
			continue
		}
		if m.mix != ByShare {
			return i
		}
		total += share
		m.credit[i] += share
		if best < 0 || m.credit[i] > m.credit[best] {
			best = i
		}
	}
	if best >= 0 {
		m.credit[best] -= total
	}
	return best
}
