package trunk

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"waihu/internal/phone"
)

// maxSources is how many addresses or networks a trunk's calls come from.
const maxSources = 100

// came is what a trunk brought, beside what it carries out.
type came struct {
	open  int
	begun []time.Time // ring of the last Rate beginnings
	next  int         // the oldest of them
}

// Trusts tells whether a call from an address is a trunk's: one for a number, or for the
// trunk's log-in where a registrar sends it on. What calls a name from there is a
// telephone that stands beside the carrier.
func (b *Board) Trusts(from netip.Addr, called string) bool {
	i := b.cfg.brings(from)
	if i < 0 {
		return false
	}
	_, is := b.Number(called)
	return is || called != "" && called == b.cfg.Trunks[i].User
}

// Number reads a number as carriers write it; national ones are of home.
func (b *Board) Number(text string) (phone.Number, bool) {
	if !isDialled(bare(text)) {
		return 0, false
	}
	return phone.Normalize(text, b.cfg.Home)
}

// Admitted is a call that came in over a trunk, which holds one of its incoming channels.
type Admitted struct {
	Trunk *Trunk
	b     *Board
	at    int
	once  sync.Once
}

// Admit takes a call in that came from an address, within what the trunk may bring. A
// reason says why not. What calls people is not touched by it.
func (b *Board) Admit(from netip.Addr, now time.Time) (*Admitted, Reason) {
	i := b.cfg.brings(from)
	if i < 0 {
		return nil, NotServed
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	t, in := &b.cfg.Trunks[i], &b.trunks[i].came
	if in.begun == nil {
		in.begun = make([]time.Time, t.Rate)
	}
	switch oldest := in.begun[in.next]; {
	case in.open >= t.Incoming:
		return nil, Full
	case !oldest.IsZero() && now.Sub(oldest) < time.Second:
		return nil, TooFast
	}
	in.open++
	in.begun[in.next] = now
	in.next = (in.next + 1) % len(in.begun)
	return &Admitted{Trunk: t, b: b, at: i}, ""
}

// Release gives the channel back, once.
func (a *Admitted) Release() {
	a.once.Do(func() {
		a.b.mu.Lock()
		defer a.b.mu.Unlock()
		a.b.trunks[a.at].came.open--
	})
}

// brings is the trunk whose calls come from an address; -1: none's do.
func (c *Config) brings(from netip.Addr) int {
	from = from.Unmap()
	for i := range c.Trunks {
		t := &c.Trunks[i]
		if t.Incoming == 0 {
			continue
		}
		for _, p := range t.sources() {
			if p.Contains(from) {
				return i
			}
		}
	}
	return -1
}

// sources are where a trunk's calls come from.
func (t *Trunk) sources() (out []netip.Prefix) {
	if len(t.Sources) == 0 {
		if at, err := netip.ParseAddrPort(t.Host()); err == nil {
			out = append(out, netip.PrefixFrom(at.Addr().Unmap(), at.Addr().Unmap().BitLen()))
		}
	}
	for _, text := range t.Sources {
		if p, ok := network(text); ok {
			out = append(out, p)
		}
	}
	return out
}

// network reads an address or a network.
func network(text string) (netip.Prefix, bool) {
	if strings.Contains(text, "/") {
		p, err := netip.ParsePrefix(text)
		return p.Masked(), err == nil && p.Bits() > 0
	}
	a, err := netip.ParseAddr(text)
	if err != nil || a.IsUnspecified() {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), true
}

// checkIncoming looks at what a trunk brings.
func (t *Trunk) checkIncoming(at string, add func(path, what, expected string)) {
	if t.Incoming < 0 || t.Incoming > maxChannels {
		add(at+"incoming", "out of range", fmt.Sprintf("0 to %d", maxChannels))
	}
	if len(t.Sources) > maxSources || len(t.Sources) > 0 && t.Incoming == 0 {
		add(at+"sources", "too many, or no call comes in", fmt.Sprintf("at most %d, beside incoming", maxSources))
	}
	for j, s := range t.Sources {
		if _, ok := network(s); !ok {
			add(fmt.Sprintf("%ssources[%d]", at, j), "no address or network", "such as 192.0.2.1 or 192.0.2.0/28")
		}
	}
	if t.Incoming > 0 && len(t.sources()) == 0 {
		add(at+"sources", "calls come in, and nobody can tell from where: the address is a name", "addresses or networks of the carrier")
	}
}
