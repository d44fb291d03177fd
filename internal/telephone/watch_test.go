package telephone

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"waihu/internal/voice/sip"
	"waihu/internal/voice/trunk"
)

// TestATrunkIsWatched: one that does not answer is down, and up again when it does; one
// that is not to be asked is not.
func TestATrunkIsWatched(t *testing.T) {
	home := netip.MustParseAddr("127.0.0.1")
	taken, err := net.Listen("tcp", "127.0.0.1:0") // of both kinds, so that nobody takes either meanwhile
	if err != nil {
		t.Fatal(err)
	}
	at := taken.Addr().(*net.TCPAddr).AddrPort()
	silent, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
	if err != nil {
		t.Fatal(err)
	}
	trunks := []trunk.Trunk{{Name: "asked", Address: at.String(), Channels: 1, Rate: 1, Watch: true}, {Name: "left", Address: at.String(), Channels: 1, Rate: 1}}
	board := trunk.NewBoard(&trunk.Config{Home: "CN", Zone: "Asia/Shanghai", Trunks: trunks}, time.UTC, 1)
	phone, err := sip.Open(sip.Config{Listen: netip.AddrPortFrom(home, 0)})
	if err != nil {
		t.Fatal(err)
	}
	defer phone.Close()
	if err := watch(phone, board, trunks, sip.Watching{Every: 10 * time.Millisecond, Within: 200 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	is := func(down bool) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); board.States(time.Now())[0].Down != down; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%+v", board.States(time.Now()))
			}
		}
	}
	is(true)
	if err := errors.Join(silent.Close(), taken.Close()); err != nil {
		t.Fatal(err)
	}
	carrier, err := sip.Open(sip.Config{Listen: at})
	if err != nil {
		t.Fatal(err)
	}
	defer carrier.Close()
	is(false)
	if s := board.States(time.Now())[1]; s.Down {
		t.Errorf("%+v", s)
	}
}
