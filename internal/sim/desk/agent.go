package desk

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sip"
)

// Login is how one agent logs in.
type Login struct{ Email, Password string }

// Config is a floor of simulated agents.
type Config struct {
	Address  string // of the service: http://127.0.0.1:8420
	Campaign string // cmp_...
	Agents   []Login
	Phone    *sip.Endpoint // their telephones
	Ports    *rtp.Ports
	Talk     time.Duration // a conversation, on average
	Wrap     time.Duration // writing up, on average
	Says     []int16       // what they say, over and over; nil: something low
	Break    time.Duration // of a pause after one of ten calls, on average; 0: there is none
	Seed     uint64
	Tell     func(email, what string) // of what goes on; nil: nobody
}

// MostAgents bounds the agents of one floor.
const MostAgents = 300

// Run lets the agents work until the context ends or all were logged out. It gives the
// first thing that kept one from working.
func Run(ctx context.Context, cfg Config) error {
	if len(cfg.Agents) == 0 || len(cfg.Agents) > MostAgents || cfg.Talk <= 0 || cfg.Wrap <= 0 {
		return fault.New(fault.Invalid, "1 to %d agents, a conversation and its writing up of some length were expected", MostAgents)
	}
	var all sync.WaitGroup
	var first sync.Once
	var failed error
	for i, login := range cfg.Agents {
		a := &agent{cfg: &cfg, login: login, dice: rand.New(rand.NewPCG(cfg.Seed, uint64(i))), c: client{address: strings.TrimSuffix(cfg.Address, "/"), http: &http.Client{}}}
		all.Go(func() {
			if err := a.day(ctx); err != nil && ctx.Err() == nil {
				a.tell(err.Error())
				first.Do(func() { failed = err })
			}
		})
	}
	all.Wait()
	return failed
}

// agent is one of them.
type agent struct {
	cfg   *Config
	login Login
	dice  *rand.Rand
	c     client
	codes []code
	led   bool   // through a script whose answers are kept
	talk  string // try whose end is planned
	done  string // try that was disposed of

	rests bool // a break that ends by itself
}

// code is a disposition the agent may choose.
type code struct {
	Code  string
	Key   int
	Notes bool
	Flags struct{ Sale, Callback, Refuse, Unworkable, Machine, Done bool }
}

// post is what the agent reads of the desk.
type post struct {
	Session string
	State   string
	Reason  string
	Line    bool
	Call    *struct{ Try, Step, Disposition string }
	Person  *struct {
		Zone string `json:"time_zone"`
	}
	Notices []struct{ Code, Why string }
}

func (a *agent) tell(what string) {
	if a.cfg.Tell != nil {
		a.cfg.Tell(a.login.Email, what)
	}
}

// day is from the log-in to the log-out.
func (a *agent) day(ctx context.Context) error {
	var in struct{ Next string }
	if err := a.try(ctx, http.MethodPost, "/v1/login", map[string]string{"email": a.login.Email, "password": a.login.Password}, &in); err != nil {
		return err
	}
	if in.Next != "full" {
		return fault.New(fault.Conflict, "%s must do something first: %s", a.login.Email, in.Next)
	}
	var sheet struct {
		Dispositions []code
		Guide        bool
	}
	if err := a.try(ctx, http.MethodGet, "/v1/floor/campaigns/"+url.PathEscape(a.cfg.Campaign)+"/sheet", nil, &sheet); err != nil {
		return err
	}
	a.codes, a.led = sheet.Dispositions, sheet.Guide
	legs, hang := context.WithCancel(ctx)
	defer hang()
	stood := make(chan struct{})
	go func() { defer close(stood); a.stand(legs) }()
	defer func() { hang(); <-stood }()
	var p post
	for in := false; ctx.Err() == nil; pause(ctx, time.Second) { // who was cut off logs in again
		if err := a.try(ctx, http.MethodPost, "/v1/floor/login", map[string]string{"campaign": a.cfg.Campaign}, &p); err != nil {
			if !in {
				return err
			}
			continue
		}
		in = true
		a.c.session.Store(p.Session)
		a.tell("logged in")
		out := false
		err := a.c.events(ctx, "/v1/floor/me/events", func(kind string, data []byte) bool {
			var now post
			if kind != "desk" || json.Unmarshal(data, &now) != nil {
				return kind != "gone"
			}
			if now.State == "out" {
				out = true
				for _, n := range now.Notices {
					a.tell("logged out: " + n.Code + " " + n.Why)
				}
				return false
			}
			a.at(ctx, &now)
			return true
		})
		if out {
			return nil
		}
		if err != nil && ctx.Err() == nil {
			a.tell("the desk is not told of: " + err.Error())
		}
	}
	leave, stop := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer stop()
	_ = a.c.ask(leave, http.MethodPost, "/v1/floor/logout", nil, &p) // the service may be gone first
	return nil
}

// try asks until there is an answer: a service that is being started has none.
func (a *agent) try(ctx context.Context, method, path string, body, out any) error {
	for {
		err := a.c.ask(ctx, method, path, body, out)
		if kind := fault.KindOf(err); err == nil || ctx.Err() != nil || kind == fault.Invalid || kind == fault.Conflict {
			return err
		}
		pause(ctx, time.Second)
	}
}

// pause waits, or the context ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// stand keeps a telephone on the floor.
func (a *agent) stand(ctx context.Context) {
	for ctx.Err() == nil {
		var pass struct{ User, Secret, Address string }
		err := a.c.ask(ctx, http.MethodPost, "/v1/softphone", nil, &pass)
		if err == nil {
			_, host, _ := strings.Cut(pass.Address, "@")
			said := a.cfg.Says
			if said == nil {
				said = audio.Tone{Hertz: []float64{180}, Level: 0.1}.Samples(2 * time.Second)
			}
			_, err = voice.Place(ctx, a.cfg.Phone, a.cfg.Ports, voice.Order{To: "sip:floor@" + host, From: "desk", User: pass.User, Secret: pass.Secret, Quiet: 5 * time.Second, Talk: 24 * time.Hour, Play: said, Again: true})
		}
		if err != nil && ctx.Err() == nil {
			a.tell("the telephone does not stand: " + err.Error())
		}
		pause(ctx, time.Second)
	}
}

// about is a length around a mean: half of it to one and a half.
func (a *agent) about(mean time.Duration) time.Duration {
	return mean/2 + time.Duration(a.dice.Int64N(int64(mean)))
}

// at does what the desk asks for.
func (a *agent) at(ctx context.Context, p *post) {
	a.rests = a.rests && p.State == "paused"
	switch p.State {
	case "paused":
		switch {
		case !p.Line || p.Reason == "forced":
		case p.Reason == rest && a.rests: // its end is planned
		case p.Reason == rest && a.cfg.Break > 0:
			a.rests = true
			time.AfterFunc(a.about(a.cfg.Break), func() { a.do(ctx, "ready", nil) })
		default:
			a.do(ctx, "ready", nil)
		}
	case "reserved":
		if p.Call != nil && p.Call.Step == "shown" && p.Call.Try != a.talk {
			a.talk = p.Call.Try
			a.do(ctx, "preview", map[string]bool{"dial": true})
		}
	case "talking":
		if p.Call != nil && p.Call.Try != a.done {
			a.later(ctx, p, a.about(a.cfg.Talk), true)
		}
	case "wrap_up":
		if p.Call != nil && p.Call.Try != a.done {
			a.later(ctx, p, a.about(a.cfg.Wrap), false)
		}
	}
}

// later says what the call came to after a while, and hangs up.
func (a *agent) later(ctx context.Context, p *post, d time.Duration, hangUp bool) {
	a.done = p.Call.Try
	c := a.choose()
	body := map[string]any{"code": c.Code, "notes": "simulated"}
	if c.Flags.Callback {
		zone := "UTC"
		if p.Person != nil && p.Person.Zone != "" {
			zone = p.Person.Zone
		}
		body["callback"] = map[string]any{"at": time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339), "time_zone": zone}
	}
	try, tired := a.done, a.cfg.Break > 0 && a.dice.IntN(10) == 0
	seed := a.dice.Uint64() // what is done later has dice of its own
	time.AfterFunc(d, func() {
		if ctx.Err() != nil {
			return
		}
		if hangUp && a.led {
			if ends := a.interview(ctx, try, rand.New(rand.NewPCG(seed, 1))); ends != "" {
				body = map[string]any{"code": ends, "notes": "simulated"}
			}
		}
		if tired {
			a.do(ctx, "pause", map[string]string{"reason": rest})
		}
		a.do(ctx, "dispose", body)
		if hangUp {
			a.do(ctx, "hangup", nil)
		}
	})
}

// rest is the reason of a pause.
const rest = "break"

// do asks for something at the desk. That it crossed something else is no harm: the
// next state says what is.
func (a *agent) do(ctx context.Context, what string, body any) {
	var p post
	if err := a.c.ask(ctx, http.MethodPost, "/v1/floor/"+what, body, &p); err != nil && ctx.Err() == nil && what == "dispose" {
		a.tell(err.Error())
	}
}
