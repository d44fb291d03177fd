package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"

	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/bridge"
	"waihu/internal/voice/rtp"
)

// bridgeOrder is what the process that bridges is told to do, in a line.
type bridgeOrder struct {
	Phones  [][2]int // ports of customer and agent of each call
	Full    bool     // recorded and analysed; false: relayed only
	Folder  string   // for recordings
	Address string
}

// bridgeAnswer is what it answers: where the legs are, and at the end what came.
type bridgeAnswer struct {
	Legs     [][2]int `json:",omitempty"`
	Received uint64   `json:",omitempty"`
	Lost     uint64   `json:",omitempty"`
	Recorded int      `json:",omitempty"` // with their digest
	Heard    uint64   `json:",omitempty"` // frames that were analysed
	MOS      float64  `json:",omitempty"` // of the worst leg
}

// bridging is the process that bridges: an order, ports, and at the end of its
// input figures.
func bridging(in io.Reader, out io.Writer) error {
	lines := bufio.NewReaderSize(in, 1<<20)
	text, err := lines.ReadBytes('\n')
	if err != nil {
		return err
	}
	var o bridgeOrder
	if err := json.Unmarshal(text, &o); err != nil {
		return err
	}
	addr, err := netip.ParseAddr(o.Address)
	if err != nil {
		return err
	}
	ports, err := rtp.NewPorts(addr, 20000, 29999)
	if err != nil {
		return err
	}
	var a bridgeAnswer
	var calls []*bridgedCall
	for n, phones := range o.Phones {
		c, err := newBridgedCall(ports, &o, n, phones)
		if err != nil {
			return err
		}
		calls = append(calls, c)
		a.Legs = append(a.Legs, c.at)
	}
	if err := json.NewEncoder(out).Encode(a); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, lines); err != nil {
		return err
	}
	sums := bridgeAnswer{MOS: 5}
	for _, c := range calls {
		if err := c.end(&sums); err != nil {
			return err
		}
	}
	return json.NewEncoder(out).Encode(sums)
}

// bridgedCall is a customer and an agent who hear each other.
type bridgedCall struct {
	bridge *bridge.Bridge
	legs   [2]*voice.Leg
	at     [2]int
	file   *os.File
	heard  atomic.Uint64
	tones  atomic.Uint64
}

// filters are the tones that are looked for in each frame of the customer: the
// ring-back, busy and special information tones, and a beep.
var filters = []float64{350, 440, 450, 480, 620, 950, 1000, 1400, 1800}

func newBridgedCall(ports *rtp.Ports, o *bridgeOrder, n int, phones [2]int) (*bridgedCall, error) {
	c := &bridgedCall{bridge: bridge.New()}
	for i, role := range []bridge.Role{bridge.Customer, bridge.Agent} {
		leg, err := voice.NewLeg(ports, audio.ALaw)
		if err != nil {
			return nil, err
		}
		c.legs[i] = leg
		if o.Full && role == bridge.Customer {
			leg.Hear(c.analyse)
		}
		if err := c.bridge.Join(leg, role); err != nil {
			return nil, err
		}
		answer, err := leg.Answer(describe(o.Address, phones[i]), false)
		if err != nil {
			return nil, err
		}
		if c.at[i], err = portOf(answer); err != nil {
			return nil, err
		}
	}
	if !o.Full {
		return c, nil
	}
	var err error
	if c.file, err = os.Create(filepath.Join(o.Folder, fmt.Sprintf("%d.wav", n))); err != nil {
		return nil, err
	}
	_, err = c.bridge.Record(c.file)
	return c, err
}

// analyse is what is done with each frame that is heard.
func (c *bridgedCall) analyse(frame []int16, received bool) {
	if !received {
		return
	}
	c.heard.Add(1)
	for _, hz := range filters {
		if audio.Power(frame, hz) > 0.5 {
			c.tones.Add(1)
		}
	}
}

// end adds what a call came to.
func (c *bridgedCall) end(sums *bridgeAnswer) error {
	sum, err := c.bridge.StopRecording()
	if err != nil {
		return err
	}
	if sum.SHA256 != "" {
		sums.Recorded++
	}
	c.bridge.Close()
	sums.Heard += c.heard.Load()
	for _, leg := range c.legs {
		f := leg.Figures()
		sums.Received += uint64(f.Received)
		sums.Lost += uint64(f.Heard.Lost)
		sums.MOS = min(sums.MOS, f.Heard.MOS())
		_, err := leg.Close()
		if err != nil {
			return err
		}
	}
	if c.file != nil {
		return errors.Join(c.file.Close(), os.Remove(c.file.Name()))
	}
	return nil
}

// describe is the session description of a telephone.
func describe(address string, port int) []byte {
	return fmt.Appendf(nil, "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n", address, address, port)
}
