package webrtc

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"waihu/internal/voice/audio"
	"waihu/internal/voice/soak"
)

// TestSoakBrowsers lets browsers come and go: they talk and say goodbye, are closed by
// us, vanish without a word, show another certificate, never come at all, or are
// closed while they are being looked for. What a path took must come back.
// WAIHU_SOAK makes it longer.
func TestSoakBrowsers(t *testing.T) {
	at := netip.MustParseAddrPort("127.0.0.1:0")
	ours, brief := must(Open(Config{Listen: at})), must(Open(Config{Listen: at, Patience: 200 * time.Millisecond}))
	defer func() {
		for _, e := range []*Endpoint{ours, brief} {
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		}
	}()
	kinds := []func(browser, peer *Peer) error{neverComes, talked, hungUp, elsewhere, closedEarly, hungUp}
	soak.Run(t, 48*soak.Times(t), func(n int) {
		slots := make(chan struct{}, 4)
		var all sync.WaitGroup
		for i := range n {
			slots <- struct{}{}
			all.Go(func() {
				defer func() { <-slots }()
				theirs, e := must(Open(Config{Listen: at, asks: true})), ours // a port of its own, as browsers have
				if i%len(kinds) == 0 {
					e = brief // for the one that never comes
				}
				err := kinds[i%len(kinds)](must(theirs.NewPeer()), must(e.NewPeer()))
				if err := errors.Join(err, theirs.Close()); err != nil || theirs.Peers() != 0 {
					t.Error(err, theirs.Peers())
				}
			})
		}
		all.Wait()
	}, func() string {
		if n := ours.Peers() + brief.Peers(); n != 0 {
			return fmt.Sprintf("%d peers", n)
		}
		return ""
	})
}

// joined makes a path.
func joined(browser, peer *Peer) error {
	answer, us, err := peer.Answer(must(browser.Offer()))
	if err != nil {
		return err
	}
	them, err := browser.Accept(answer)
	if err != nil {
		return err
	}
	browser.Session().Agree(them, false)
	peer.Session().Agree(us, false)
	for _, p := range []*Peer{browser, peer} {
		select {
		case <-p.Connected():
		case <-p.Lost():
			return p.Err()
		}
	}
	return nil
}

// talked is a call in which both are heard, and that the browser ends.
func talked(browser, peer *Peer) error {
	defer peer.Close()
	defer browser.Close()
	if err := joined(browser, peer); err != nil {
		return err
	}
	beat(browser.Session(), peer.Session(), 5, 440, 1000)
	browser.Close()
	<-peer.Lost()
	return nil
}

// hungUp is one that we end.
func hungUp(browser, peer *Peer) error {
	defer browser.Close()
	defer peer.Close()
	if err := joined(browser, peer); err != nil {
		return err
	}
	peer.Session().Send(make([]byte, audio.FrameSamples))
	peer.Close()
	<-browser.Lost()
	return nil
}

// elsewhere is one whose certificate is not that of its description.
func elsewhere(browser, peer *Peer) error {
	defer browser.Close()
	defer peer.Close()
	offer := string(must(browser.Offer()))
	head, digest, _ := strings.Cut(offer, "sha-256 ")
	if digest[:2] == "00" {
		digest = "01" + digest[2:]
	} else {
		digest = "00" + digest[2:]
	}
	answer, _, err := peer.Answer([]byte(head + "sha-256 " + digest))
	if err != nil {
		return err
	}
	if _, err := browser.Accept(answer); err != nil {
		return err
	}
	<-peer.Lost()
	return nil
}

// neverComes is one that offers, and of which nothing is ever heard.
func neverComes(browser, peer *Peer) error {
	defer browser.Close()
	defer peer.Close()
	if _, _, err := peer.Answer(must(browser.Offer())); err != nil {
		return err
	}
	<-peer.Lost()
	return nil
}

// closedEarly is one that is closed while it is looked for.
func closedEarly(browser, peer *Peer) error {
	defer browser.Close()
	answer, _, err := peer.Answer(must(browser.Offer()))
	if err != nil {
		return err
	}
	if _, err := browser.Accept(answer); err != nil {
		return err
	}
	peer.Close()
	return nil
}
