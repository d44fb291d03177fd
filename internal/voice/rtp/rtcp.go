package rtp

import (
	"encoding/binary"
	"time"

	"waihu/internal/fault"
)

// Packet types of RTCP that are read.
const (
	typeSender   = 200
	typeReceiver = 201
	typeNames    = 202
	typeBye      = 203
)

// maxReports is how many parts of a compound packet are looked at; a datagram
// of 1,500 bytes holds fewer.
const maxReports = 64

// Block is what one side tells of a stream it receives.
type Block struct {
	Source   uint32 // SSRC of the stream told of
	Lost     float64
	Total    int32 // packets lost since the beginning
	Highest  uint32
	Jitter   uint32 // in samples
	LastSR   uint32 // middle bits of the NTP time of the last sender report
	SinceSR  uint32 // delay since then in 1/65536 s
	reported bool
}

// Report is what a compound RTCP packet says that matters here.
type Report struct {
	Source uint32
	Sender bool   // a sender report, with its time
	NTP    uint64 // 32 bits of seconds since 1900, 32 of their fraction
	About  Block
	Bye    bool
}

// ParseRTCP reads a compound packet; ssrc is our own stream, whose block is kept.
func ParseRTCP(b []byte, ssrc uint32) (Report, error) {
	var r Report
	for range maxReports {
		if len(b) == 0 {
			return r, nil
		}
		if len(b) < 8 || b[0]>>6 != 2 {
			return Report{}, fault.New(fault.Invalid, "this is no RTCP packet of version 2")
		}
		size := 4 + 4*int(binary.BigEndian.Uint16(b[2:]))
		if size > len(b) {
			return Report{}, fault.New(fault.Invalid, "an RTCP part of %d bytes in a rest of %d", size, len(b))
		}
		r.part(b[1], int(b[0]&31), b[4:size], ssrc)
		b = b[size:]
	}
	return Report{}, fault.New(fault.Invalid, "an RTCP packet of more than %d parts", maxReports)
}

// part reads what follows the first four bytes of a part.
func (r *Report) part(kind byte, count int, b []byte, ssrc uint32) {
	blocks := 4
	switch kind {
	case typeSender:
		if len(b) < 24 {
			return
		}
		r.Source, r.Sender, r.NTP = binary.BigEndian.Uint32(b), true, binary.BigEndian.Uint64(b[4:])
		blocks = 24
	case typeReceiver:
		if len(b) < 4 {
			return
		}
		r.Source = binary.BigEndian.Uint32(b)
	case typeBye:
		r.Bye = true
		return
	default:
		return
	}
	for at := blocks; count > 0 && at+24 <= len(b); at, count = at+24, count-1 {
		if binary.BigEndian.Uint32(b[at:]) == ssrc {
			r.About = block(b[at:])
		}
	}
}

func block(b []byte) Block {
	total := int32(binary.BigEndian.Uint32(b[4:])<<8) >> 8 // 24 bits with a sign
	return Block{Source: binary.BigEndian.Uint32(b), Lost: float64(b[4]) / 256, Total: total, Highest: binary.BigEndian.Uint32(b[8:]),
		Jitter: binary.BigEndian.Uint32(b[12:]), LastSR: binary.BigEndian.Uint32(b[16:]), SinceSR: binary.BigEndian.Uint32(b[20:]), reported: true}
}

// sent is what a sender report tells of our own stream.
type sent struct {
	ssrc      uint32
	now       time.Time
	timestamp uint32
	packets   uint32
	octets    uint32
}

// appendReport appends a compound packet: a sender report with the block about
// the peer's stream if there is one, and the name both sides must give (RFC
// 3550, 6.1), which here is the stream's number and tells nothing of anybody.
func appendReport(dst []byte, s sent, about *Block, bye bool) []byte {
	count, words := byte(0), 6
	if about != nil {
		count, words = 1, 12
	}
	dst = append(dst, 0x80|count, typeSender, 0, byte(words))
	dst = binary.BigEndian.AppendUint32(dst, s.ssrc)
	dst = binary.BigEndian.AppendUint64(dst, ntp(s.now))
	dst = binary.BigEndian.AppendUint32(dst, s.timestamp)
	dst = binary.BigEndian.AppendUint32(dst, s.packets)
	dst = binary.BigEndian.AppendUint32(dst, s.octets)
	if about != nil {
		dst = binary.BigEndian.AppendUint32(dst, about.Source)
		dst = binary.BigEndian.AppendUint32(dst, uint32(min(255, about.Lost*256))<<24|uint32(about.Total)&0xFFFFFF)
		for _, v := range [...]uint32{about.Highest, about.Jitter, about.LastSR, about.SinceSR} {
			dst = binary.BigEndian.AppendUint32(dst, v)
		}
	}
	const hex = "0123456789abcdef"
	dst = append(dst, 0x81, typeNames, 0, 4)
	dst = binary.BigEndian.AppendUint32(dst, s.ssrc)
	dst = append(dst, 1, 8)
	for shift := 28; shift >= 0; shift -= 4 {
		dst = append(dst, hex[s.ssrc>>shift&15])
	}
	dst = append(dst, 0, 0)
	if bye {
		dst = append(dst, 0x81, typeBye, 0, 1)
		dst = binary.BigEndian.AppendUint32(dst, s.ssrc)
	}
	return dst
}

// ntp is a time as RTCP writes it: seconds since 1900 and their fraction.
func ntp(t time.Time) uint64 {
	const from1900 = 2208988800
	return uint64(t.Unix()+from1900)<<32 | uint64(t.Nanosecond())<<32/1e9
}

// roundTrip is the time a packet takes there and back, from the block a peer
// sent about us that arrives now; 0 where the block knows no report of ours.
func roundTrip(b Block, now time.Time) time.Duration {
	if b.LastSR == 0 {
		return 0
	}
	ticks := int32(uint32(ntp(now)>>16) - b.LastSR - b.SinceSR)
	if ticks < 0 {
		return 0 // clocks of 1/65536 s may differ by one
	}
	return time.Duration(ticks) * time.Second >> 16
}
