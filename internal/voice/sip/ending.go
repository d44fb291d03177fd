package sip

import (
	"strconv"
	"strings"
	"time"
)

// Side is who ended a call.
type Side string

const (
	Us      Side = "us"
	Them    Side = "them"
	Network Side = "network" // nobody answered, a transport failed
)

// Why is how it ended.
type Why string

const (
	Refused      Why = "refused"       // a final answer that is not 2xx
	Bye          Why = "bye"           // hung up
	Canceled     Why = "canceled"      // given up before it was answered
	NotAnswered  Why = "not answered"  // the ring timer ran out
	NoResponse   Why = "no response"   // nothing came back at all
	Unreachable  Why = "unreachable"   // could not be sent
	NotAgreed    Why = "not agreed"    // no common sound
	NotConfirmed Why = "not confirmed" // our 200 was never acknowledged
	Expired      Why = "expired"       // the session was not refreshed
	Lost         Why = "lost"          // nothing came from the other side, and it did not answer that it is there
	Broken       Why = "broken"        // a fault of ours, caught
)

// Ending is how a call ended.
type Ending struct {
	By     Side
	Why    Why
	Code   int    // SIP status, 0 where none was sent
	Reason string // its phrase, or that of a Reason field
	Cause  int    // Q.850
	Retry  time.Duration
	Moved  string // where a 3xx points; it is not followed
	Unsent Unsent // what kept it from being sent, where it is Unreachable
	Err    error  // the same in the words of the library and the system: for a log
}

// Times is when what happened; zero: it never did.
type Times struct {
	Placed   time.Time // INVITE sent or received
	Trying   time.Time // first response
	Ringing  time.Time // 180
	Early    time.Time // sound before the answer
	Answered time.Time
	Ended    time.Time
}

// CauseOf is the Q.850 cause of a final SIP status (RFC 3398, 8.2.6.1).
func CauseOf(code int) int {
	switch code {
	case 404, 604:
		return 1
	case 410:
		return 22
	case 484:
		return 28
	case 486, 600:
		return 17
	case 408, 480:
		return 18
	case 401, 402, 403, 407, 603, 607, 608:
		return 21
	case 503:
		return 34
	case 500:
		return 41
	case 502:
		return 38
	case 504:
		return 102
	case 488, 606:
		return 88
	case 487:
		return 16
	}
	switch {
	case code >= 200 && code < 300:
		return 16
	case code >= 500:
		return 41
	}
	return 127
}

// reasonOf reads Reason fields such as Q.850;cause=17;text="busy" (RFC 3326): the cause
// of the network, and what people are told.
func reasonOf(values []string) (cause int, text string) {
	for _, v := range values {
		protocol, rest, _ := strings.Cut(v, ";")
		list, ok := parseParams(";" + rest)
		network := strings.EqualFold(strings.TrimSpace(protocol), "Q.850")
		if !ok || !network && !strings.EqualFold(strings.TrimSpace(protocol), "SIP") {
			continue
		}
		for _, p := range list {
			switch strings.ToLower(p.name) {
			case "cause":
				if n, err := strconv.ParseUint(p.value, 10, 7); err == nil && network {
					cause = int(n)
				}
			case "text":
				text = strings.Trim(p.value, `"`)
			}
		}
	}
	return cause, text
}
