package voice

import (
	"context"
	"fmt"
	"strings"
	"time"

	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sip"
	"waihu/internal/voice/trunk"
)

// Lines are the trunks calls go over, and what is needed to use them.
type Lines struct {
	Endpoint *sip.Endpoint
	Ports    *rtp.Ports
	Board    *trunk.Board
	Secret   func(name string) string // secret of a log-in, by the name the file gives it; needed where a trunk has one
	// More asks for more of a trunk that other processes use too, and tells whether
	// there was any; nil: the trunks are ours alone.
	More func(ctx context.Context, trunk string) bool
}

// Try is what came of a call over one trunk.
type Try struct {
	Trunk  string
	From   string       // calling number it was placed with
	Reason trunk.Reason // why it was not asked at all; empty: it was
	Ending sip.Ending   // where it was
}

// NoWay is a call that no trunk could take just now.
type NoWay struct {
	Number string
	Tries  []Try
}

func (n *NoWay) Error() string {
	var why []string
	for _, t := range n.Tries {
		why = append(why, fmt.Sprintf("%s is %s", t.Trunk, strings.ReplaceAll(string(t.Reason), "_", " ")))
	}
	return fmt.Sprintf("no trunk can take a call to %s now: %s", n.Number, strings.Join(why, ", "))
}

// PlaceOver places a call to o.Number over the trunks that serve it, one after
// another as long as they cannot, and stays with it to its end. The report is of
// the last trunk that was asked; the tries are all. A number that may not be
// called is a *trunk.Refusal, one that nobody can take now a *NoWay: nothing was
// placed then.
func (l *Lines) PlaceOver(ctx context.Context, o Order) (r *Report, tries []Try, err error) {
	routes, err := l.Board.Order(o.Number, time.Now())
	if err != nil {
		return nil, nil, err
	}
	from := o.From
	for i := range routes { // bounded by the trunks of the file
		s, why := l.seize(ctx, &routes[i], from)
		if s == nil {
			tries = append(tries, Try{Trunk: routes[i].Trunk.Name, Reason: why})
			continue
		}
		o.From, o.Routes = s.From, s.Routes
		if o.OnTrunk != nil {
			o.OnTrunk(routes[i].Trunk.Name, s.From)
		}
		r, err = l.over(ctx, &routes[i], o)
		e := trunk.End{OurDoing: true} // it could not be placed at all: nothing is said about the trunk
		if r != nil {
			e = endOf(r)
			tries = append(tries, Try{Trunk: r.Trunk, From: s.From, Ending: r.Ending})
		}
		s.Release(e, time.Now())
		if err != nil || !l.Board.FailsOver(e) || ctx.Err() != nil {
			return r, tries, err
		}
	}
	if r == nil {
		return nil, tries, &NoWay{o.Number, tries}
	}
	return r, tries, nil
}

// seize takes a channel, after more of the trunk was asked for where our part of it is
// used up.
func (l *Lines) seize(ctx context.Context, r *trunk.Route, from string) (*trunk.Seized, trunk.Reason) {
	s, why := l.Board.Seize(r, from, time.Now())
	if l.More != nil && (why == trunk.Full || why == trunk.TooFast || why == trunk.NoCaller) && l.More(ctx, r.Trunk.Name) {
		return l.Board.Seize(r, from, time.Now())
	}
	return s, why
}

// over places the call over one trunk.
func (l *Lines) over(ctx context.Context, w *trunk.Route, o Order) (*Report, error) {
	o.To, o.SRTP = w.Address(), o.SRTP || w.Trunk.Encrypts()
	if o.User = w.Trunk.User; o.User != "" {
		o.Secret = l.Secret(w.Trunk.Secret)
	}
	r, err := Place(ctx, l.Endpoint, l.Ports, o)
	if r != nil {
		r.Trunk = w.Trunk.Name
	}
	return r, err
}

// endOf is what a call says about the trunk it went over.
func endOf(r *Report) trunk.End {
	e := trunk.End{Code: r.Ending.Code, Retry: r.Ending.Retry, Lost: r.Ending.Why == sip.Unreachable || r.Ending.Why == sip.NoResponse,
		Rang: !r.Times.Ringing.IsZero() || !r.Times.Early.IsZero(), Answered: r.Answered(), OurDoing: r.Ending.Why == sip.Canceled}
	if e.Answered {
		e.Talk = r.Times.Ended.Sub(r.Times.Answered)
	}
	return e
}
