package sdp

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// suite is the one way we encrypt (RFC 4568, 6.2): AES in counter mode with a tag
// of 80 bits. Every peer that speaks SRTP must have it.
const suite = "AES_CM_128_HMAC_SHA1_80"

// leastLifetime is how many packets a key must be good for: a key that would have
// to be changed within a call is left out, for we do not change it.
const leastLifetime = 1 << 20 // 5.8 hours

// maxCrypto is how many keys of a media line are looked at.
const maxCrypto = 16

// Key is a master key of 16 bytes and its salt of 14. It is never printed.
type Key [30]byte

func (Key) String() string   { return "(key)" }
func (Key) GoString() string { return "(key)" }

// Crypto is a key a peer sends with, and the number it goes by.
type Crypto struct {
	Tag int
	Key Key
}

// crypto reads "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|LIFETIME". What is of another
// suite, names its keys (MKI), wants what we do not do, or cannot be read is left
// out: a line with none left is not usable.
func (m *Media) crypto(rest string) {
	words := strings.Fields(rest)
	if len(words) < 3 || words[1] != suite || len(m.Crypto) == maxCrypto {
		return
	}
	tag, err := strconv.ParseUint(words[0], 10, 30)
	inline, found := strings.CutPrefix(words[2], "inline:")
	if err != nil || !found || strings.Contains(words[2], ";") { // several keys need names
		return
	}
	for _, want := range words[3:] { // what must be done to be understood; WSH and what begins with - need not
		if !strings.HasPrefix(want, "-") && !strings.HasPrefix(want, "WSH=") {
			return
		}
	}
	text, more, limited := strings.Cut(inline, "|")
	if limited && !lasts(more) {
		return
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) != len(Key{}) {
		return
	}
	m.Crypto = append(m.Crypto, Crypto{Tag: int(tag), Key: Key(b)})
}

// lasts tells whether a lifetime, "2^20" or a number of packets, is long enough;
// a name of the key (MKI) behind or in place of it is none.
func lasts(text string) bool {
	if power, found := strings.CutPrefix(text, "2^"); found {
		n, err := strconv.ParseUint(power, 10, 6)
		return err == nil && 1<<n >= uint64(leastLifetime)
	}
	n, err := strconv.ParseUint(text, 10, 63)
	return err == nil && n >= leastLifetime
}

// line is how a key is told to the peer.
func (c Crypto) line() string {
	return fmt.Sprintf("a=crypto:%d %s inline:%s\r\n", c.Tag, suite, base64.StdEncoding.EncodeToString(c.Key[:]))
}
