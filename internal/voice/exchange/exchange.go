package exchange

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sip"
	"waihu/internal/voice/webrtc"
)

// Placing places a customer's half and stays with it to its end; beside is called
// for each trunk it goes over, as voice.Order has it. A report of none means that
// nothing was placed, for the reason in the error, which may be a *Refusal.
type Placing func(ctx context.Context, beside func(*sip.Call, *voice.Leg)) (*voice.Report, error)

// Config is how an exchange is set up.
type Config struct {
	SIP   sip.Config // Serve is the exchange's own; Secret is the agents'
	Ports *rtp.Ports
	Quiet time.Duration    // nothing comes from an agent for so long: the telephone is asked whether it is there; 20 s if 0
	Web   *webrtc.Endpoint // nil: no browsers
	// Connect says what an agent's call to this name is: the name its line is found by, and
	// what places it; browser tells whether it comes from a browser. What may not be placed is an error: of kind NotFound, the
	// name is none; of kind Conflict, it may not be called now; of kind Invalid, it
	// may never be. It is called from several goroutines, and what it gives once.
	Connect func(ctx context.Context, agent, name string, browser bool) (call string, place Placing, err error)
	// Whose tells whose a log-in is, by the name their standing leg has: that of a call to
	// FloorName. nil: there is no floor, the name is one like others, and who calls is
	// known by the log-in.
	Whose func(ctx context.Context, agent string) (who string, err error)
	// Incoming takes a call that came without a log-in, which SIP.Trusted let in, and stays
	// with it to its end. nil: such calls are refused.
	Incoming func(call *sip.Call)
	// Return is how long a customer is held whose agent lost the leg; ReturnWithin if 0.
	Return time.Duration
}

// Exchange takes agents' calls until it is closed.
type Exchange struct {
	cfg   Config
	phone *sip.Endpoint
	back  []int16 // ring-back, which agents hear until there is anything else
	music []int16 // of a customer on hold
	room  *room
}

// Open listens.
func Open(cfg Config) (*Exchange, error) {
	if cfg.SIP.Secret == nil {
		return nil, fault.New(fault.Invalid, "agents must log in: an exchange for everybody would call at our cost")
	}
	cfg.Return = cmp.Or(cfg.Return, ReturnWithin)
	x := &Exchange{cfg: cfg, back: ringBack(), music: music(), room: newRoom()}
	cfg.SIP.Serve = x.serve
	cfg.SIP.Register = true
	phone, err := sip.Open(cfg.SIP)
	if err != nil {
		return nil, err
	}
	x.phone = phone
	return x, nil
}

// ringBack is the tone of ITU-T E.180 as mainland China has it, once.
func ringBack() []int16 {
	tone := audio.Tone{Hertz: []float64{450}, Level: 0.15}.Samples(time.Second)
	return append(tone, make([]int16, 4*audio.Rate)...)
}

// Phone is the endpoint agents and trunks speak with.
func (x *Exchange) Phone() *sip.Endpoint { return x.phone }

// Close ends the calls and stops.
func (x *Exchange) Close() error { return x.phone.Close() }

// serve connects one call of an agent, or hands one of a trunk on.
func (x *Exchange) serve(call *sip.Call) {
	if call.Account() == "" { // nobody is joined with it, nor placed for it, but by whoever takes it
		if x.cfg.Incoming == nil {
			call.Refuse(403, "Forbidden", 0)
			return
		}
		x.cfg.Incoming(call)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	who, err := x.whose(ctx, call)
	if who != "" {
		x.stay(call, who)
		return
	}
	if err != nil {
		code, reason := refusal(err)
		call.Refuse(code, reason, 0)
		return
	}
	holder, err := x.holder(ctx, call)
	var name string
	var place Placing
	if err == nil {
		name, place, err = x.cfg.Connect(ctx, call.Account(), call.Called(), call.FromBrowser())
	}
	if err != nil {
		code, reason := refusal(err)
		call.Refuse(code, reason, 0)
		return
	}
	leg, err := x.leg(call)
	if err != nil {
		call.Refuse(503, "Service Unavailable", retryPorts)
		return
	}
	defer leg.Close()
	if call.Progress(leg) != nil {
		return // it was refused, for what it offered
	}
	c := &connection{call: call, leg: leg, own: &stand{who: holder, call: call, leg: leg, passing: true}}
	if c.line, err = x.Line(name, Reserved{}, Told{Rings: func() {}, Answered: c.answered, Parted: func() {}, Kept: func(error) {}}); err != nil {
		call.Refuse(503, "Service Unavailable", retryPorts)
		return
	}
	defer c.line.Close()
	c.line.own = c.own
	go leg.Attend(call, x.cfg.Quiet)
	go c.watch(ctx, stop)
	c.over(place(ctx, c.beside))
}

// Refusal is a call that is not placed, with the reason as the agent's telephone is
// told it: no_credit. The kind of Err decides the status, as Connect has it.
type Refusal struct {
	Reason string
	Err    error
}

func (r *Refusal) Error() string { return r.Err.Error() }
func (r *Refusal) Unwrap() error { return r.Err }

// retryPorts is when an agent may try again where no port was free.
const retryPorts = 5 * time.Second

// leg is the agent's half.
func (x *Exchange) leg(call *sip.Call) (*voice.Leg, error) {
	if !call.FromBrowser() {
		return voice.NewLeg(x.cfg.Ports)
	}
	if x.cfg.Web == nil {
		return nil, fault.New(fault.Conflict, "no browser can be spoken with here")
	}
	p, err := x.cfg.Web.NewPeer()
	if err != nil {
		return nil, err
	}
	return voice.NewBrowserLeg(p), nil
}

// refusal is what an agent's telephone is told.
func refusal(err error) (code int, phrase string) {
	code, phrase = status(err)
	var why *Refusal
	if errors.As(err, &why) && why.Reason != "" {
		phrase = strings.ReplaceAll(why.Reason, "_", " ")
		phrase = strings.ToUpper(phrase[:1]) + phrase[1:]
	}
	return code, phrase
}

func status(err error) (int, string) {
	switch fault.KindOf(err) {
	case fault.NotFound:
		return 404, "Not Found"
	case fault.Conflict:
		return 480, "Temporarily Unavailable"
	case fault.Invalid:
		return 403, "Forbidden"
	}
	return 500, "Server Internal Error"
}

// connection is an agent's call and the line of the customer it is for.
type connection struct {
	call *sip.Call
	leg  *voice.Leg
	own  *stand
	line *Line
}

// watch gives the customer's half up when the agent goes, unless the line was handed
// to others. What the agent's telephone holds is held.
func (c *connection) watch(ctx context.Context, stop func()) {
	defer func() {
		if !c.line.without(c.own) {
			stop()
		}
	}()
	for {
		select {
		case <-c.call.Done():
			return
		case <-c.call.Quit():
			return
		case <-c.leg.Lost():
			c.call.Hangup()
			return
		case on := <-c.leg.Holds():
			_ = c.line.holdFor(c.own, on) // there may be nobody to hold yet
		case <-ctx.Done():
			return
		}
	}
}

// beside joins the halves as soon as the customer's has any sound. Over several trunks
// it is called for each in turn.
func (c *connection) beside(out *sip.Call, theirs *voice.Leg) {
	c.leg.Play(c.line.x.back, true)
	defer c.after(out)
	c.line.Beside(out, theirs)
}

// answered answers the agent when the customer does.
func (c *connection) answered() {
	if c.call.Answer(c.leg) != nil {
		c.line.Hang()
	}
}

// after hangs the agent up when a talk is over: telling the books may take longer, and
// nobody listens to silence meanwhile.
func (c *connection) after(out *sip.Call) {
	select {
	case <-out.Answered():
		c.call.Hangup()
	default:
	}
}

// over ends the agent's half as the customer's ended.
func (c *connection) over(r *voice.Report, err error) {
	switch {
	case r == nil:
		code, reason := refusal(err)
		c.call.Refuse(code, reason, 0)
	case !r.Answered() && r.Ending.Code >= 300:
		c.call.Refuse(r.Ending.Code, cmp.Or(r.Ending.Reason, "Call Failed"), 0)
	default:
		c.call.Hangup()
	}
}
