package meter

import (
	"waihu/internal/fault"
)

// Merge adds what another meter of the same terms gathered.
func (m *Meter) Merge(o *Meter) error {
	if m.terms != o.terms {
		return fault.New(fault.Internal, "meters of different terms cannot be merged")
	}
	for i, cm := range m.calls {
		o.calls[i].lookUp()
		cm.merge(o.calls[i])
	}
	m.seats = append(m.seats, o.seats...)
	m.sessions = append(m.sessions, o.sessions...)
	m.modules = append(m.modules, o.modules...)
	m.rentals = append(m.rentals, o.rentals...)
	m.each = append(m.each, o.each...)
	for kind, e := range o.events {
		k := m.events[kind]
		if k == nil {
			k = &EventCount{}
			m.events[kind] = k
		}
		k.Count += e.Count
		k.Quantity = k.Quantity.Add(e.Quantity)
		k.Evidence.Merge(&e.Evidence)
	}
	m.counts.add(o.counts)
	m.digest.Merge(&o.digest)
	for key, u := range o.unpriced {
		mine := m.unpriced[key]
		if mine == nil {
			mine = key.unpriced()
			m.unpriced[key] = mine
		}
		mine.Count += u.Count
		mine.Seconds += u.Seconds
		for _, e := range u.Examples {
			mine.example(e)
		}
	}
	return nil
}

func (m *callMeter) merge(o *callMeter) {
	for i := range m.tallies {
		m.tallies[i].add(&o.tallies[i])
		m.overflow = m.overflow || m.tallies[i].Nano < 0
	}
	m.matched += o.matched
	m.refused += o.refused
	m.trial.calls += o.trial.calls
	m.trial.seconds += o.trial.seconds
	m.overflow = m.overflow || o.overflow
	m.evidence.Merge(&o.evidence)
	back := make([]int32, len(o.seats)+1) // o's seat indexes in ours
	for name, i := range o.seats {
		n, known := m.seats[name]
		if !known {
			n = int32(len(m.seats) + 1)
			m.seats[name] = n
		}
		back[i] = n
	}
	for _, b := range o.burns {
		b.Seat = back[b.Seat]
		m.burns = append(m.burns, b)
	}
}
