package cli

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/outbound"
	"waihu/internal/usage"
	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/detect"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sip"
	"waihu/internal/voice/trunk"
)

// callCmd places one test call.
type callCmd struct {
	To string `arg:"" help:"Whom to call: sip:NUMBER@HOST:PORT, with ;transport=tcp, tls (or sips:), ws or wss where it is not UDP; with --trunks a number."`
	paidFlags
	trunkFlags
	From   string        `help:"Calling number; anonymous, or one of the trunk's own, if absent."`
	Play   string        `help:"WAV file to play once it is answered; a tone of a second if absent." type:"existingfile"`
	Talk   time.Duration `help:"Hang up this long after the answer; when all is played if absent." placeholder:"TIME"`
	Ring   time.Duration `default:"60s" help:"Give up when it has rung for so long." placeholder:"TIME"`
	Keys   string        `help:"Keys to press once it is answered." placeholder:"DIGITS"`
	Hold   time.Duration `help:"Put the other side on hold for this long once it is answered, the recording paused." placeholder:"TIME"`
	Ping   bool          `help:"Only ask whether somebody is there (OPTIONS), and how long the answer takes."`
	Law    string        `default:"any" enum:"any,alaw,ulaw" help:"Law of G.711 to offer: any, alaw or ulaw."`
	SRTP   bool          `name:"srtp" help:"Encrypt the sound (SRTP); a carrier that does not is not talked to. The keys go with the signalling: for TLS."`
	Record string        `help:"Record both sides into this WAV file, ours left, theirs right." placeholder:"FILE"`
	Facts  string        `help:"Append the attempt to this file of facts, for waihu bill." placeholder:"FILE"`
	Detect bool          `help:"Say what is at the other end: a person, a machine and its beep, fax, tones, and what is announced before the answer. What is played begins when that is known."`
	Known  string        `name:"announcements" help:"Folder of labelled announcements (see waihu announcement); it means --detect." type:"existingdir" placeholder:"FOLDER"`
	User   string        `help:"Log-in the carrier asks for."`
	Secret string        `help:"Secret of that log-in." env:"WAIHU_SIP_SECRET"`
	Trust  string        `help:"Certificates (PEM) trusted over TLS; those of the system if absent." placeholder:"FILE" type:"existingfile"`
	Listen string        `help:"Our own address for SIP; the one that reaches the carrier, and any port, if absent." placeholder:"ADDRESS:PORT"`
	Ports  string        `default:"40200-40399" help:"Ports for sound." placeholder:"FIRST-LAST"`
	JSON   bool          `help:"Write what happened as JSON."`
	Lang   string        `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
}

// Run places the call and tells what came of it.
func (c *callCmd) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	if err := apart([]string{c.Record, c.Facts}, []string{c.Play}); err != nil {
		return err
	}
	if c.Ping {
		return c.ping(e, tag)
	}
	if !rtp.AreKeys(c.Keys) {
		return coded{exitUsage, fmt.Errorf("--keys %s: expected at most 64 of 0 to 9, *, #, A to D", c.Keys)}
	}
	if c.Company != "" && c.Trunks == "" {
		return coded{exitUsage, errors.New("--company: a call that is paid for goes over trunks; name their file with --trunks")}
	}
	kept, err := openFacts(c.Facts) // before the call: one whose fact has no place is not placed
	if err != nil {
		return err
	}
	p, err := c.place(e)
	if p == nil || p.Report == nil {
		return errors.Join(err, kept.close())
	}
	if failed := errors.Join(kept.add(p.fact()), kept.close()); failed != nil {
		c.Facts = "" // it is not told to be there
		err = errors.Join(err, failed)
	}
	if c.JSON {
		err = errors.Join(err, writeJSON(e.Out, c.jsonOf(p)))
	} else {
		fmt.Fprint(e.Out, tellTries(tag, p.Tries)+c.tell(tag, p.Report)+tellCharge(tag, p.Paid))
	}
	if err != nil {
		return err
	}
	if !p.Report.Answered() {
		return coded{exitDecide, nil}
	}
	return nil
}

// pingWait is how long an answer to OPTIONS is waited for.
const pingWait = 5 * time.Second

// ping asks whether somebody is there.
func (c *callCmd) ping(e *env, tag lang.Tag) (err error) {
	at, err := c.address(nil)
	if err != nil {
		return err
	}
	phone, err := c.open(at, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, phone.Close()) }()
	ctx, stop := context.WithTimeout(e.ctx, pingWait)
	defer stop()
	took, err := phone.Ping(ctx, c.To)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.Out, lang.Phrase(tag, "voice.ping", map[string]string{"to": c.To, "ms": strconv.FormatFloat(float64(took)/1e6, 'f', 1, 64)}))
	return nil
}

// placement is a call that was placed.
type placement struct {
	Report *voice.Report
	Tries  []voice.Try
	Paid   *outbound.Done // nil: nobody paid for it
}

// fact is the one the books have, where they have one.
func (p *placement) fact() *usage.Call {
	if p.Paid != nil {
		return p.Paid.Fact
	}
	return p.Report.Fact()
}

// order is the call as the command line asks for it.
func (c *callCmd) order() (o voice.Order, err error) {
	o = voice.Order{To: c.To, Number: numberOf(c.To), From: c.From, Kept: c.Record, User: c.User, Secret: c.Secret, Ring: c.Ring, Talk: c.Talk, Keys: c.Keys, Hold: c.Hold, SRTP: c.SRTP}
	switch c.Law {
	case "alaw":
		o.Law = []audio.Law{audio.ALaw}
	case "ulaw":
		o.Law = []audio.Law{audio.MuLaw}
	}
	o.SRTP = c.SRTP
	o.Play = audio.Tone{Hertz: []float64{1000}, Level: 0.3}.Samples(time.Second)
	if c.Play != "" {
		if o.Play, err = voice.ReadSound(c.Play); err != nil {
			return o, err
		}
	}
	if o.Detect, err = c.detection(); err != nil {
		return o, err
	}
	return o, nil
}

// place opens what is needed, and closes it again.
func (c *callCmd) place(e *env) (placed *placement, err error) {
	trunks, err := c.trunks()
	if err != nil {
		return nil, err
	}
	at, err := c.address(trunks)
	if err != nil {
		return nil, err
	}
	o, err := c.order()
	if err != nil {
		return nil, err
	}
	ports, err := portsFlag{c.Ports}.pool(at.Addr())
	if err != nil {
		return nil, err
	}
	if c.Record != "" {
		f, fail := createFile(c.Record)
		if fail != nil {
			return nil, fail
		}
		if f.path == "" {
			return nil, errors.Join(coded{exitUsage, fmt.Errorf("--record %s: a recording needs a file that can be read again", c.Record)}, f.Close())
		}
		if err := reopen(f); err != nil {
			return nil, err
		}
		defer func() {
			switch {
			case placed != nil && placed.Report != nil && placed.Report.Sum.SHA256 != "":
				err = errors.Join(err, f.end(nil)) // what was recorded is kept, also where it is not the whole call
			case err == nil:
				err = f.drop() // there was no sound: what lies there already stays
			default:
				err = f.end(err)
			}
		}()
		o.Record = f.File
	}
	phone, err := c.open(at, trunks)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, phone.Close()) }()
	if trunks == nil {
		o.From = cmp.Or(o.From, "anonymous")
		r, err := voice.Place(e.ctx, phone, ports, o)
		return &placement{Report: r}, err
	}
	o.Number = c.To
	board, err := trunks.board(c.State)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, keepBoard(c.State, board)) }()
	lines := &voice.Lines{Endpoint: phone, Ports: ports, Board: board, Secret: os.Getenv}
	if c.Company != "" {
		return c.pay(e, lines, o)
	}
	r, tries, err := lines.PlaceOver(e.ctx, o)
	return &placement{Report: r, Tries: tries}, err
}

// detection is how the call is listened to; nil: it is not.
func (c *callCmd) detection() (*detect.Config, error) {
	if c.Known == "" && !c.Detect {
		return nil, nil
	}
	return knowing(c.Known)
}

// reopen opens a new file for reading too: a recording is read once for its digest.
func reopen(f *newFile) error {
	again, err := os.OpenFile(f.Name(), os.O_RDWR, 0)
	if err != nil {
		return errors.Join(err, f.drop())
	}
	err = f.Close()
	f.File = again
	return err
}

// open listens for what comes back.
func (c *callCmd) open(at netip.AddrPort, trunks *trunkFile) (*sip.Endpoint, error) {
	cfg := sip.Config{Listen: at}
	if trunks != nil {
		cfg.Paths = trunk.Paths(trunks.Trunks)
	}
	if c.Trust != "" {
		text, err := os.ReadFile(c.Trust)
		if err != nil {
			return nil, err
		}
		cfg.TLS = &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
		if !cfg.TLS.RootCAs.AppendCertsFromPEM(text) {
			return nil, fault.New(fault.Invalid, "%s has no certificate; expected one or more in PEM", c.Trust)
		}
	}
	return sip.Open(cfg)
}

// address is where we listen: as told, or the address of this machine that
// reaches the carrier, or the first trunk.
func (c *callCmd) address(trunks *trunkFile) (netip.AddrPort, error) {
	if c.Listen != "" {
		at, err := netip.ParseAddrPort(c.Listen)
		if err != nil {
			return at, coded{exitUsage, fmt.Errorf("--listen %s: expected an address and a port such as 192.0.2.1:5060", c.Listen)}
		}
		return at, nil
	}
	if trunks != nil {
		return toward(trunks.Trunks[0].Host())
	}
	host := c.To[strings.LastIndexByte(c.To, '@')+1:]
	host, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimPrefix(host, "sips:"), "sip:"), ";")
	if _, _, err := net.SplitHostPort(host); err != nil {
		host = net.JoinHostPort(strings.Trim(host, "[]"), "5060")
	}
	return toward(host)
}

// toward is the address of this machine that reaches a host, with any port.
func toward(host string) (netip.AddrPort, error) {
	probe, err := net.Dial("udp", host) // sends nothing: it asks which way leads there
	if err != nil {
		return netip.AddrPort{}, fault.New(fault.NotFound, "no way leads to %s: %v; say --listen, or check the address", host, err)
	}
	defer probe.Close()
	local := probe.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
	return netip.AddrPortFrom(local.WithZone(""), 0), nil
}

// numberOf is the called number of a SIP address.
func numberOf(to string) string {
	_, rest, _ := strings.Cut(to, ":")
	number, _, at := strings.Cut(rest, "@")
	if !at {
		return ""
	}
	number, _, _ = strings.Cut(number, ";")
	return number
}
