package shift

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"waihu/internal/calling/campaign"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/serve"
	"waihu/internal/sim/desk"
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
