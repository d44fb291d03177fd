package rtp

import (
	"encoding/binary"

	"waihu/internal/fault"
)

// Packet is one RTP packet. Payload points into the bytes that were read.
type Packet struct {
	Type      uint8
	Marker    bool
	Sequence  uint16
	Timestamp uint32
	Source    uint32 // SSRC
	Payload   []byte
}

const headerLen = 12

// errShort stands for everything that is no RTP packet: the reader drops it, so
// it says little.
var errShort = fault.New(fault.Invalid, "this is no RTP packet of version 2")

// Parse reads a packet; padding, contributing sources and one header extension
// are stepped over.
func (p *Packet) Parse(b []byte) error {
	if len(b) < headerLen || b[0]>>6 != 2 {
		return errShort
	}
	at := headerLen + 4*int(b[0]&15)
	if b[0]&0x10 != 0 {
		if len(b) < at+4 {
			return errShort
		}
		at += 4 + 4*int(binary.BigEndian.Uint16(b[at+2:]))
	}
	end := len(b)
	if b[0]&0x20 != 0 {
		pad := int(b[end-1])
		if pad == 0 {
			return errShort
		}
		end -= pad
	}
	if at > end {
		return errShort
	}
	*p = Packet{Type: b[1] & 0x7F, Marker: b[1]&0x80 != 0, Sequence: binary.BigEndian.Uint16(b[2:]), Timestamp: binary.BigEndian.Uint32(b[4:]),
		Source: binary.BigEndian.Uint32(b[8:]), Payload: b[at:end]}
	return nil
}

// Append appends the packet as it is sent.
func (p *Packet) Append(dst []byte) []byte {
	second := p.Type & 0x7F
	if p.Marker {
		second |= 0x80
	}
	dst = append(dst, 0x80, second)
	dst = binary.BigEndian.AppendUint16(dst, p.Sequence)
	dst = binary.BigEndian.AppendUint32(dst, p.Timestamp)
	dst = binary.BigEndian.AppendUint32(dst, p.Source)
	return append(dst, p.Payload...)
}
