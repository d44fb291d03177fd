package sip

import (
	"context"
	"crypto/rand"
	"fmt"
	"math"
	mrand "math/rand/v2"
	"strconv"
	"strings"
	"time"

	lib "github.com/emiago/sipgo/sip"

	"waihu/internal/fault"
)

// Registering is a registration of ours at a carrier. Zero values take what
// stands beside them.
type Registering struct {
	At      string           // SIP address of the registrar, such as sip:carrier.example
	Account string           // user of the address that is registered
	User    string           // log-in; Account
	Secret  string           // of the log-in
	Proxy   string           // outbound proxy; empty: none
	Lease   time.Duration    // asked for; 1 h
	Retry   time.Duration    // the first wait after a failure; 30 s. It doubles up to half an hour
	Told    func(Registered) // how it stands after each try; it must not wait; nil: nobody is told
}

// Registered is how a registration of ours stands.
type Registered struct {
	Up       bool
	Since    time.Time // since when it is as it is; zero: nothing came of it yet
	Until    time.Time // as the registrar gave it, while it is up
	Answered time.Time // when the last answer came; zero: none ever
	Code     int       // its status, 0: none came to the last try
	Why      string    // of the last failure
	Failures int       // in a row
	Next     time.Time // when it is tried or refreshed next
	// Routes is the way the registrar wants calls of this account to take (Service-Route,
	// RFC 3608), for Invite.Routes; none: any.
	Routes []string
}

// Bounds of a registration of ours.
const (
	longestRetry  = 30 * time.Minute // RFC 5626, 4.5
	longestLease  = 24 * time.Hour   // a registrar may ask for no more
	shortestLease = 10 * time.Second // nor give less: refreshing would be a flood
	flowCheck     = time.Second      // between two looks at a connection
)

// Registration is kept until it is closed, which takes it back, or the endpoint
// is closed.
type Registration struct {
	*task
	e         *Endpoint
	of        Registering
	lease     time.Duration
	id, tag   string
	contact   string // ours, as we sent it last
	transport string
	flow      string // address of the connection it stands by; empty: it stands by none
	sequence  uint32
	state     kept[Registered]
}

// Register registers us at a carrier, and again before the time is over.
func (e *Endpoint) Register(of Registering) (*Registration, error) {
	if _, err := e.outside(lib.REGISTER, of.At, of.Proxy); err != nil {
		return nil, err
	}
	if of.Account == "" || !escaped(of.Account, "-_.!~*'()&=+$,;?/") {
		return nil, fault.New(fault.Invalid, "%q cannot be registered; expected the user of a SIP address", fault.Shorten(of.Account, 80))
	}
	if of.User == "" {
		of.User = of.Account
	}
	if of.Lease == 0 {
		of.Lease = time.Hour
	}
	if of.Retry == 0 {
		of.Retry = 30 * time.Second
	}
	r := &Registration{e: e, of: of, lease: of.Lease, id: rand.Text(), tag: rand.Text()[:10]}
	var err error
	r.task, err = e.again(r.keep, r.leave)
	return r, err
}

// State is how it stands now.
func (r *Registration) State() Registered { return r.state.get() }

// keep registers when it is time, or when the connection is gone over which the
// carrier would call us.
func (r *Registration) keep(ctx context.Context) time.Duration {
	left := r.state.get().Next.Sub(r.e.now())
	if left <= 0 || r.flow != "" && !r.e.connected(r.transport, r.flow) {
		left = r.once(ctx)
	}
	if r.flow != "" {
		return min(left, flowCheck)
	}
	return left
}

// once registers, and tells when to do so again.
func (r *Registration) once(ctx context.Context) time.Duration {
	res, err := r.ask(ctx, r.lease)
	if ctx.Err() != nil {
		return 0
	}
	now := r.e.now()
	if r.flow = ""; err == nil && res.IsSuccess() && r.transport != overUDP {
		r.flow = res.Source()
	}
	var next time.Duration
	r.state.change(func(s *Registered) {
		was, first := s.Up, s.Since.IsZero()
		s.Code = 0
		if err == nil {
			s.Answered, s.Code = now, res.StatusCode
		}
		if err == nil && res.IsSuccess() {
			given := r.given(res)
			s.Routes = serviceRoute(res)
			s.Up, s.Until, s.Failures, s.Why = true, now.Add(given), 0, ""
			next = max(given, shortestLease) * 3 / 4
		} else {
			s.Failures++
			s.Up = s.Up && now.Before(s.Until) && err != nil // what was not answered may still stand; what was refused does not
			next, s.Why = r.pause(s.Failures, res, err)
		}
		if s.Up != was || first {
			s.Since = now
		}
		s.Next = now.Add(next)
	})
	if r.of.Told != nil {
		r.of.Told(r.state.get())
	}
	return next
}

// serviceRoute are the proxies an answer to REGISTER names; what cannot be read is as if
// it were not there.
func serviceRoute(res *lib.Response) (all []string) {
	for _, h := range res.GetHeaders("Service-Route") {
		list, ok := splitList(h.Value())
		for _, one := range list {
			a, fine := parseNameAddr(one)
			ok = ok && fine && sipURI(a.uri)
		}
		if all = append(all, list...); !ok || len(all) > maxPath {
			return nil
		}
	}
	return all
}

// pause is how long to wait after a failure, and why: twice as long each time,
// less up to half of it by chance, so that not everybody comes back at once.
func (r *Registration) pause(failures int, res *lib.Response, err error) (time.Duration, string) {
	wait := time.Duration(min(float64(longestRetry), float64(r.of.Retry)*math.Pow(2, float64(failures-1))))
	wait -= time.Duration(mrand.Int64N(int64(wait)/2 + 1))
	if err != nil {
		return wait, err.Error()
	}
	return min(max(wait, finalOf(res).Retry), longestRetry), fmt.Sprintf("%d %s", res.StatusCode, res.Reason)
}

// given is the time the registrar gave us: that of our contact in its answer, or
// of the answer, or what we asked for.
func (r *Registration) given(res *lib.Response) time.Duration {
	span := r.lease
	if h := res.GetHeader("Expires"); h != nil {
		span = lease(h.Value(), span)
	}
	for _, h := range res.GetHeaders("Contact") {
		a, ok := parseNameAddr(h.Value())
		if !ok || a.uri != r.contact {
			continue // somebody else's, registered for the same account
		}
		for _, p := range a.params {
			if strings.EqualFold(p.name, "expires") {
				span = lease(p.value, span)
			}
		}
	}
	return span
}

// ask sends REGISTER, and once more as often as an answer tells how.
func (r *Registration) ask(ctx context.Context, span time.Duration) (*lib.Response, error) {
	ctx, stop := context.WithTimeout(ctx, 64*lib.T1)
	defer stop()
	var res *lib.Response
	asked := false
	for range retries {
		req, err := r.request(span)
		if err != nil {
			return nil, err
		}
		if res != nil && res.StatusCode != 423 {
			if !authorize(req, res, r.of.User, r.of.Secret, asked) {
				return res, nil
			}
			asked = true
		}
		if res, err = r.e.ask(ctx, req); err != nil {
			return nil, err
		}
		switch res.StatusCode {
		case 401, 407:
		case 423:
			longer, ok := leaseWanted(res)
			if !ok || longer <= span {
				return res, nil
			}
			span, r.lease, asked = longer, longer, false // the secret was right
		default:
			return res, nil
		}
	}
	return res, nil
}

// leaseWanted is the shortest time a 423 says the registrar takes.
func leaseWanted(res *lib.Response) (time.Duration, bool) {
	h := res.GetHeader("Min-Expires")
	if h == nil {
		return 0, false
	}
	n := seconds(h.Value())
	return n, n > 0 && n <= longestLease
}

func (r *Registration) request(span time.Duration) (*lib.Request, error) {
	req, err := r.e.outside(lib.REGISTER, r.of.At, r.of.Proxy)
	if err != nil {
		return nil, err
	}
	scheme, rest, _ := strings.Cut(r.of.At, ":")
	host, _, _ := strings.Cut(rest, ";")
	us := fmt.Sprintf("<%s:%s@%s>", scheme, r.of.Account, host[strings.LastIndexByte(host, '@')+1:])
	r.sequence++
	req.AppendHeader(header("From", us+";tag="+r.tag))
	req.AppendHeader(header("To", us))
	req.AppendHeader(header("Call-ID", r.id))
	req.AppendHeader(header("CSeq", fmt.Sprintf("%d REGISTER", r.sequence)))
	r.transport = req.Transport()
	r.contact = strings.Replace(strings.Trim(r.e.contact(r.transport, strings.EqualFold(scheme, "sips")).Value(), "<>"), ":", ":"+r.of.Account+"@", 1)
	req.AppendHeader(header("Contact", "<"+r.contact+">"))
	req.AppendHeader(header("Supported", "path")) // a proxy on the way may say that it is to be gone through again
	req.AppendHeader(header("Expires", strconv.Itoa(int(span/time.Second))))
	return req, nil
}

// leave takes the registration back, within a bound; what it says is not waited
// for longer.
func (r *Registration) leave() {
	if s := r.state.get(); !s.Up && s.Failures > 0 {
		return // nothing stands; one that was under way may
	}
	ctx, stop := context.WithTimeout(context.Background(), closeGrace)
	defer stop()
	_, _ = r.ask(ctx, 0)
	r.state.change(func(s *Registered) { s.Up, s.Since, s.Next = false, r.e.now(), time.Time{} })
}
