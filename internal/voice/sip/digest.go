package sip

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // what RFC 3261 speaks; SHA-256 is taken where a peer offers it
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// Log-in by digest (RFC 7616 and 8760), on both sides.

// challenge is what a peer asks, or the answer to it.
type challenge map[string]string

// parseChallenge reads Digest realm="x", nonce="y"; false: it is none.
func parseChallenge(s string) (challenge, bool) {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(s), " ")
	if !strings.EqualFold(scheme, "Digest") {
		return nil, false
	}
	list, ok := splitList(rest)
	if !ok || len(list) > 32 {
		return nil, false
	}
	c := challenge{}
	for _, one := range list {
		name, value, equals := strings.Cut(one, "=")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if !equals || !isToken(name) {
			return nil, false
		}
		if strings.HasPrefix(value, `"`) {
			if quotedEnd(value) != len(value) {
				return nil, false
			}
			value = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(value[1 : len(value)-1])
		}
		c[name] = value
	}
	return c, true
}

// algorithm is the hash of a challenge; false: one we do not have.
func (c challenge) algorithm() (func() hash.Hash, bool) {
	switch strings.ToUpper(c["algorithm"]) {
	case "", "MD5":
		return md5.New, true
	case "SHA-256":
		return sha256.New, true
	}
	return nil, false
}

// sum is a digest of parts.
func (c challenge) sum(parts ...string) string {
	make, _ := c.algorithm()
	h := make()
	h.Write([]byte(strings.Join(parts, ":")))
	return hex.EncodeToString(h.Sum(nil))
}

// response is the proof that a secret is known.
func (c challenge) response(user, secret, method, uri, cnonce, count string) string {
	return c.proof(c.sum(user, c["realm"], secret), method, uri, cnonce, count)
}

// proof is response where the secret is known as HA1.
func (c challenge) proof(a1, method, uri, cnonce, count string) string {
	sum, a2 := c.sum, c.sum(method, uri)
	if c["qop"] == "" {
		return sum(a1, c["nonce"], a2)
	}
	return sum(a1, c["nonce"], count, cnonce, "auth", a2)
}

// answer is the Authorization to a challenge; false where we cannot give one.
func (c challenge) answer(user, secret, method, uri string) (string, bool) {
	if _, known := c.algorithm(); !known || c["nonce"] == "" {
		return "", false
	}
	auth := false
	for q := range strings.SplitSeq(c["qop"], ",") {
		auth = auth || strings.EqualFold(strings.TrimSpace(q), "auth")
	}
	if c["qop"] != "" && !auth {
		return "", false
	}
	quote := func(s string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"` }
	cnonce := rand.Text()
	var b strings.Builder
	fmt.Fprintf(&b, "Digest username=%s, realm=%s, nonce=%s, uri=%s, response=%s", quote(user), quote(c["realm"]), quote(c["nonce"]), quote(uri),
		quote(c.response(user, secret, method, uri, cnonce, "00000001")))
	if v := c["algorithm"]; v != "" {
		b.WriteString(", algorithm=" + v)
	}
	if v, has := c["opaque"]; has {
		b.WriteString(", opaque=" + quote(v))
	}
	if auth {
		fmt.Fprintf(&b, `, qop=auth, nc=00000001, cnonce=%s`, quote(cnonce))
	}
	return b.String(), true
}

// Nonces live a minute, each may be used once, and they are bound to the source
// that was asked (trap 10). They are not stored until they are used: a flood of
// challenges takes no memory.
const (
	nonceLife = time.Minute
	maxUsed   = 65536
	maxUser   = 200 // characters
	leastUsed = 256
)

// doorkeeper asks callers who they are.
type doorkeeper struct {
	realm    string
	secret   func(user string) (string, bool)
	kept     func(user string) (string, bool, error)
	throttle *throttle
	regular  func(from netip.Addr, user string) bool // who was let in from there before, and still is
	now      func() time.Time
	key      [32]byte
	nobody   string // the secret of users that do not exist: it takes the same time to find wrong

	mu    sync.Mutex
	used  map[string]time.Time
	sweep int // as many used nonces as make it worth while to look which are too old
}

func newDoorkeeper(realm string, secret func(string) (string, bool), kept func(string) (string, bool, error), t *throttle, regular func(netip.Addr, string) bool, now func() time.Time) (*doorkeeper, error) {
	d := &doorkeeper{realm: realm, secret: secret, kept: kept, throttle: t, regular: regular, now: now, nobody: rand.Text(), used: map[string]time.Time{}}
	_, err := rand.Read(d.key[:])
	return d, err
}

// nonce is a fresh one for a source.
func (d *doorkeeper) nonce(from netip.Addr) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(d.now().UnixMilli()))
	b = append(b, rand.Text()[:12]...)
	return base64.RawURLEncoding.EncodeToString(append(b, d.seal(b, from)...))
}

func (d *doorkeeper) seal(b []byte, from netip.Addr) []byte {
	h := hmac.New(sha256.New, d.key[:])
	h.Write(b)
	h.Write([]byte(from.String()))
	return h.Sum(nil)[:16]
}

// fresh tells whether a nonce is ours, for this source and not too old.
func (d *doorkeeper) fresh(nonce string, from netip.Addr) bool {
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(b) != 8+12+16 || !hmac.Equal(b[20:], d.seal(b[:20], from)) {
		return false
	}
	age := d.now().Sub(time.UnixMilli(int64(binary.BigEndian.Uint64(b))))
	return age >= 0 && age < nonceLife
}

// use marks a nonce as used; false: it was already, or no more can be remembered.
func (d *doorkeeper) use(nonce string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	if len(d.used) >= d.sweep {
		for n, at := range d.used {
			if now.Sub(at) > nonceLife {
				delete(d.used, n)
			}
		}
		d.sweep = min(maxUsed, 2*len(d.used)+leastUsed) // so that each is looked at twice, not at every log-in
	}
	if _, again := d.used[nonce]; again || len(d.used) >= maxUsed {
		return false
	}
	d.used[nonce] = now
	return true
}

// verdict is what the doorkeeper says: let in, or a status with what to ask.
type verdict struct {
	in        bool
	user      string
	code      int
	challenge string // of a 401
	retry     string // of a 503
}

// ask judges the Authorization of a request. Who does not exist and who has the
// wrong secret get the same answer, after the same work.
func (d *doorkeeper) ask(from netip.Addr, method, authorization string) verdict {
	again := func(stale bool) verdict {
		c := fmt.Sprintf(`Digest realm="%s", nonce="%s", algorithm=MD5, qop="auth"`, d.realm, d.nonce(from))
		if stale {
			c += ", stale=true"
		}
		return verdict{code: 401, challenge: c}
	}
	c, ok := parseChallenge(authorization)
	if !ok || c["nonce"] == "" || c["username"] == "" {
		return again(false)
	}
	user := c["username"]
	if len(user) > maxUser {
		return again(false) // nobody is called so, and guesses are counted by the name
	}
	if !d.fresh(c["nonce"], from) {
		return again(true) // also for who may not try: nothing is guessed with it, and a telephone needs a fresh one
	}
	may := d.throttle.mayTry(from, user, d.regular(from, user))
	if may == shut {
		return verdict{code: 503, retry: wait()}
	}
	asked := challenge{"realm": d.realm, "nonce": c["nonce"], "qop": "auth"}
	a1, known, err := d.known(asked, user)
	if err != nil {
		return verdict{code: 503, retry: wait()}
	}
	want := asked.proof(a1, method, c["uri"], c["cnonce"], c["nc"])
	if right := subtle.ConstantTimeCompare([]byte(want), []byte(c["response"])) == 1; !right || !known || c["realm"] != d.realm || c["qop"] != "auth" {
		if d.throttle.failed(from, user); may == familiar {
			return verdict{code: 503, retry: wait()} // as for anybody else: nobody is told who was let in here
		}
		return again(false)
	}
	if !d.use(c["nonce"]) {
		return again(true)
	}
	d.throttle.passed(from, user)
	return verdict{in: true, user: user}
}

// known is what a user's proof is made with (HA1), and whether there is such a user.
func (d *doorkeeper) known(asked challenge, user string) (a1 string, known bool, err error) {
	secret, known := d.secret(user)
	if !known {
		secret = d.nobody
	}
	a1 = asked.sum(user, d.realm, secret)
	if known || d.kept == nil {
		return a1, known, nil
	}
	kept, known, err := d.kept(user)
	if known {
		a1 = kept
	}
	return a1, known, err
}
