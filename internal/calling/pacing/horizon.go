package pacing

// horizons is how many moments at which a dial placed now may be answered are
// looked at; each stands for an equal share of the answers.
const horizons = 6

// Ages of conversations for which tables are kept: each second, then every four.
const (
	fineAges = 16
	ageStep  = 4
	ageRows  = fineAges + 150
)

type moments [horizons]float64

// tables are the laws as a decision reads them. They are worked out again after
// tableLife reports, or one for each agent where that is more.
type tables struct {
	reports int
	at      moments           // seconds until the answer
	mean    float64           // of them
	talking [ageRows]moments  // chance that one who talks for so long is not free when the call can wait no longer
	wrapped [ageRows]moments  // likewise of one in wrap-up
	answers [ringBins]moments // share of persons that answer by then, after a dial's age
	persons [ringBins]float64 // share of persons that answer later than a dial's age
	others  [ringBins]float64 // share of the rest that ends later
	first   moments           // share that answers of a dial placed now
}

// tableLife is how many reports tables outlive.
const tableLife = 12

func (t *tables) settle(l *Laws, s *State, patience float64) {
	if t.reports > 0 && l.reports+1-t.reports < max(tableLife, len(s.Agents)) {
		return
	}
	t.reports = l.reports + 1
	l.ring.settle()
	var talk, wrap unfinished
	for i := range s.Agents {
		switch age := s.Now.Sub(s.Agents[i].Since).Seconds(); s.Agents[i].Status {
		case Talking:
			talk.see(age)
		case WrapUp:
			wrap.see(age)
		}
	}
	l.talk.settle(&talk)
	l.wrap.settle(&wrap)
	t.mean = 0
	for j := range t.at {
		t.at[j] = l.ring.quantile((float64(j) + 0.5) / horizons)
		t.mean += t.at[j] / horizons
		t.first[j] = l.ring.by(t.at[j])
	}
	for i := range ringBins {
		age := float64(i) * ringStep
		t.persons[i], t.others[i] = 1-l.ring.answered[i], 1-l.ring.ended[i]
		for j, h := range t.at {
			t.answers[i][j] = max(l.ring.by(age+h)-l.ring.answered[i], 0)
		}
	}
	t.agents(l, patience)
}

// mostAhead bounds the seconds looked ahead.
const mostAhead = 64

// seconds are the chances of lasting longer than each whole second.
type seconds [fineAges + ageStep*150 + mostAhead + 1]float64

// at is the chance of lasting longer than a time that is no whole second.
func (c *seconds) at(t float64) float64 {
	i := int(t)
	return c[i] + (t-float64(i))*(c[i+1]-c[i])
}

// agents works out who is still busy: a conversation that goes on, or one that
// ended and whose wrap-up goes on.
func (t *tables) agents(l *Laws, patience float64) {
	var talk, wrap seconds
	l.talk.spread(&talk)
	l.wrap.spread(&wrap)
	for row := range ageRows {
		age := rowAge(row)
		alive, longer := max(talk[age], 1e-12), max(wrap[age], 1e-12)
		for j, h := range t.at {
			ahead := min(h+patience, mostAhead-1)
			t.wrapped[row][j] = min(wrap.at(float64(age)+ahead)/longer, 1)
			whole := int(ahead)
			busy := talk[age+whole]
			for s := range whole {
				busy += (talk[age+s] - talk[age+s+1]) * 0.5 * (wrap[whole-1-s] + wrap[whole-s])
			}
			t.talking[row][j] = min(busy/alive, 1)
		}
	}
}

func rowAge(row int) int {
	if row < fineAges {
		return row
	}
	return fineAges + (row-fineAges)*ageStep
}

func ageRow(seconds float64) int {
	switch {
	case !(seconds > 0):
		return 0
	case seconds < fineAges:
		return int(seconds)
	}
	return int(min(fineAges+(seconds-fineAges)/ageStep, ageRows-1))
}
