package cli

import (
	"bufio"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"time"

	"waihu/internal/calling/campaign"
	"waihu/internal/lang"
	"waihu/internal/sim/desk"
	"waihu/internal/sim/shift"
	"waihu/internal/voice/sip"
)

// simulateFloorCmd runs a whole shift.
type simulateFloorCmd struct {
	Data     string        `required:"" help:"Empty folder for its books." type:"path" placeholder:"DIR"`
	Leads    int           `default:"200" help:"Leads, up to 10,000." placeholder:"N"`
	Agents   int           `default:"10" help:"Simulated agents, up to 50." placeholder:"N"`
	Guest    bool          `help:"One seat more, for a person at a browser: its address and log-in are printed."`
	Mode     string        `default:"predictive" enum:"predictive,progressive,preview,broadcast,robot" help:"How it is dialed: predictive, progressive, preview, broadcast or robot."`
	Dialogue string        `help:"Address of the dialogue server of the mode robot." placeholder:"URL"`
	Secret   string        `help:"Secret that server knows." env:"DIALOGUE_SECRET" placeholder:"whsec_..."`
	Talk     time.Duration `default:"20s" help:"A conversation, on average."`
	Wrap     time.Duration `default:"5s" help:"Writing up, on average."`
	Seed     uint64        `default:"1" help:"Gives leads, who answers, and agents."`
	Port     uint16        `default:"42000" help:"First of a thousand ports for sound." placeholder:"PORT"`
	Most     time.Duration `default:"1h" help:"Then it ends, however far it is."`
	Lang     string        `default:"en" help:"Language of the invoice: en, zh-Hant, zh-Hans."`
}

// Run runs it.
func (c *simulateFloorCmd) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	if list, err := os.ReadDir(c.Data); err == nil && len(list) > 0 {
		return coded{exitUsage, fmt.Errorf("--data %s: an empty folder was expected", c.Data)}
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return err
	}
	s := shift.Setup{Data: c.Data, Leads: c.Leads, Agents: c.Agents, Guest: c.Guest, Mode: campaign.Mode(c.Mode), Talk: c.Talk, Wrap: c.Wrap, Seed: c.Seed, First: c.Port, Most: c.Most, Out: e.Err, Dialogue: c.Dialogue, Secret: c.Secret}
	if err := s.Check(); err != nil {
		return coded{exitUsage, err}
	}
	r, err := shift.Run(e.ctx, s)
	if err != nil {
		return err
	}
	if err := r.Write(e.Out, tag); err != nil {
		return err
	}
	if len(r.Twice)+r.Open+r.Left > 0 {
		return errors.New("something is left over, or somebody was called twice")
	}
	return nil
}

// simulateAgentsCmd lets agents work for a service that runs.
type simulateAgentsCmd struct {
	Logins   string `arg:"" help:"File of their log-ins: an address and a password on each line." type:"existingfile"`
	Campaign string `required:"" help:"Campaign they log in to: cmp_..."`
	Address  string `default:"http://127.0.0.1:8420" help:"Of the service."`
	Listen   string `default:"127.0.0.1:0" help:"Address of their telephones."`
	portsFlag
	Talk time.Duration `default:"20s" help:"A conversation, on average."`
	Wrap time.Duration `default:"5s" help:"Writing up, on average."`
	Seed uint64        `default:"1" help:"Gives lengths and dispositions."`
}

// Run lets them work until it is told to stop.
func (c *simulateAgentsCmd) Run(e *env) (err error) {
	logins, err := c.read()
	if err != nil {
		return err
	}
	at, err := netip.ParseAddrPort(c.Listen)
	if err != nil {
		return coded{exitUsage, fmt.Errorf("--listen %s: expected an address and a port such as 127.0.0.1:5080", c.Listen)}
	}
	ports, err := c.pool(at.Addr())
	if err != nil {
		return err
	}
	phone, err := sip.Open(sip.Config{Listen: at})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, phone.Close()) }()
	return desk.Run(e.ctx, desk.Config{Address: c.Address, Campaign: c.Campaign, Agents: logins, Phone: phone, Ports: ports, Talk: c.Talk, Wrap: c.Wrap, Seed: c.Seed,
		Tell: func(who, what string) { fmt.Fprintf(e.Out, "%s: %s\n", who, what) }})
}

// read reads the log-ins.
func (c *simulateAgentsCmd) read() (out []desk.Login, err error) {
	f, err := os.Open(c.Logins)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		email, password, both := strings.Cut(text, " ")
		if !both || len(out) == desk.MostAgents {
			return nil, coded{exitUsage, fmt.Errorf("%s:%d: an address and a password were expected, on at most %d lines", c.Logins, n, desk.MostAgents)}
		}
		out = append(out, desk.Login{Email: email, Password: strings.TrimSpace(password)})
	}
	return out, lines.Err()
}
