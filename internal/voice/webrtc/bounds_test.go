package webrtc

import (
	"encoding/binary"
	"sync"
	"testing"
	"time"

	"github.com/pion/srtp/v3"
)

// TestABrowserThatSendsManyStreams loses its path: each stream is remembered, so that
// nothing of it is taken twice.
func TestABrowserThatSendsManyStreams(t *testing.T) {
	browser, ours := peer(t, endpoint(t, true)), peer(t, endpoint(t, false))
	exchange(t, browser, ours, false)
	connected(t, browser, ours)
	packet := make([]byte, 12+160)
	packet[0], packet[1] = 0x80, 8
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	over := time.After(20 * time.Second)
	for ssrc := uint32(1); ; ssrc++ {
		binary.BigEndian.PutUint32(packet[8:], ssrc)
		_ = browser.path.write(func(out *srtp.Context) ([]byte, error) { return out.EncryptRTP(nil, packet, nil) }) // until there is no path
		select {
		case <-ours.Lost():
			if ssrc < 10 {
				t.Errorf("after %d streams", ssrc)
			}
			return
		case <-over:
			t.Fatalf("the path goes on after %d streams", ssrc)
		case <-again.C:
		}
	}
}

// TestPeersWhileTheEndpointCloses: one that is made at that moment is closed, or is
// none.
func TestPeersWhileTheEndpointCloses(t *testing.T) {
	for range 10 {
		e := endpoint(t, false)
		var makers sync.WaitGroup
		begun := make(chan struct{}, 4)
		for range cap(begun) {
			makers.Go(func() {
				for n := 0; ; n++ {
					if n == 1 {
						begun <- struct{}{}
					}
					p, err := e.NewPeer()
					if err != nil {
						return
					}
					if _, err := p.Offer(); err != nil && n == 0 {
						t.Error(err)
					}
					p.Close()
				}
			})
		}
		for range cap(begun) {
			<-begun
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		makers.Wait()
		if e.Peers() != 0 {
			t.Errorf("%d peers are left", e.Peers())
		}
	}
}
