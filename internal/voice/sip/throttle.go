package sip

import (
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// maxBuckets is how many sources and accounts are remembered; an IPv6 line
// counts as one source (/64).
const maxBuckets = 65536

// bucket lets burst through at once and rate a second after that.
type bucket struct {
	left float64
	at   time.Time
}

// throttle bounds what one source may ask for. Safe for several goroutines.
type throttle struct {
	rate  float64 // requests a second of one source
	burst float64
	now   func() time.Time

	mu       sync.Mutex
	requests map[netip.Addr]*bucket
	replies  map[netip.Addr]*bucket // refusals that are sent; beyond them silence
	failures map[string]*bucket     // of a log-in, by source, by account and by both
	good     map[string]time.Time   // log-ins that were right last, by both
}

func newThrottle(rate, burst int, now func() time.Time) *throttle {
	return &throttle{rate: float64(rate), burst: float64(burst), now: now,
		requests: map[netip.Addr]*bucket{}, replies: map[netip.Addr]*bucket{}, failures: map[string]*bucket{}, good: map[string]time.Time{}}
}

// admit lets a request of a source through, or says why not: 503 with the time
// to wait, for as long as refusals themselves are not too many.
func (t *throttle) admit(from netip.Addr, m *message) *refused {
	if m.method == "BYE" || m.method == "CANCEL" {
		return nil // what ends a call is never too much
	}
	line := lineOf(from)
	t.mu.Lock()
	defer t.mu.Unlock()
	if take(t.requests, line, t.rate, t.burst, t.now()) {
		return nil
	}
	if take(t.replies, line, t.rate/10+1, t.burst/10+1, t.now()) {
		return &refused{code: 503, why: "Too Many Requests", extra: "Retry-After: 1\r\n"}
	}
	return &refused{why: "too many requests"}
}

// speak tells whether what a source broke may be answered: a flood of it is answered
// no more than one of good requests, or it would come back from us, to whomever it
// named as its source.
func (t *throttle) speak(to netip.Addr) bool {
	line := lineOf(to)
	t.mu.Lock()
	defer t.mu.Unlock()
	return take(t.requests, line, t.rate, t.burst, t.now()) || take(t.replies, line, t.rate/10+1, t.burst/10+1, t.now())
}

// Failed log-ins: a handful at once, then one in ten seconds. One account from one source
// has less of that than the source: a telephone that is set up wrong, and asks again and
// again, leaves room for others behind the same address.
const (
	failureBurst = 5
	failureRate  = 0.1
	accountBurst = 20 // one account is tried from many places
	pairBurst    = 4
	pairRate     = 0.02
	goodFor      = 24 * time.Hour // a log-in that was right is remembered where it came from
)

// leave is what a source may do with an account.
type leave int

const (
	shut     leave = iota // nothing is looked at
	familiar              // it was let in from there before: only the right secret is answered otherwise than shut
	free
)

// mayTry tells whether a source may try to log in to an account: neither has failed too
// often. It is asked before the secret is looked at. Who was let in from there before, or
// is a regular of the account, is shut out by nobody else's failures, at the source or at
// the account.
func (t *throttle) mayTry(from netip.Addr, account string, regular bool) leave {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, source := t.now(), lineOf(from).String()
	switch {
	case level(t.failures, "p"+source+" "+account, pairRate, pairBurst, now) < 1:
		return shut
	case level(t.failures, "s"+source, failureRate, failureBurst, now) >= 1 && level(t.failures, "a"+account, failureRate, accountBurst, now) >= 1:
		return free
	case regular || now.Sub(t.good[source+" "+account]) < goodFor:
		return familiar
	}
	return shut
}

// failed counts a log-in that was wrong.
func (t *throttle) failed(from netip.Addr, account string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, source := t.now(), lineOf(from).String()
	take(t.failures, "p"+source+" "+account, pairRate, pairBurst, now)
	take(t.failures, "s"+source, failureRate, failureBurst, now)
	take(t.failures, "a"+account, failureRate, accountBurst, now)
}

// passed remembers a log-in that was right. Where too many are remembered, those that are
// over are forgotten, or else all.
func (t *throttle) passed(from netip.Addr, account string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if len(t.good) >= maxBuckets {
		for k, at := range t.good {
			if now.Sub(at) >= goodFor {
				delete(t.good, k)
			}
		}
		if len(t.good) >= maxBuckets {
			clear(t.good)
		}
	}
	t.good[lineOf(from).String()+" "+account] = now
}

// wait is how long a source that failed too often waits, as Retry-After says it.
func wait() string { return strconv.Itoa(int(1 / failureRate)) }

// take takes one out of a bucket, if there is one.
func take[K comparable](all map[K]*bucket, key K, rate, burst float64, now time.Time) bool {
	if level(all, key, rate, burst, now) < 1 {
		return false
	}
	all[key].left--
	return true
}

// level fills a bucket up to now and tells what is in it.
func level[K comparable](all map[K]*bucket, key K, rate, burst float64, now time.Time) float64 {
	b := all[key]
	if b == nil {
		if len(all) >= maxBuckets {
			forget(all, rate, burst, now)
		}
		b = &bucket{burst, now}
		all[key] = b
	}
	b.left = min(burst, b.left+rate*now.Sub(b.at).Seconds())
	b.at = now
	return b.left
}

// forget drops buckets that are full again, which a new one would be too. Where
// all are in use everybody begins anew: memory has a bound, and so has what an
// attacker with that many addresses gains.
func forget[K comparable](all map[K]*bucket, rate, burst float64, now time.Time) {
	for k, b := range all {
		if b.left+rate*now.Sub(b.at).Seconds() >= burst {
			delete(all, k)
		}
	}
	if len(all) >= maxBuckets {
		clear(all)
	}
}

// lineOf is the address itself, or the line of an IPv6 address.
func lineOf(a netip.Addr) netip.Addr {
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}
