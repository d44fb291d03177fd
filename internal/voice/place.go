package voice

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"waihu/internal/fault"
	"waihu/internal/usage"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/detect"
	"waihu/internal/voice/record"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sdp"
	"waihu/internal/voice/sip"
)

// Order is one call to place.
type Order struct {
	ID     string   // of the attempt, as the fact has it; that of the call if empty
	To     string   // SIP address
	Number string   // called number, as the fact has it; that of To if empty
	From   string   // calling number
	Trunk  string   // of a call that came in
	Routes []string // proxies it goes through first; none: to To at once
	User   string   // log-in
	Secret string
	SRTP   bool           // encrypt the sound (SRTP); a carrier that does not is not talked to
	Ring   time.Duration  // 60 s if 0
	Quiet  time.Duration  // nothing comes from the other side for so long: it is asked whether it is there; 20 s if 0
	Talk   time.Duration  // after which we hang up; until all is played, or they do, if 0
	Play   []int16        // played once it is answered
	Again  bool           // it is played over and over, until Talk is over
	Keys   string         // pressed once it is answered
	Hold   time.Duration  // hold the other side for so long once it is answered, the recording paused; 0: do not
	Record *os.File       // stereo WAV; nil: nothing is kept
	Kept   string         // name of the recording, as the fact has it; that of Record if empty
	Law    []audio.Law    // laws offered; both if empty
	Detect *detect.Config // say what is at the other end, and begin to play when that is known; nil: do not listen

	// Beside is called once the call is placed, in a goroutine of its own that ends
	// with the call; it may have the beat of the leg. Nil: nobody is beside.
	Beside   func(*sip.Call, *Leg)
	OnTrunk  func(trunk, from string)          // told of each trunk that is asked, before it is, and of the calling number; it must not wait
	OnAnswer func(at time.Time, hangup func()) // told once it is answered; it must not wait
	OnWho    func(usage.AnsweredBy)            // told once it is known who answered, where Detect listens; it must not wait
	OnKey    func(key byte)                    // told of each key of the other side; it must not wait
}

// Report is what came of it.
type Report struct {
	ID      string
	From    string
	To      string
	Law     audio.Law
	Times   sip.Times
	Ending  sip.Ending
	Figures rtp.Figures
	Keys    string // pressed by the other side
	Held    error  // why holding it, or taking it back, was refused; nil: it was not
	Sum     record.Sum

	Recording string         // name it is kept under
	Trunk     string         // it went over; empty: to an address
	Heard     *detect.Result // nil: nobody listened
}

// Answered tells whether the other side picked up.
func (r *Report) Answered() bool { return !r.Times.Answered.IsZero() }

// maxKeys is how many keys of the other side are kept.
const maxKeys = 100

// Place places a call and stays with it to its end. What cannot be placed at
// all, or not be recorded, is an error; all else is in the report.
func Place(ctx context.Context, e *sip.Endpoint, ports *rtp.Ports, o Order) (_ *Report, err error) {
	leg, err := NewLeg(ports, o.Law...)
	if err != nil {
		return nil, err
	}
	ended := sync.OnceValues(leg.Close)
	defer ended()
	if o.SRTP {
		if err := leg.Encrypt(); err != nil {
			return nil, err
		}
	}
	if o.Record != nil {
		leg.Record(o.Record)
	}
	ear := listen(leg, o.Detect, o.OnWho)
	call, err := e.Place(ctx, sip.Invite{To: o.To, Routes: o.Routes, From: o.From, User: o.User, Secret: o.Secret, Ring: o.Ring, Media: leg})
	if err != nil {
		return nil, err
	}
	r := &Report{ID: cmp.Or(o.ID, call.ID()), From: o.From, To: o.Number}
	go leg.Attend(call, o.Quiet)
	holding := make(chan error, 1)
	go func() { holding <- hold(call, leg, o.Hold) }()
	beside := make(chan struct{})
	go func() {
		defer close(beside)
		if o.Beside != nil {
			o.Beside(call, leg)
		}
	}()
	keys := follow(ctx, call, leg, ear, &o)
	r.Held = <-holding
	<-beside
	r.Keys, r.Times, r.Ending, r.Figures = keys, call.Times(), call.Ending(), leg.Figures()
	r.Law = leg.rtp.Law()
	if r.Recording = o.Kept; o.Record != nil && o.Kept == "" {
		r.Recording = filepath.Base(o.Record.Name())
	}
	r.Heard = ear.result()
	r.Sum, err = ended()
	if err != nil {
		return r, fault.New(fault.Internal, "the call was placed, but its recording is not whole: %v", err)
	}
	return r, nil
}

// hold puts the other side on hold once it is answered, and takes it back. A
// call that ends meanwhile is no refusal.
func hold(call *sip.Call, leg *Leg, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	select {
	case <-call.Answered():
	case <-call.Done():
		return nil
	}
	change := func(way sdp.Direction) error {
		leg.Want(way)
		leg.Pause(way != sdp.SendRecv)
		err := call.Reinvite(context.Background())
		select {
		case <-call.Done():
			return nil
		default:
			return err
		}
	}
	if err := change(sdp.SendOnly); err != nil {
		leg.Pause(false)
		return err
	}
	over := time.NewTimer(d)
	defer over.Stop()
	select {
	case <-over.C:
	case <-call.Done():
		return nil
	}
	return change(sdp.SendRecv)
}

// follow stays with a call: it plays and presses once it is answered, hangs up
// when that is done or the time is up, and gathers the keys that are heard.
func follow(ctx context.Context, call *sip.Call, leg *Leg, ear *hearing, o *Order) string {
	var keys []byte
	var played, speak <-chan struct{}
	answered, canceled := call.Answered(), ctx.Done()
	talk := time.NewTimer(time.Hour)
	talk.Stop()
	defer talk.Stop()
	for {
		select {
		case <-call.Done():
			return string(keys)
		case <-answered:
			answered = nil
			if o.OnAnswer != nil {
				o.OnAnswer(call.Times().Answered, call.Hangup)
			}
			if o.Talk > 0 {
				talk.Reset(o.Talk)
			}
			if o.Keys != "" && leg.Press(o.Keys) != nil {
				call.Hangup() // it takes no keys: what was asked for cannot be done
			}
			speak = ear.answered()
		case <-speak:
			speak = nil
			if len(o.Play) > 0 {
				played = leg.Play(o.Play, o.Again)
			}
		case <-played:
			played = nil
			if o.Talk == 0 {
				call.Hangup()
			}
		case k := <-leg.Keys():
			if len(keys) < maxKeys {
				keys = append(keys, k)
			}
			if o.OnKey != nil {
				o.OnKey(k)
			}
		case <-talk.C:
			call.Hangup()
		case <-canceled:
			canceled = nil
			call.Hangup()
		}
	}
}
