package cdr

import (
	"strings"

	"waihu/internal/usage"
)

// identify gives the call its ID and Session.
func (a *asterisk) identify(c *usage.Call) {
	l, s := a.layout, a.rows
	unique, linked, sequence := s.field(l.unique), s.field(l.linked), s.field(l.sequence)
	c.LegB = linked != "" && linked != unique
	if c.Session = linked; linked == "" {
		c.Session = unique
	}
	switch called := s.field(l.dstchannel); {
	case unique == "":
		c.ID = recordID(s.raw)
	case sequence != "":
		c.ID = a.ids.join(unique, "/", sequence)
	case called != "":
		c.ID = a.ids.join(unique, "-", called[strings.LastIndexByte(called, '-')+1:])
	default:
		c.ID = unique
	}
}

// channels tells from the channels which way the call went, over which trunk
// and from whose telephone.
func (a *asterisk) channels(c *usage.Call) {
	own, called := a.rows.field(a.layout.channel), a.rows.field(a.layout.dstchannel)
	c.Trunk, c.Agent = "", ""
	switch c.Direction = a.way(c, called); c.Direction {
	case usage.Inbound:
		c.Trunk, c.Agent = device(own), a.extensionOf(called)
	default:
		c.Agent = a.extensionOf(own)
		if c.Direction == usage.Outbound {
			c.Trunk = device(called)
		}
	}
	a.steer(c)
}

// way is the direction rule of AsteriskCSV.
func (a *asterisk) way(c *usage.Call, called string) usage.Direction {
	if len(c.To) > a.extension && (c.To[0]-'0' <= 9 || c.To[0] == '+') || c.To == "" {
		return usage.Outbound
	}
	if len(c.From) > a.extension || c.From == "" {
		return usage.Inbound
	}
	if called != "" && a.extensionOf(called) == "" && !strings.HasPrefix(called, "Local/") {
		return usage.Outbound
	}
	return usage.Internal
}

// device is the channel without its number: PJSIP/carrier-a of PJSIP/carrier-a-0000007b.
func device(channel string) string {
	if i := strings.LastIndexByte(channel, '-'); i > 0 {
		return channel[:i]
	}
	return channel
}

// extensionOf is the extension a channel belongs to, empty if it is a trunk's.
func (a *asterisk) extensionOf(channel string) string {
	d := device(channel)
	peer := d[strings.IndexByte(d, '/')+1:]
	if len(peer) < 2 || len(peer) > a.extension || !isDigits(peer) {
		return ""
	}
	return peer
}
