package sdp

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
)

// Direction is who sends, seen by whoever says it.
type Direction string

const (
	SendRecv Direction = "sendrecv"
	SendOnly Direction = "sendonly"
	RecvOnly Direction = "recvonly"
	Inactive Direction = "inactive"
)

// Sends tells whether who says it will send.
func (d Direction) Sends() bool { return d == SendRecv || d == SendOnly }

// Receives tells whether who says it wants to be sent to.
func (d Direction) Receives() bool { return d == SendRecv || d == RecvOnly }

// direction is the one with these two halves.
func direction(sends, receives bool) Direction {
	switch {
	case sends && receives:
		return SendRecv
	case sends:
		return SendOnly
	case receives:
		return RecvOnly
	}
	return Inactive
}

// Format is one payload type of a media line.
type Format struct {
	Type  uint8
	Name  string // upper case: PCMA, PCMU, TELEPHONE-EVENT; empty if nothing names it
	Clock int    // ticks a second
}

// Media is one media line with what belongs to it.
type Media struct {
	Kind    string // audio, video ...
	Port    int    // 0: refused
	Profile string // RTP/AVP, RTP/SAVP
	Words   string // the formats as written, for a refusal that repeats them
	Formats []Format
	Address netip.Addr // its own connection line, or that of the session; invalid if there is none
	Way     Direction
	Crypto  []Crypto // keys it may be encrypted with
}

// Description is what a peer said.
type Description struct {
	Origin string // the o= line without its type
	Media  []Media
}

// reader takes a description apart line by line.
type reader struct {
	d       Description
	address netip.Addr // of the session, before the first media line
	way     Direction
	version bool
}

// Parse reads a description. Lines end in CRLF or LF; the last may end in
// nothing at all. What it does not know it leaves out; what it needs and cannot
// read is of kind Invalid.
func Parse(b []byte) (Description, error) {
	if len(b) > maxBytes {
		return Description{}, fault.New(fault.Invalid, "a session description of %d bytes; at most %d are read", len(b), maxBytes)
	}
	lines := strings.Split(strings.TrimRight(string(b), "\r\n"), "\n")
	if len(lines) > maxLines {
		return Description{}, fault.New(fault.Invalid, "a session description of %d lines; at most %d are read", len(lines), maxLines)
	}
	r := reader{way: SendRecv}
	for i, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		if len(line) < 2 || line[1] != '=' {
			return Description{}, fault.New(fault.Invalid, "session description, line %d: %q is no line of the form x=value", i+1, fault.Shorten(line, 40))
		}
		if err := r.line(line[0], line[2:]); err != nil {
			return Description{}, fmt.Errorf("session description, line %d: %w", i+1, err)
		}
	}
	if !r.version {
		return Description{}, fault.New(fault.Invalid, "a session description without v=0")
	}
	return r.d, nil
}

func (r *reader) line(kind byte, value string) error {
	switch kind {
	case 'v':
		r.version = value == "0"
	case 'o':
		r.d.Origin = value
	case 'c':
		return r.connection(value)
	case 'm':
		return r.media(value)
	case 'a':
		return r.attribute(value)
	}
	return nil
}

// connection reads "IN IP4 192.0.2.1", with an optional "/ttl" that means nothing here.
func (r *reader) connection(value string) error {
	words := strings.Fields(value)
	if len(words) != 3 || words[0] != "IN" {
		return fault.New(fault.Invalid, "c=%s; expected an address such as IN IP4 192.0.2.1", fault.Shorten(value, 40))
	}
	text, _, _ := strings.Cut(words[2], "/")
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		return fault.New(fault.Invalid, "c=%s; expected an IP address, names are not looked up for media", fault.Shorten(value, 40))
	}
	if m := r.last(); m != nil {
		m.Address = addr
	} else {
		r.address = addr
	}
	return nil
}

func (r *reader) last() *Media {
	if len(r.d.Media) == 0 {
		return nil
	}
	return &r.d.Media[len(r.d.Media)-1]
}

func (r *reader) media(value string) error {
	words := strings.Fields(value)
	if len(words) < 4 {
		return fault.New(fault.Invalid, "m=%s; expected kind, port, profile and formats", fault.Shorten(value, 40))
	}
	if len(r.d.Media) == maxMedia || len(words)-3 > maxFormats {
		return fault.New(fault.Invalid, "more than %d media lines, or %d formats on one", maxMedia, maxFormats)
	}
	text, _, _ := strings.Cut(words[1], "/")
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return fault.New(fault.Invalid, "m=%s; expected a port from 0 to 65535", fault.Shorten(value, 40))
	}
	m := Media{Kind: words[0], Port: int(port), Profile: words[2], Words: strings.Join(words[3:], " "), Address: r.address, Way: r.way}
	if m.Profile == Browser || strings.HasPrefix(m.Profile, "RTP/") {
		for _, w := range words[3:] {
			pt, err := strconv.ParseUint(w, 10, 7)
			if err != nil {
				return fault.New(fault.Invalid, "payload type %q; expected a number from 0 to 127", fault.Shorten(w, 10))
			}
			m.Formats = append(m.Formats, static(uint8(pt)))
		}
	}
	r.d.Media = append(r.d.Media, m)
	return nil
}

// static is what a payload type means where no line names it (RFC 3551).
func static(pt uint8) Format {
	switch pt {
	case 0:
		return Format{Type: pt, Name: "PCMU", Clock: audio.Rate}
	case 8:
		return Format{Type: pt, Name: "PCMA", Clock: audio.Rate}
	}
	return Format{Type: pt}
}

func (r *reader) attribute(value string) error {
	name, rest, _ := strings.Cut(value, ":")
	switch d := Direction(name); d {
	case SendRecv, SendOnly, RecvOnly, Inactive:
		if m := r.last(); m != nil {
			m.Way = d
		} else {
			r.way = d
		}
		return nil
	}
	switch m := r.last(); {
	case m == nil:
	case name == "rtpmap":
		return m.named(rest)
	case name == "crypto":
		m.crypto(rest)
	}
	return nil
}

// named reads "101 telephone-event/8000".
func (m *Media) named(rest string) error {
	number, what, _ := strings.Cut(rest, " ")
	pt, err := strconv.ParseUint(number, 10, 7)
	name, clock, slash := strings.Cut(strings.TrimSpace(what), "/")
	if err != nil || !slash || name == "" {
		return fault.New(fault.Invalid, "a=rtpmap:%s; expected a payload type and name/clock", fault.Shorten(rest, 40))
	}
	clock, channels, _ := strings.Cut(clock, "/")
	ticks, err := strconv.ParseUint(clock, 10, 31)
	if err != nil {
		return fault.New(fault.Invalid, "a=rtpmap:%s; expected a clock rate after the slash", fault.Shorten(rest, 40))
	}
	for i := range m.Formats {
		if m.Formats[i].Type == uint8(pt) && (channels == "" || channels == "1") {
			m.Formats[i].Name, m.Formats[i].Clock = strings.ToUpper(name), int(ticks)
		}
	}
	return nil
}

// law is the first format of the line that is G.711.
func (m *Media) law() (audio.Law, uint8, bool) {
	for _, f := range m.Formats {
		if f.Clock != audio.Rate {
			continue
		}
		switch f.Name {
		case "PCMA":
			return audio.ALaw, f.Type, true
		case "PCMU":
			return audio.MuLaw, f.Type, true
		}
	}
	return 0, 0, false
}

// event is the payload type of telephone events; 0 is none, for 0 is PCMU.
func (m *Media) event() uint8 {
	for _, f := range m.Formats {
		if f.Name == "TELEPHONE-EVENT" && f.Clock == audio.Rate {
			return f.Type
		}
	}
	return 0
}

// usable tells whether the line is audio we can speak, over this profile.
func (m *Media) usable(profile string) bool {
	_, _, ok := m.law()
	return ok && m.Kind == "audio" && m.Port != 0 && m.Profile == profile && m.Address.IsValid() && (len(m.Crypto) > 0 || profile != Secured)
}
