package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"waihu/internal/voice/audio"
	"waihu/internal/voice/rtp"
)

// telephones are the far ends of many calls: customers send a packet each 20 ms
// with the time in it, agents send back what they hear.
type telephones struct {
	calls []*telephoned
	done  sync.WaitGroup
	begun time.Time
}

// telephoned is one call as its far ends see it.
type telephoned struct {
	customer, agent *net.UDPConn
	out, back       rtp.Packet
	sent            uint64
	echoed, heard   atomic.Uint64
	late            []time.Duration // echoes, of one reader
}

// marked begins a payload that carries the time it was sent.
const marked = 0x57414948

func newTelephones(n int) (*telephones, error) {
	t := &telephones{}
	for i := range n {
		c := &telephoned{out: rtp.Packet{Type: 8, Source: uint32(2 * i)}, back: rtp.Packet{Type: 8, Source: uint32(2*i + 1)}}
		for _, conn := range []**net.UDPConn{&c.customer, &c.agent} {
			var err error
			if *conn, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
				return nil, errors.Join(err, t.close())
			}
			_ = (*conn).SetReadBuffer(1 << 17) // a kernel that gives less still works
		}
		t.calls = append(t.calls, c)
	}
	return t, nil
}

// ports are those of customer and agent of each call.
func (t *telephones) ports() (out [][2]int) {
	for _, c := range t.calls {
		out = append(out, [2]int{c.customer.LocalAddr().(*net.UDPAddr).Port, c.agent.LocalAddr().(*net.UDPAddr).Port})
	}
	return out
}

func (t *telephones) close() error {
	var errs []error
	for _, c := range t.calls {
		for _, conn := range []*net.UDPConn{c.customer, c.agent} {
			if conn != nil {
				errs = append(errs, conn.Close())
			}
		}
	}
	t.done.Wait()
	return errors.Join(errs...)
}

// listen begins to hear, the agents' echoes going to their legs.
func (t *telephones) listen(legs [][2]int) {
	t.begun = time.Now()
	for i, c := range t.calls {
		t.done.Add(2)
		go func() { defer t.done.Done(); c.echo(legs[i][1]) }()
		go func() { defer t.done.Done(); c.hear(t.begun) }()
	}
}

// forget counts anew: a leg that was alone in its bridge was sent silence.
func (t *telephones) forget() {
	for _, c := range t.calls {
		c.heard.Store(0)
		c.echoed.Store(0)
	}
}

// echo is the agent: what it hears goes back.
func (c *telephoned) echo(port int) {
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
	in, out := make([]byte, 2048), make([]byte, 0, 2048)
	for {
		n, _, err := c.agent.ReadFromUDPAddrPort(in)
		var p rtp.Packet
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || p.Parse(in[:n]) != nil || p.Type != 8 {
			continue
		}
		c.heard.Add(1)
		c.back.Payload = p.Payload
		out = c.back.Append(out[:0])
		c.back.Sequence++
		c.back.Timestamp += audio.FrameSamples
		if _, err := c.agent.WriteToUDP(out, to); err != nil {
			return
		}
	}
}

// hear is the customer: how long each echo took.
func (c *telephoned) hear(begun time.Time) {
	in := make([]byte, 2048)
	for {
		n, _, err := c.customer.ReadFromUDPAddrPort(in)
		var p rtp.Packet
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || p.Parse(in[:n]) != nil || p.Type != 8 {
			continue
		}
		c.echoed.Add(1)
		if len(p.Payload) > 12 && binary.BigEndian.Uint32(p.Payload) == marked {
			c.late = append(c.late, time.Since(begun)-time.Duration(binary.BigEndian.Uint64(p.Payload[4:])))
		}
	}
}

// speak lets every customer speak for so long, calls spread over the 20 ms.
func (t *telephones) speak(legs [][2]int, d time.Duration) error {
	payload := bytes.Repeat([]byte{audio.ALaw.Silence()}, audio.FrameSamples)
	binary.BigEndian.PutUint32(payload, marked)
	var out []byte
	const slices = 20 // of a beat, a millisecond each
	begun := time.Now()
	for beat := 0; time.Duration(beat)*rtp.Frame < d; beat++ {
		for slice := range slices {
			time.Sleep(time.Until(begun.Add(time.Duration(beat)*rtp.Frame + time.Duration(slice)*time.Millisecond)))
			for i := slice; i < len(t.calls); i += slices {
				c := t.calls[i]
				binary.BigEndian.PutUint64(payload[4:], uint64(time.Since(t.begun)))
				c.out.Payload = payload
				out = c.out.Append(out[:0])
				c.out.Sequence++
				c.out.Timestamp += audio.FrameSamples
				if _, err := c.customer.WriteToUDP(out, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: legs[i][0]}); err != nil {
					return err
				}
				c.sent++
			}
		}
	}
	return nil
}

// heardOf is what telephones heard.
type heardOf struct {
	sent, there, back uint64
	median, p99, p999 time.Duration
	lasted            time.Duration
}

func (h heardOf) lost() string {
	return fmt.Sprintf("%d there, %d back, of 2 x %d", h.sent-min(h.sent, h.there), h.there-min(h.there, h.back), h.sent)
}

// heard sums up, once all is closed.
func (t *telephones) heard() (h heardOf) {
	var all []time.Duration
	for _, c := range t.calls {
		h.sent += c.sent
		h.there += c.heard.Load()
		h.back += c.echoed.Load()
		all = append(all, c.late...)
	}
	if len(all) > 0 {
		slices.Sort(all)
		at := func(share float64) time.Duration { return all[min(len(all)-1, int(share*float64(len(all))))] }
		h.median, h.p99, h.p999 = at(0.5), at(0.99), at(0.999)
	}
	return h
}
