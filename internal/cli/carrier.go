package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"

	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/planfile"
	"waihu/internal/voice/carrier"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/script"
)

// portsFlag is a range of ports for sound.
type portsFlag struct {
	Ports string `default:"40000-40199" help:"Ports for sound, two for each call." placeholder:"FIRST-LAST"`
}

// span is the first and the last of them.
func (f portsFlag) span() (first, last uint16, err error) {
	if first, last, err = rtp.ParseRange(f.Ports); err != nil {
		err = coded{exitUsage, fmt.Errorf("--ports: %w", err)}
	}
	return first, last, err
}

// pool makes the pool of ports at an address.
func (f portsFlag) pool(at netip.Addr) (*rtp.Ports, error) {
	p, err := rtp.ParsePorts(at, f.Ports)
	if err != nil {
		return nil, coded{exitUsage, fmt.Errorf("--ports: %w", err)}
	}
	return p, nil
}

// carrierCmd plays a carrier.
type carrierCmd struct {
	Script      string `arg:"" optional:"" help:"Script of the carrier; one that comes with the program if absent." type:"existingfile"`
	Listen      string `default:"127.0.0.1:5070" help:"Address for SIP, UDP and TCP."`
	TLS         string `name:"tls" help:"Address for SIP over TLS; none if absent." placeholder:"ADDRESS:PORT"`
	WS          string `name:"ws" help:"Address for SIP over WebSocket; none if absent." placeholder:"ADDRESS:PORT"`
	WSS         string `name:"wss" help:"Address for SIP over WebSocket and TLS; none if absent." placeholder:"ADDRESS:PORT"`
	Certificate string `help:"Certificate it shows over TLS (PEM)." placeholder:"FILE" type:"existingfile"`
	Key         string `help:"Its key (PEM)." placeholder:"FILE" type:"existingfile"`
	portsFlag
	User   string `help:"Callers must log in as this."`
	Secret string `help:"With this secret." env:"WAIHU_CARRIER_SECRET"`
	SRTP   bool   `name:"srtp" help:"Encrypt the sound (SRTP); calls whose sound is not encrypted are refused."`
	Rate   int    `default:"50" help:"Requests a second of one source; more are refused."`
	Calls  int    `default:"100" help:"Calls at once; more are refused."`
	Show   bool   `help:"Print what the script does with which number, and stop."`
	Lang   string `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
}

// Run takes calls until it is told to stop.
func (c *carrierCmd) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	s, folder, err := c.script()
	if err != nil {
		return err
	}
	if c.Show {
		for _, l := range s.Lines {
			fmt.Fprintln(e.Out, lang.Phrase(tag, "carrier.line", map[string]string{"to": l.To, "does": string(l.Does)}))
		}
		return nil
	}
	if (c.User == "") != (c.Secret == "") {
		return coded{exitUsage, errors.New("--user and --secret: expected both, or callers that log in are let in by nobody")}
	}
	at, err := netip.ParseAddrPort(c.Listen)
	if err != nil {
		return coded{exitUsage, fmt.Errorf("--listen %s: expected an address and a port such as 127.0.0.1:5070", c.Listen)}
	}
	ports, err := c.pool(at.Addr())
	if err != nil {
		return err
	}
	tell := func(t carrier.Told) { fmt.Fprintln(e.Out, toldOf(tag, t)) }
	cfg := carrier.Config{Listen: at, Ports: ports, Script: s, Folder: folder, User: c.User, Secret: c.Secret, SRTP: c.SRTP, Rate: c.Rate, Calls: c.Calls, Tell: tell}
	if err := c.further(&cfg); err != nil {
		return err
	}
	running, err := carrier.Open(cfg)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.Out, lang.Phrase(tag, "carrier.listening", map[string]string{"name": s.Name, "at": running.Addr().String()}))
	return untilStopped(e.ctx, running)
}

// further fills in where else it listens, and what it shows over TLS.
func (c *carrierCmd) further(cfg *carrier.Config) (err error) {
	for _, o := range []struct {
		flag, at string
		to       *netip.AddrPort
	}{{"tls", c.TLS, &cfg.Secure}, {"ws", c.WS, &cfg.WS}, {"wss", c.WSS, &cfg.WSS}} {
		if o.at == "" {
			continue
		}
		if *o.to, err = netip.ParseAddrPort(o.at); err != nil {
			return coded{exitUsage, fmt.Errorf("--%s %s: expected an address and a port such as 127.0.0.1:5071", o.flag, o.at)}
		}
		if o.flag != "ws" && (c.Certificate == "" || c.Key == "") {
			return coded{exitUsage, fmt.Errorf("--%s %s: expected --certificate and --key too", o.flag, o.at)}
		}
	}
	if c.TLS == "" && c.WSS == "" {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
	if err != nil {
		return fault.New(fault.Invalid, "%s and %s are no certificate and its key: %v", c.Certificate, c.Key, err)
	}
	cfg.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	return nil
}

// script is the one that was named, or that of the program, and its folder.
func (c *carrierCmd) script() (*script.Script, string, error) {
	if c.Script == "" {
		return script.Default(), ".", nil
	}
	folder := filepath.Dir(c.Script)
	s, problems := planfile.LoadScript(os.DirFS(folder), filepath.Base(c.Script))
	if problems.Err() != nil {
		return nil, "", problems
	}
	return s, folder, nil
}

// toldOf is a call of the carrier in a line.
func toldOf(tag lang.Tag, t carrier.Told) string {
	return lang.Phrase(tag, "carrier.call", map[string]string{"from": t.From, "to": t.To, "does": string(t.Does), "side": string(t.Ending.By), "why": string(t.Ending.Why), "keys": t.Keys})
}

// untilStopped waits for the signal to stop.
func untilStopped(ctx context.Context, c io.Closer) error {
	<-ctx.Done()
	if err := c.Close(); err != nil {
		return fault.New(fault.Internal, "stopping: %v", err)
	}
	return nil
}
