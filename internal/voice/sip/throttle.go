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
	failures map[string]*bucket     // of a log-in, by source and by account
}

func newThrottle(rate, burst int, now func() time.Time) *throttle {
	return &throttle{rate: float64(rate), burst: float64(burst), now: now,
		requests: map[netip.Addr]*bucket{}, replies: map[netip.Addr]*bucket{}, failures: map[string]*bucket{}}
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

// Failed log-ins: a handful at once, then one in ten seconds.
const (
	failureBurst = 5
	failureRate  = 0.1
	accountBurst = 20 // one account is tried from many places
)

// mayTry tells whether a source may try to log in to an account: neither has
// failed too often. It is asked before the secret is looked at. A regular of the
// account is not shut out by what others tried.
func (t *throttle) mayTry(from netip.Addr, account string, regular bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	return level(t.failures, "s"+lineOf(from).String(), failureRate, failureBurst, now) >= 1 &&
		(regular || level(t.failures, "a"+account, failureRate, accountBurst, now) >= 1)
}

// failed counts a log-in that was wrong.
func (t *throttle) failed(from netip.Addr, account string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	take(t.failures, "s"+lineOf(from).String(), failureRate, failureBurst, now)
	take(t.failures, "a"+account, failureRate, accountBurst, now)
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
