package voice_test

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"waihu/internal/voice"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sip"
)

// TestACallWhoseOtherSideFallsSilentIsAskedAfter: a peer that answers, sends no sound
// and then knows nothing of the call, as one whose machine went down; the call ends.
func TestACallWhoseOtherSideFallsSilentIsAskedAfter(t *testing.T) {
	home := netip.MustParseAddr("127.0.0.1")
	peer, err := net.ListenUDP("udp", &net.UDPAddr{IP: home.AsSlice()})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); forgetful(peer) }()
	defer func() { peer.Close(); <-done }()
	phone, err := sip.Open(sip.Config{Listen: netip.AddrPortFrom(home, 0)})
	if err != nil {
		t.Fatal(err)
	}
	defer phone.Close()
	ports, err := rtp.NewPorts(home, 15990, 15999)
	if err != nil {
		t.Fatal(err)
	}
	r, err := voice.Place(t.Context(), phone, ports, voice.Order{To: "sip:100@" + peer.LocalAddr().String(), From: "1", Talk: time.Hour, Quiet: 50 * time.Millisecond})
	if err != nil || !r.Answered() || r.Ending.Why != sip.Lost || r.Ending.By != sip.Network {
		t.Fatalf("%+v, %v", r, err)
	}
}

// forgetful answers a call and then knows nothing of it.
func forgetful(peer *net.UDPConn) {
	const text = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n"
	b := make([]byte, 4096)
	for {
		n, from, err := peer.ReadFromUDP(b)
		if err != nil {
			return
		}
		method, rest, _ := strings.Cut(string(b[:n]), " ")
		answer := "SIP/2.0 481 Call/Transaction Does Not Exist\r\n"
		if method == "INVITE" {
			answer = "SIP/2.0 200 OK\r\n"
		}
		for line := range strings.SplitSeq(rest, "\r\n") {
			switch name, _, _ := strings.Cut(line, ":"); name {
			case "To":
				line, _, _ = strings.Cut(line, ";tag=")
				answer += line + ";tag=peer\r\n"
			case "Via", "From", "Call-ID", "CSeq":
				answer += line + "\r\n"
			}
		}
		switch method {
		case "ACK":
			continue
		case "INVITE":
			answer += fmt.Sprintf("Contact: <sip:x@%s>\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s", peer.LocalAddr(), len(text), text)
		default:
			answer += "Content-Length: 0\r\n\r\n"
		}
		if _, err := peer.WriteToUDP([]byte(answer), from); err != nil {
			return
		}
	}
}
