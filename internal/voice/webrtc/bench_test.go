package webrtc

import (
	"net/netip"
	"sync"
	"syscall"
	"testing"
	"time"

	"waihu/internal/voice/audio"
	"waihu/internal/voice/rtp"
)

// BenchmarkBrowsers lets 300 browsers talk for a minute, both halves in this process:
// what is lost or late, and what of the processor a leg takes, the browsers' halves
// counted in.
//
//	go test ./internal/voice/webrtc -run xxx -bench Browsers -benchtime 1x
func BenchmarkBrowsers(b *testing.B) {
	const legs, length = 300, time.Minute
	for range b.N {
		ours := must(Open(Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")}))
		began := time.Now()
		var sessions []*rtp.Session
		var browsers []*Endpoint // each has a port of its own, as browsers do
		for range legs {
			theirs := must(Open(Config{Listen: netip.MustParseAddrPort("127.0.0.1:0"), asks: true}))
			browsers = append(browsers, theirs)
			browser, peer := must(theirs.NewPeer()), must(ours.NewPeer())
			answer, us, err := peer.Answer(must(browser.Offer()))
			if err != nil {
				b.Fatal(err)
			}
			them := must(browser.Accept(answer))
			for _, p := range []*Peer{browser, peer} {
				select {
				case <-p.Connected():
				case <-p.Lost():
					b.Fatal(p.Err())
				}
			}
			browser.Session().Agree(them, false)
			peer.Session().Agree(us, false)
			sessions = append(sessions, browser.Session(), peer.Session())
		}
		b.ReportMetric(float64(time.Since(began).Milliseconds())/legs, "ms/path")
		busy := processor()
		talk(sessions, length)
		used := processor() - busy
		time.Sleep(time.Second / 2) // what is under way arrives
		var lost, late, expected uint32
		for _, s := range sessions {
			f := s.Figures()
			lost, late, expected = lost+f.Heard.Lost, late+f.Heard.Late, expected+f.Heard.Expected
		}
		b.ReportMetric(float64(lost), "lost")
		b.ReportMetric(float64(late), "late")
		b.ReportMetric(float64(expected), "packets")
		b.ReportMetric(used.Seconds()*1000/(float64(len(sessions))*length.Seconds()), "ms/leg-second")
		for _, theirs := range browsers {
			if err := theirs.Close(); err != nil {
				b.Error(err)
			}
		}
		if err := ours.Close(); err != nil {
			b.Error(err)
		}
	}
}

// talk lets every session beat for a time.
func talk(sessions []*rtp.Session, length time.Duration) {
	var all sync.WaitGroup
	stop := make(chan struct{})
	for _, s := range sessions {
		all.Go(func() {
			out, in := make([]byte, audio.FrameSamples), make([]byte, audio.FrameSamples)
			rtp.Beat(stop, nil, func() {
				s.Send(out)
				s.Take(in)
			})
		})
	}
	time.Sleep(length)
	close(stop)
	all.Wait()
}

// processor is what this process has used of it.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
