package sdp

import (
	"fmt"
	"net/netip"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
)

// eventType is the payload type our own offers give telephone events.
const eventType = 101

// Agreed is what both sides settled on.
type Agreed struct {
	Remote   netip.AddrPort // where the peer wants to be sent to
	Law      audio.Law
	Type     uint8 // payload type of the law
	Event    uint8 // payload type of telephone events to send; 0: the peer takes none
	Heard    uint8 // another payload type they may come on: that of our offer, where the answer names its own; 0: none
	Sends    bool  // we may send
	Receives bool  // we will be sent to
	Secure   bool  // encrypted, by the keys below
	Ours     Key   // what we send is encrypted with it
	Theirs   Key   // and what they send
}

// Session is our side of the agreement of one call, from its first offer to its
// last. It is told which way we want; not safe for two goroutines at once.
type Session struct {
	at      netip.AddrPort // our RTP port
	id      uint64         // of our origin
	version uint64
	laws    []audio.Law
	want    Direction
	offered Direction // what our last offer said
	said    string    // our last description without its origin
	lines   []Media   // media lines of the first exchange that are not ours, kept in order
	ours    int       // which line is ours
	profile string    // of our media line
	more    []string  // attributes of it that others set
	key     Key       // ours, for the whole call, where the profile is Secured
}

// Profiles of a media line.
const (
	Plain   = "RTP/AVP"
	Secured = "RTP/SAVP"          // keys in the description
	Browser = "UDP/TLS/RTP/SAVPF" // WebRTC's: keys by DTLS, addresses by ICE
)

// NewSession is a session at an RTP port that speaks these laws, the first
// preferred; none given: A-law, then µ-law. The id is of the caller's choosing
// and should be unpredictable.
func NewSession(at netip.AddrPort, id uint64, laws ...audio.Law) *Session {
	if len(laws) == 0 {
		laws = []audio.Law{audio.ALaw, audio.MuLaw}
	}
	return &Session{at: at, id: id >> 1, laws: laws, want: SendRecv, profile: Plain}
}

// Secure encrypts the sound from the next offer or answer on, with this key for
// what we send: it must be unpredictable and never used before. What is not
// encrypted is refused from then on; nothing falls back.
func (s *Session) Secure(k Key) { s.profile, s.key = Secured, k }

// Want says which way we want from now on: SendOnly or Inactive put the peer on
// hold. It shows in the next offer or answer.
func (s *Session) Want(d Direction) { s.want = d }

// Browser makes it one of WebRTC, with these attributes on our line from the next
// offer or answer on.
func (s *Session) Browser(attributes ...string) { s.profile, s.more = Browser, attributes }

// Offer is our description for an INVITE, or for a 200 to one without an offer.
func (s *Session) Offer() []byte {
	s.offered = s.want
	var formats []string
	var maps strings.Builder
	for _, l := range s.laws {
		pt := uint8(8)
		if l == audio.MuLaw {
			pt = 0
		}
		formats = append(formats, fmt.Sprint(pt))
		fmt.Fprintf(&maps, "a=rtpmap:%d %s/8000\r\n", pt, l)
	}
	return s.write(s.mediaLine(append(formats, fmt.Sprint(eventType)), maps.String(), eventType, s.want, ourTag))
}

// ourTag is the number of the one key we offer.
const ourTag = 1

// mediaLine is our media line with its attributes.
func (s *Session) mediaLine(formats []string, maps string, event uint8, way Direction, tag int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "m=audio %d %s %s\r\n%s", s.at.Port(), s.profile, strings.Join(formats, " "), maps)
	if s.profile == Secured {
		b.WriteString(Crypto{tag, s.key}.line())
	}
	if event != 0 {
		fmt.Fprintf(&b, "a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15\r\n", event, event)
	}
	fmt.Fprintf(&b, "a=ptime:20\r\na=%s\r\n", way)
	for _, a := range s.more {
		fmt.Fprintf(&b, "a=%s\r\n", a)
	}
	return b.String()
}

// write puts our line among the others and raises the version if anything changed.
func (s *Session) write(line string) []byte {
	family := "IP4"
	if s.at.Addr().Is6() && !s.at.Addr().Is4In6() {
		family = "IP6"
	}
	host := s.at.Addr().Unmap()
	rest := fmt.Sprintf("s=-\r\nc=IN %s %s\r\nt=0 0\r\n", family, host)
	for i := range max(1, len(s.lines)) {
		if i == s.ours {
			rest += line
			continue
		}
		m := s.lines[i]
		rest += fmt.Sprintf("m=%s 0 %s %s\r\n", m.Kind, m.Profile, m.Words)
	}
	if rest != s.said {
		s.version++
		s.said = rest
	}
	return fmt.Appendf(nil, "v=0\r\no=- %d %d IN %s %s\r\n%s", s.id, s.version, family, host, rest)
}

// Answer answers an offer. An offer with nothing we can speak is of kind
// Conflict (488 in SIP), one that cannot be read of kind Invalid (400).
func (s *Session) Answer(offer []byte) ([]byte, Agreed, error) {
	d, err := Parse(offer)
	if err != nil {
		return nil, Agreed{}, err
	}
	m, at, err := s.choose(d)
	if err != nil {
		return nil, Agreed{}, err
	}
	s.lines, s.ours = d.Media, at
	a := s.agree(m, s.want)
	tag := 0
	if s.profile == Secured {
		tag = m.Crypto[0].Tag
	}
	way := direction(a.Sends, a.Receives)
	maps := fmt.Sprintf("a=rtpmap:%d %s/8000\r\n", a.Type, a.Law)
	formats := []string{fmt.Sprint(a.Type)}
	if a.Event != 0 {
		formats = append(formats, fmt.Sprint(a.Event))
	}
	return s.write(s.mediaLine(formats, maps, a.Event, way, tag)), a, nil
}

// Accept takes the answer to our last offer.
func (s *Session) Accept(answer []byte) (Agreed, error) {
	d, err := Parse(answer)
	if err != nil {
		return Agreed{}, err
	}
	m, _, err := s.choose(d)
	if err != nil {
		return Agreed{}, err
	}
	if s.profile == Secured && (len(m.Crypto) != 1 || m.Crypto[0].Tag != ourTag) {
		return Agreed{}, fault.New(fault.Conflict, "the peer answers an offer to encrypt with %d keys; expected one, with the number of our own", len(m.Crypto))
	}
	a := s.agree(m, s.offered)
	if a.Event != 0 && a.Event != eventType {
		a.Heard = eventType // each side is sent to with the numbers it named itself (RFC 3264, 6.1); not all keep to that
	}
	return a, nil
}

// choose is the first media line we can speak.
func (s *Session) choose(d Description) (*Media, int, error) {
	for i := range d.Media {
		m := &d.Media[i]
		if m.usable(s.profile) && s.speak(m) {
			return m, i, nil
		}
	}
	if s.profile == Secured {
		return nil, 0, fault.New(fault.Conflict, "the peer offers no G.711 over SRTP; expected m=audio with PCMA or PCMU, RTP/SAVP and a=crypto with %s", suite)
	}
	return nil, 0, fault.New(fault.Conflict, "the peer offers no G.711 as it is spoken here; expected m=audio with PCMA or PCMU and %s", s.profile)
}

// speak drops the laws we were told not to speak, and tells whether one is left.
func (s *Session) speak(m *Media) bool {
	kept := m.Formats[:0:0]
	for _, f := range m.Formats {
		law := f.Name == "PCMA" || f.Name == "PCMU"
		for _, l := range s.laws {
			if f.Name == l.String() {
				law = false
			}
		}
		if !law {
			kept = append(kept, f)
		}
	}
	m.Formats = kept
	_, _, ok := m.law()
	return ok
}

// held tells whether a line asks for silence by an address of zeros, the hold of
// old equipment (RFC 3264, section 8.4). With ICE, zeros say nothing.
func held(m *Media) bool { return m.Profile == Plain && m.Address.IsUnspecified() }

// agree is what a peer's line and our own wish come to.
func (s *Session) agree(m *Media, ours Direction) Agreed {
	law, pt, _ := m.law()
	a := Agreed{Law: law, Type: pt, Event: m.event(), Remote: netip.AddrPortFrom(m.Address.Unmap(), uint16(m.Port)),
		Sends: ours.Sends() && m.Way.Receives() && !held(m), Receives: ours.Receives() && m.Way.Sends()}
	if s.profile == Secured {
		a.Secure, a.Ours, a.Theirs = true, s.key, m.Crypto[0].Key
	}
	return a
}
