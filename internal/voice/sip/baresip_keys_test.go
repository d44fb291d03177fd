package sip

import (
	"net"
	"testing"
	"time"
)

// TestBaresipPressesKeys: a real phone's keys come as events (RFC 4733) of the type
// that was agreed, in the order they were pressed.
func TestBaresipPressesKeys(t *testing.T) {
	ear := listenUDP(t)
	calls := make(chan *Call, 1)
	server := endpoint(t, Config{Register: true, Secret: logIns, Serve: func(c *Call) {
		if err := c.Answer(newSound(uint16(ear.LocalAddr().(*net.UDPAddr).Port))); err != nil {
			t.Error(err)
			return
		}
		calls <- c
		<-c.Done()
	}})
	phone := baresip(t, server.Addr().String(), "alice", "wonder", overUDP, nil)
	phone.until(func() bool { return len(server.Phones("alice")) == 1 })
	phone.does("dial", "sip:100@"+server.Addr().String())
	call := <-calls
	confirmed(t, call)
	for _, key := range []byte{5, 9} {
		phone.does("sndcode", string('0'+key))
		if got := pressed(t, ear); got != key {
			t.Errorf("key %d was heard, want %d", got, key)
		}
	}
	call.Hangup()
	await(t, "end", call.gone)
	phone.leaves()
}

// pressed is the next key whose end is heard; the last packets of the one before are
// passed over, as they have its time.
func pressed(t *testing.T, ear net.PacketConn) byte {
	t.Helper()
	if err := ear.SetReadDeadline(time.Now().Add(bound)); err != nil {
		t.Fatal(err)
	}
	packet := make([]byte, 1500)
	const header, event, start, ends = 12, 101, 0x80, 0x80 // lengths and marks of RFC 3550 and 4733
	for began := false; ; {
		n, _, err := ear.ReadFrom(packet)
		if err != nil {
			t.Fatal("no key was heard: ", err)
		}
		if n < header+4 || packet[1]&0x7f != event {
			continue
		}
		began = began || packet[1]&start != 0
		if began && packet[header+1]&ends != 0 {
			return packet[header]
		}
	}
}
