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
	ownName, calledName := device(own), device(called)
	a.route(c, a.way(c, called), ownName, a.peerOf(ownName), calledName, a.peerOf(calledName))
}

// route sets what follows from the way a call went and from the two devices.
func (a *asterisk) route(c *usage.Call, way usage.Direction, own, ownPeer, called, calledPeer string) {
	c.Direction = way
	switch way {
	case usage.Inbound:
		c.Trunk, c.Agent = own, calledPeer
	case usage.Outbound:
		c.Trunk, c.Agent = called, ownPeer
	default:
		c.Trunk, c.Agent = "", ownPeer
	}
	a.steer(c)
}

// wayByNumbers is the direction rule of AsteriskCSV as far as the numbers
// decide.
func (a *asterisk) wayByNumbers(c *usage.Call) (way usage.Direction, sure bool) {
	if len(c.To) > a.extension && (c.To[0]-'0' <= 9 || c.To[0] == '+') || c.To == "" {
		return usage.Outbound, true
	}
	if len(c.From) > a.extension || c.From == "" {
		return usage.Inbound, true
	}
	return "", false
}

// way is the direction rule of AsteriskCSV.
func (a *asterisk) way(c *usage.Call, called string) usage.Direction {
	if way, sure := a.wayByNumbers(c); sure {
		return way
	}
	if called != "" && a.peerOf(device(called)) == "" && !strings.HasPrefix(called, "Local/") {
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

// peerOf is the extension a device belongs to, empty if it is a trunk's.
func (a *asterisk) peerOf(device string) string {
	peer := device[strings.IndexByte(device, '/')+1:]
	if len(peer) < 2 || len(peer) > a.extension || !isDigits(peer) {
		return ""
	}
	return peer
}
