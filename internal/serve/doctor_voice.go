package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"waihu/internal/voice/sip"
	"waihu/internal/voice/trunk"
)

// Level says how bad a finding is.
type Level string

const (
	Well    Level = "well"
	Warning Level = "warning" // calls work; something will hurt
	Problem Level = "problem" // calls do not work
)

// VoiceFinding is one thing that was looked at. What is a phrase (doctor. before
// it), in every language; where it is not well, there is one that says what to
// do as well.
type VoiceFinding struct {
	What  string            `json:"what"`
	Level Level             `json:"level"`
	Args  map[string]string `json:"args,omitempty"`
}

// VoiceSetup is what calls are to be placed with.
type VoiceSetup struct {
	Listen      netip.AddrPort // for SIP
	First, Last uint16         // ports for sound
	Trunks      *trunk.Config  // may be nil
	Secret      func(name string) string
	Recordings  string // folder; empty: nothing is kept
}

// Bounds of the examination.
const (
	pingWait       = 3 * time.Second
	pingsAtOnce    = 8
	socketWanted   = 1 << 20 // bytes a socket should be able to hold (docs/adr/0040-voice.md)
	recordingBytes = 16_000  // of a second, both sides
	hoursWanted    = 24
)

// ExamineVoice looks at everything a call needs before one is placed: the address
// that is told, ports, the machine's bounds, trunks, clock and the folder for
// recordings. Nothing is called.
func ExamineVoice(ctx context.Context, v VoiceSetup) []VoiceFinding {
	x := &voiceExam{VoiceSetup: v}
	usable := x.address()
	if usable {
		x.sound()
	}
	x.buffers()
	x.clock(clockState())
	x.folder()
	if usable {
		x.trunks(ctx)
	}
	return x.out
}

// voiceExam gathers what is found.
type voiceExam struct {
	VoiceSetup
	phone *sip.Endpoint
	out   []VoiceFinding
}

// found notes a finding; args are names and values in turn.
func (x *voiceExam) found(level Level, what string, args ...string) {
	f := VoiceFinding{What: what, Level: level, Args: map[string]string{}}
	for i := 0; i+1 < len(args); i += 2 {
		f.Args[args[i]] = args[i+1]
	}
	x.out = append(x.out, f)
}

// address tells whether carriers can answer at the address they are told; false:
// nothing can be opened there at all.
func (x *voiceExam) address() bool {
	at := x.Listen.Addr()
	text := x.Listen.String()
	if !at.IsValid() || at.IsUnspecified() {
		x.found(Problem, "address_any", "address", text)
		return false
	}
	if !isOwn(at) {
		x.found(Problem, "address_foreign", "address", text)
		return false
	}
	outside := x.outside()
	switch {
	case at.IsLoopback() && outside != "":
		x.found(Problem, "address_loopback", "address", text, "trunk", outside)
	case isInner(at) && outside != "":
		x.found(Warning, "address_inner", "address", text, "trunk", outside)
	default:
		x.found(Well, "address", "address", text)
	}
	return true
}

// outside is a trunk beyond the networks that the address is of; empty: there is
// none that is known by its address.
func (x *voiceExam) outside() string {
	if x.Trunks == nil {
		return ""
	}
	for _, t := range x.Trunks.Trunks {
		at, err := netip.ParseAddrPort(t.Host())
		switch {
		case err != nil || at.Addr().IsLoopback():
		case !isInner(at.Addr()) || x.Listen.Addr().IsLoopback():
			return t.Name
		}
	}
	return ""
}

// carrierGrade is what providers put customers behind (RFC 6598).
var carrierGrade = netip.MustParsePrefix("100.64.0.0/10")

// isInner tells whether an address means something on its own network only.
func isInner(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || carrierGrade.Contains(a)
}

// isOwn tells whether this machine has the address.
func isOwn(a netip.Addr) bool {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return true // nobody knows better
	}
	for _, own := range all {
		if p, err := netip.ParsePrefix(own.String()); err == nil && p.Addr().Unmap() == a.Unmap() || err == nil && a.IsLoopback() && p.Addr().IsLoopback() && p.Masked().Contains(a) {
			return true
		}
	}
	return false
}

// sound tells whether the ports for sound are free, and enough.
func (x *voiceExam) sound() {
	spread := strconv.Itoa(int(x.First)) + "-" + strconv.Itoa(int(x.Last))
	pairs, taken := 0, 0
	for port := int(x.First) + int(x.First)%2; port < int(x.Last); port += 2 { // bounded by the ports there are
		pairs++
		if !isFree(x.Listen.Addr(), port) || !isFree(x.Listen.Addr(), port+1) {
			taken++
		}
	}
	args := []string{"ports", spread, "pairs", strconv.Itoa(pairs), "taken", strconv.Itoa(taken)}
	wanted := 0
	if x.Trunks != nil {
		for _, t := range x.Trunks.Trunks {
			wanted += t.Channels
		}
	}
	switch {
	case pairs == taken:
		x.found(Problem, "ports_none", args...)
	case taken > 0:
		x.found(Warning, "ports_taken", args...)
	case pairs < wanted:
		x.found(Warning, "ports_few", append(args, "channels", strconv.Itoa(wanted))...)
	default:
		x.found(Well, "ports", args...)
	}
}

func isFree(at netip.Addr, port int) bool {
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(at, uint16(port))))
	return err == nil && c.Close() == nil
}

// buffers tells whether sockets may hold a burst of messages.
func (x *voiceExam) buffers() {
	b, err := os.ReadFile("/proc/sys/net/core/rmem_max")
	if err != nil {
		return // another system, with other bounds
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return
	}
	if n < socketWanted {
		x.found(Warning, "buffers", "bytes", strconv.Itoa(n), "wanted", strconv.Itoa(socketWanted))
	}
}

// clock tells what the system says of its clock: whether it is steered, where
// that is known.
func (x *voiceExam) clock(steered, known bool) {
	switch {
	case !known:
	case steered:
		x.found(Well, "clock")
	default:
		x.found(Warning, "clock_free")
	}
}

// folder tells whether recordings can be kept, and for how long.
func (x *voiceExam) folder() {
	if x.Recordings == "" {
		return
	}
	f, err := os.CreateTemp(x.Recordings, ".doctor-*")
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	if err != nil {
		x.found(Problem, "folder_closed", "folder", x.Recordings, "why", err.Error())
		return
	}
	free, known := freeBytes(x.Recordings)
	if !known {
		x.found(Well, "folder", "folder", x.Recordings)
		return
	}
	hours := free / recordingBytes / 3600
	args := []string{"folder", x.Recordings, "hours", strconv.FormatInt(hours, 10)}
	if hours < hoursWanted {
		x.found(Warning, "folder_small", args...)
		return
	}
	x.found(Well, "folder", args...)
}

// trunks opens the SIP port and asks each trunk whether it is there.
func (x *voiceExam) trunks(ctx context.Context) {
	cfg := sip.Config{Listen: x.Listen}
	if x.Trunks != nil {
		cfg.Paths = trunk.Paths(x.Trunks.Trunks)
	}
	phone, err := sip.Open(cfg)
	if err != nil {
		x.found(Problem, "sip_port", "address", x.Listen.String(), "why", err.Error())
		return
	}
	defer phone.Close()
	x.found(Well, "sip_port_free", "address", phone.Addr().String())
	if x.Trunks == nil {
		return
	}
	x.phone = phone
	all := x.Trunks.Trunks
	found, registered := make([]VoiceFinding, len(all)), make([]VoiceFinding, len(all))
	var group sync.WaitGroup
	slots := make(chan struct{}, pingsAtOnce)
	for i := range all {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			found[i] = x.ping(ctx, &all[i])
			registered[i] = x.register(ctx, &all[i])
		})
	}
	group.Wait()
	x.out = append(x.out, found...)
	x.out = append(x.out, slices.DeleteFunc(registered, func(f VoiceFinding) bool { return f.What == "" })...)
	for _, t := range all {
		if t.User != "" && x.Secret(t.Secret) == "" {
			x.found(Problem, "secret", "trunk", t.Name, "variable", t.Secret)
		}
	}
}

// ping asks one trunk with OPTIONS; an answer of any status is one.
func (x *voiceExam) ping(ctx context.Context, t *trunk.Trunk) VoiceFinding {
	args := map[string]string{"trunk": t.Name, "address": t.Address}
	ctx, stop := context.WithTimeout(ctx, pingWait)
	defer stop()
	if host, _, err := net.SplitHostPort(t.Host()); err == nil {
		if _, err := net.DefaultResolver.LookupHost(ctx, host); err != nil {
			return VoiceFinding{"trunk_unknown", Problem, args}
		}
	}
	if what, why := secured(ctx, t); what != "" {
		args["why"] = why
		return VoiceFinding{what, Problem, args}
	}
	r := trunk.Route{Trunk: t, To: "ping"}
	took, err := x.phone.Ping(ctx, r.Address())
	if err != nil {
		return VoiceFinding{"trunk_silent", Problem, args}
	}
	args["ms"] = strconv.FormatFloat(float64(took)/1e6, 'f', 1, 64)
	return VoiceFinding{"trunk", Well, args}
}

// register registers at one trunk that wants it, and takes that back.
func (x *voiceExam) register(ctx context.Context, t *trunk.Trunk) (none VoiceFinding) {
	if t.Registrar == "" || x.Secret(t.Secret) == "" {
		return none // that the secret is missing is said by itself
	}
	ctx, stop := context.WithTimeout(ctx, pingWait)
	defer stop()
	args := map[string]string{"trunk": t.Name, "registrar": t.Registrar, "why": "no answer"}
	told := make(chan sip.Registered, 1)
	r, err := x.phone.Register(sip.Registering{At: t.RegistersAt(), Account: t.User, Secret: x.Secret(t.Secret), Lease: time.Minute, Told: func(r sip.Registered) {
		select {
		case told <- r:
		default:
		}
	}})
	if err != nil {
		args["why"] = err.Error()
		return VoiceFinding{"trunk_apart", Problem, args}
	}
	defer r.Close()
	select {
	case s := <-told:
		if s.Up {
			return VoiceFinding{"trunk_registered", Well, args}
		}
		args["why"] = s.Why
	case <-ctx.Done():
	}
	return VoiceFinding{"trunk_apart", Problem, args}
}

// secured tells what keeps a trunk's TLS from being spoken, and why; empty: nothing
// does, or none is asked for.
func secured(ctx context.Context, t *trunk.Trunk) (what, why string) {
	if !t.Transport.Secure() {
		return "", ""
	}
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", t.Host())
	if err != nil {
		return "trunk_closed", err.Error()
	}
	defer c.Close()
	host, _, _ := net.SplitHostPort(t.Host()) // it was just dialled
	err = tls.Client(c, &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}).HandshakeContext(ctx)
	if untrusted := (*tls.CertificateVerificationError)(nil); errors.As(err, &untrusted) {
		return "trunk_certificate", untrusted.Err.Error()
	}
	if err != nil {
		return "trunk_no_tls", err.Error()
	}
	return "", ""
}
