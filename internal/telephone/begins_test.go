package telephone

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"waihu/internal/fault"
	"waihu/internal/phone"
)

// TestATransferWaitsFiveSeconds: a call that is neither begun nor refused by then is stopped,
// and whoever hands over is told; one that is either is stopped by nobody.
func TestATransferWaitsFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		no := errors.New("no trunk may call it")
		for name, x := range map[string]struct {
			begun, refused time.Duration // 0: never
			waits          time.Duration
			good           func(error) bool
			stopped        bool
		}{
			"begun":   {begun: 4 * time.Second, waits: 4 * time.Second, good: func(err error) bool { return err == nil }},
			"refused": {refused: time.Second, waits: time.Second, good: func(err error) bool { return errors.Is(err, no) }},
			"neither": {begun: 6 * time.Second, waits: 5 * time.Second, good: func(err error) bool { return fault.KindOf(err) == fault.Conflict && err != nil }, stopped: true},
		} {
			begun, done, stopped, from := &beginning{is: make(chan struct{})}, make(chan error, 1), false, time.Now()
			if x.begun > 0 {
				time.AfterFunc(x.begun, begun.begin)
			}
			if x.refused > 0 {
				time.AfterFunc(x.refused, func() { done <- no })
			}
			err := begins(phone.Of(8613800138000, 13), begun, done, func() { stopped = true })
			if waited := time.Since(from); !x.good(err) || waited != x.waits || stopped != x.stopped {
				t.Errorf("%s: %v after %s, stopped %v", name, err, waited, stopped)
			}
		}
	})
}
