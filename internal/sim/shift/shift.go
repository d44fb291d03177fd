package shift

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/robot"
	"waihu/internal/serve"
	"waihu/internal/sim/desk"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/voice/carrier"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/script"
	"waihu/internal/voice/sip"
)

// Setup is a shift.
type Setup struct {
	Data   string // folder; must be empty
	Leads  int    // 1 to MaxLeads
	Agents int    // 1 to MaxAgents
	Mode   campaign.Mode
	Talk   time.Duration // a conversation, on average
	Wrap   time.Duration // writing up, on average
	Guest  bool          // a seat more, for a person at a browser
	Seed   uint64
	First  uint16        // of the ports for sound; those up to First+999 are used
	Most   time.Duration // then the shift ends, however far it is
	Out    io.Writer     // what goes on

	Dialogue, Secret string // address and secret of a dialogue server, of the mode robot

	Called func(number string) // told of each call the carrier had, when it ends; nil: nobody
}

// Bounds of a shift.
const (
	MaxLeads  = 10_000
	MaxAgents = 50
	password  = "a quiet simulated shift"
	guest     = "guest@shift.example"
)

var home = netip.MustParseAddr("127.0.0.1")

// Check tells what is wrong with a setup.
func (s *Setup) Check() error {
	if s.Leads < 1 || s.Leads > MaxLeads || s.Agents < 1 || s.Agents > MaxAgents || s.Talk <= 0 || s.Wrap <= 0 || s.Most <= 0 || s.First < 1024 || s.First > 64_000 {
		return fault.New(fault.Invalid, "1 to %d leads, 1 to %d agents, lengths above nothing and ports from 1024 to 64000 were expected", MaxLeads, MaxAgents)
	}
	if s.Mode == campaign.Robot && (s.Dialogue == "" || s.Secret == "") {
		return fault.New(fault.Invalid, "a robot lane needs the address of a dialogue server, and its secret")
	}
	return nil
}

// Shift is one that is set up.
type Shift struct {
	Setup
	Settings []string // of its service
	cfg      serve.Config
	company  id.Company
	contract id.ID
	campaign id.ID
	logins   []desk.Login
}

// Prepare makes the books of a shift: a company with a contract, agents, a list and a
// campaign that runs. Nothing is called yet. far is where the carrier is.
func Prepare(ctx context.Context, s Setup, far netip.AddrPort) (*Shift, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	at, err := free()
	if err != nil {
		return nil, err
	}
	trunks := filepath.Join(s.Data, "trunks.yaml")
	if err := os.WriteFile(trunks, fmt.Appendf(nil, trunkFile, far), 0o600); err != nil {
		return nil, err
	}
	s.Out = &oneAtATime{to: s.Out} // agents, service and carrier tell at once
	x := &Shift{Setup: s, Settings: []string{"data=" + s.Data, "access.second_factor=false", "node=shift", "http.key_rate=200", "http.key_burst=400", "http.listen=" + at,
		"voice.trunks=" + trunks, "webhooks.allowed=" + home.String() + "/32", "voice.listen=" + netip.AddrPortFrom(home, 0).String(), "voice.browsers=" + netip.AddrPortFrom(home, 0).String(), "voice.media=" + netip.AddrPortFrom(home, 0).String(), fmt.Sprintf("voice.ports=%d-%d", s.First, s.First+499)}}
	if x.cfg, _, err = serve.Load("", nil, x.Settings); err != nil {
		return nil, err
	}
	b, err := serve.Open(ctx, &x.cfg)
	if err != nil {
		return nil, err
	}
	if err = x.fill(ctx, b); err == nil {
		err = x.start(ctx, b)
	}
	return x, errors.Join(err, b.DB.Close())
}

// free is an address nobody listens on.
func free() (string, error) {
	l, err := net.Listen("tcp", netip.AddrPortFrom(home, 0).String())
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

const trunkFile = `home: CN
zone: Asia/Shanghai
allow: [mobile]
trunks:
  - {name: shift, address: "%s", channels: 100, rate: 20}
`

// planFile prices seats by how many are in at once, the module of the mode and each minute.
const planFile = `plan: shift
version: 1
name: {en: A simulated shift, zh-Hant: 模擬班次, zh-Hans: 模拟班次}
currency: CNY
time_zone: Asia/Shanghai
tax: {default: voice, classes: [{id: voice, name: {en: Voice, zh-Hant: 語音通話, zh-Hans: 语音通话}, rates: [{rate: 9%}]}]}
modules:
  - {id: MODULE, name: NAME}
components:
  - {id: seats, name: {en: Concurrent seats, zh-Hant: 並發座席, zh-Hans: 并发坐席}, measure: seats_concurrent_peak, unit_price: 180}
  - {id: MODULE, name: NAME, measure: module, where: {module: MODULE}, unit_price: PRICE}
  - {id: talk, name: {en: Talk time, zh-Hant: 通話時長, zh-Hans: 通话时长}, measure: talk_time, where: {direction: outbound}, increment: 6/6, unit_price: 0.12}
`

// fill makes what the shift needs.
func (x *Shift) fill(ctx context.Context, b *serve.Books) error {
	sys := b.System
	m := x.module()
	plan := strings.NewReplacer("MODULE", m.id, "NAME", m.name, "PRICE", m.price).Replace(planFile)
	if _, err := sys.PublishPlan(ctx, app.PublishPlan{File: plan}); err != nil {
		return err
	}
	company, err := sys.AddCompany(ctx, app.Company{Name: "Simulated Floor", Email: "floor@shift.example"})
	if err != nil {
		return err
	}
	x.company = id.Company{ID: company.ID}
	today, err := today()
	if err != nil {
		return err
	}
	y, month, _ := today.Civil()
	start := timex.NewDate(y, month, 1) // a whole month: a shift is charged as one of many
	file := "contract: SHIFT-1\nplan: shift@1\nstart: " + start.String() + "\nseller: {name: Waihu}\nbuyer: {name: Simulated Floor}\nmodules: [{module: " + m.id + ", from: " + start.String() + "}]\n"
	q, err := sys.Quote(ctx, x.company, app.Quote{File: file, On: start})
	if err != nil {
		return err
	}
	if _, err := sys.Sign(ctx, x.company, app.Sign{Contract: q.ID, Document: fmt.Sprintf("%064x", 1), On: start}); err != nil {
		return err
	}
	if _, err := sys.Start(ctx, x.company, q.ID, start); err != nil {
		return err
	}
	x.contract = q.ID
	if err := x.people(ctx, b); err != nil {
		return err
	}
	return x.plan(ctx, sys)
}

// module is what the contract has beside seats and talk.
type module struct{ id, name, price string }

func (x *Shift) module() module {
	if x.Mode.Alone() {
		return module{"robot", "{en: Robot lanes, zh-Hant: 機器人通路, zh-Hans: 机器人通路}", "400"}
	}
	return module{"predictive", "{en: Predictive dialing, zh-Hant: 預測式外呼, zh-Hans: 预测式外呼}", "600"}
}

// today is the day by the clock of the plan.
func today() (timex.Date, error) {
	zone, err := timex.LoadZone("Asia/Shanghai")
	if err != nil {
		return 0, err
	}
	return timex.At(time.Now()).DateIn(zone), nil
}

// people are the agents, and the guest.
func (x *Shift) people(ctx context.Context, b *serve.Books) error {
	for i := range x.Agents {
		login := desk.Login{Email: fmt.Sprintf("agent%d@shift.example", i+1), Password: password}
		if err := x.person(ctx, b, login.Email, fmt.Sprintf("Agent %d", i+1)); err != nil {
			return err
		}
		x.logins = append(x.logins, login)
	}
	if x.Guest {
		return x.person(ctx, b, guest, "Guest")
	}
	return nil
}

// person is somebody who may log in at a desk.
func (x *Shift) person(ctx context.Context, b *serve.Books, email, name string) error {
	var token string
	err := b.DB.Update(ctx, func(tx store.Tx) (err error) {
		_, token, err = b.Gate.AddUser(tx, access.NewUser{Email: email, Name: name, Members: []access.Member{{Company: x.company, Role: access.Agent}}})
		return err
	})
	if err == nil {
		_, err = b.Gate.TakeInvitation(ctx, token, password, access.Client{Address: home.String()})
	}
	return err
}

// kind is the first digits of numbers, how many of a hundred leads have them, and what
// the carrier does.
type kind struct {
	head  uint64
	share int
	line  script.Line
}

// answers are persons who answer: in a robot lane they press keys, as the server of
// examples/dialogue asks for them, in a broadcast as its menu does.
func (s *Setup) answers() []kind {
	ring := script.Span(3 * time.Second)
	var all []kind
	switch s.Mode {
	case campaign.Robot:
		all = []kind{{861391, 14, script.Line{Keys: "125#"}}, {861392, 7, script.Line{Keys: "9"}}, {861393, 7, script.Line{Keys: "2"}}, {861394, 7, script.Line{}}}
	case campaign.Broadcast:
		all = []kind{{861391, 14, script.Line{}}, {861392, 7, script.Line{Keys: "9"}}, {861393, 7, script.Line{Keys: "1"}}, {861394, 7, script.Line{Keys: "2"}}}
	default:
		return []kind{{861391, 35, script.Line{To: "+861391*", Does: script.Answer, Ring: ring}}}
	}
	for i := range all {
		l := &all[i].line
		l.To, l.Does, l.Ring, l.Every = fmt.Sprintf("+%d*", all[i].head), script.Answer, ring, script.Span(6*time.Second)
	}
	return all
}

// others are those of numbers nobody answers.
var others = []kind{
	{861382, 40, script.Line{To: "+861382*", Does: script.NoAnswer}},
	{861373, 12, script.Line{To: "+861373*", Does: script.Busy, Ring: script.Span(time.Second)}},
	{861364, 8, script.Line{To: "+861364*", Does: script.Machine, Ring: script.Span(4 * time.Second)}},
	{861355, 5, script.Line{To: "+861355*", Does: script.Refuse, Code: 404, Reason: "Not Found"}},
}

// kinds are all.
func (s *Setup) kinds() []kind { return append(s.answers(), others...) }

// script is what the carrier does.
func (s *Setup) script() *script.Script {
	out := &script.Script{Name: "shift"}
	for _, k := range s.kinds() {
		out.Lines = append(out.Lines, k.line)
	}
	out.Lines = append(out.Lines, script.Line{To: "*", Does: script.Refuse, Code: 404, Reason: "Not Found"})
	return out
}

// plan makes the list and the campaign.
func (x *Shift) plan(ctx context.Context, sys *app.System) error {
	list, err := sys.SetLeadList(ctx, x.company, app.LeadList{Name: "A simulated list", Country: "CN"})
	if err != nil {
		return err
	}
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], x.Seed)
	dice, kinds := rand.New(rand.NewChaCha8(key)), x.kinds()
	for i := range x.Leads {
		roll, k := dice.IntN(100), 0
		for ; roll >= kinds[k].share; k++ {
			roll -= kinds[k].share
		}
		n := phone.Of(kinds[k].head*10_000_000+uint64(i), 13)
		if _, err := sys.AddLead(ctx, x.company, lead.Lead{List: list.ID, Name: fmt.Sprintf("Lead %d", i+1), Numbers: []lead.Number{{Number: n}}}); err != nil {
			return err
		}
	}
	p := campaign.New("A simulated shift", usage.Service, cmp.Or(x.Mode, campaign.Predictive), 0)
	p.Lists, p.CallerIDs = []campaign.Share{{List: list.ID}}, []campaign.CallerID{{Number: phone.Of(862161234567, 12)}}
	p.Hours.Windows = []campaign.Window{{Days: []int{1, 2, 3, 4, 5, 6, 7}, From: "00:00", To: "24:00"}}
	p.Lifted = []campaign.Lift{{Rule: "cn.hours", Reason: "nobody real is called: the carrier is played"}}
	p.Retry.Attempts = 1 // so that whoever is called twice is called wrongly
	p.RingSeconds, p.Message, p.Contract = campaign.MinRing, "nobody", x.contract
	if x.Mode == campaign.Broadcast {
		if err := x.broadcast(ctx, sys, &p); err != nil {
			return err
		}
	}
	p.Robot, p.Rate = campaign.RobotLane{URL: x.Dialogue, Fallback: "goodbye"}, campaign.Rate{Channels: 20, Minute: 120}
	camp, err := sys.AddCampaign(ctx, x.company, p)
	x.campaign = camp.ID
	return err
}

// start lets the campaign run.
func (x *Shift) start(ctx context.Context, b *serve.Books) error {
	if x.Mode == campaign.Robot {
		if err := robot.KeepSecret(ctx, b.System, b.Seal, x.company, x.campaign, x.Secret); err != nil {
			return err
		}
	}
	_, err := b.System.StartCampaign(ctx, x.company, x.campaign, "shift")
	return err
}

// Carrier opens the carrier of a shift.
func Carrier(s *Setup) (*carrier.Carrier, error) {
	ports, err := rtp.NewPorts(home, s.First+500, s.First+749)
	if err != nil {
		return nil, err
	}
	return carrier.Open(carrier.Config{Listen: netip.AddrPortFrom(home, 0), Ports: ports, Script: s.script(), Calls: 120, Rate: 500, Tell: func(t carrier.Told) {
		if s.Called != nil {
			s.Called(t.To)
		}
	}})
}

// Run is the whole shift: the service and the agents, until every lead was tried.
func Run(ctx context.Context, s Setup) (_ *Result, err error) {
	far, err := Carrier(&s)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, far.Close()) }()
	x, err := Prepare(ctx, s, far.Addr())
	if err != nil {
		return nil, err
	}
	began := time.Now()
	ctx, stop := context.WithTimeout(ctx, s.Most)
	defer stop()
	if err := x.Serve(ctx, func(ctx context.Context) error { return x.Work(ctx) }); err != nil {
		return nil, err
	}
	return x.Result(context.WithoutCancel(ctx), time.Since(began))
}

// Serve runs the service until do returns.
func (x *Shift) Serve(ctx context.Context, do func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	log := slog.New(slog.NewTextHandler(x.Out, &slog.HandlerOptions{Level: slog.LevelWarn}))
	go func() { ended <- serve.Run(ctx, &x.cfg, log, io.Discard) }()
	if err := x.up(ctx, ended); err != nil {
		return err
	}
	err := do(ctx)
	stop()
	return errors.Join(err, <-ended)
}

// up waits until the service answers.
func (x *Shift) up(ctx context.Context, ended chan error) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		c, err := net.Dial("tcp", x.cfg.HTTP.Listen)
		if err == nil {
			return c.Close()
		}
		select {
		case err := <-ended:
			return errors.Join(err, fault.New(fault.Conflict, "the service did not start"))
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// oneAtATime is a writer for several goroutines.
type oneAtATime struct {
	mu sync.Mutex
	to io.Writer
}

func (o *oneAtATime) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.to.Write(b)
}

// lookPause is between two looks at how far the list is.
const lookPause = time.Second

// Work lets the agents work until every lead was tried, or the context ends.
func (x *Shift) Work(ctx context.Context) error {
	phone, err := sip.Open(sip.Config{Listen: netip.AddrPortFrom(home, 0)})
	if err != nil {
		return err
	}
	ports, err := rtp.NewPorts(home, x.First+750, x.First+999)
	if err != nil {
		return errors.Join(err, phone.Close())
	}
	if x.Guest {
		fmt.Fprintf(x.Out, "a desk is free at http://%s: %s, password %q\n", x.cfg.HTTP.Listen, guest, password)
	}
	work, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() {
		done <- desk.Run(work, desk.Config{Address: "http://" + x.cfg.HTTP.Listen, Campaign: x.campaign.Named("cmp"), Agents: x.logins, Phone: phone, Ports: ports, Talk: x.Talk, Wrap: x.Wrap, Seed: x.Seed,
			Tell: func(who, what string) { fmt.Fprintf(x.Out, "%s: %s\n", who, what) }})
	}()
	b, err := serve.Open(ctx, &x.cfg) // beside the service, to look at its books
	if err == nil {
		err = errors.Join(x.follow(ctx, b.System), b.DB.Close())
	}
	stop()
	return errors.Join(err, <-done, phone.Close())
}

// follow waits until the list is called to its end.
func (x *Shift) follow(ctx context.Context, sys *app.System) error {
	tick := time.NewTicker(lookPause)
	defer tick.Stop()
	for told := 0; ; {
		t, err := sys.TallyOf(ctx, x.company, x.campaign)
		if err != nil {
			return err
		}
		if n := t.Total.Tries * 10 / x.Leads; n > told {
			told = n
			fmt.Fprintf(x.Out, "%d of %d leads tried, %d conversations, %d abandoned\n", t.Total.Tries, x.Leads, t.Total.Conversations, t.Total.Abandoned)
		}
		if t.Total.Tries >= x.Leads {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil // as far as it came
		case <-tick.C:
		}
	}
}
