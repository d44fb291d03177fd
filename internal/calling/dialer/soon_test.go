package dialer

import (
	"testing"
	"time"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/pacing"
	"waihu/internal/timex"
)

// forecasts are what agents were told when they became ready, and what came.
type forecasts struct {
	told                         map[string]told
	within, sooner, later, never int
}

type told struct {
	pacing.Range
	at timex.Instant
}

func (f *forecasts) look(d *day) {
	soon := d.e.Soon()
	for i, a := range d.e.Ready() {
		was, known := f.told[a.User]
		if known && was.at == a.Since {
			continue
		}
		now := told{at: a.Since}
		if i < len(soon) && d.now == a.Since {
			now.Range = soon[i]
		}
		f.told[a.User] = now
	}
	for user, was := range f.told {
		s := d.e.agents[user]
		if s != nil && s.State == agent.Ready && s.Since == was.at {
			continue
		}
		delete(f.told, user)
		if s == nil || s.State != agent.Talking || s.helps != nil {
			continue // paused or gone meanwhile: nothing to compare
		}
		switch took := s.Since.Sub(was.at); {
		case was.Most == 0:
			f.never++
		case was.Within(took):
			f.within++
		case took < time.Duration(was.Least)*time.Second:
			f.sooner++
		default:
			f.later++
		}
	}
}

// TestTheNextCallComesWhenItWasSaid in three cases of five or more, and misses are not all
// to one side; who cannot know is told nothing.
func TestTheNextCallComesWhenItWasSaid(t *testing.T) {
	f := forecasts{told: map[string]told{}}
	for seed := range uint64(2) {
		d := newDay(t, seed, campaign.Predictive, 8+16*int(seed), 3000)
		d.spent = func(do func()) { do(); f.look(d) }
		clear(f.told)
		d.run(time.Hour)
	}
	known := f.within + f.sooner + f.later
	t.Logf("%d came within what was said, %d sooner, %d later; of %d nothing was said", f.within, f.sooner, f.later, f.never)
	if known < 300 || 10*f.within < 6*known || 4*f.sooner > known || 4*f.later > known {
		t.Error("forecasts are not what they say")
	}
}
