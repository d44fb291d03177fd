package exchange

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"waihu/internal/fault"
)

// Passes are log-ins for browsers that live minutes: nothing is stored, and one
// that leaks is soon worth nothing. The name of a pass has its end and whose it is,
// its secret is sealed with a key of this process.
type Passes struct {
	key [32]byte
	now func() time.Time
}

// PassLife is how long a pass lets somebody log in; a call that began goes on.
const PassLife = 10 * time.Minute

// NewPasses draws a key.
func NewPasses() (*Passes, error) {
	p := &Passes{now: time.Now}
	_, err := rand.Read(p.key[:])
	return p, err
}

// Pass is a log-in.
type Pass struct {
	User   string
	Secret string
	Until  time.Time
}

// Give makes a pass for an agent: 1 to 80 letters, digits, _ and -.
func (p *Passes) Give(agent string) (Pass, error) {
	if agent == "" || len(agent) > 80 || strings.ContainsFunc(agent, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-')
	}) {
		return Pass{}, fault.New(fault.Invalid, "%q cannot have a pass; expected 1 to 80 letters, digits, _ and -", fault.Shorten(agent, 40))
	}
	until := p.now().Add(PassLife).Truncate(time.Second)
	user := strconv.FormatInt(until.Unix(), 10) + "." + agent
	return Pass{user, p.seal(user), until}, nil
}

func (p *Passes) seal(user string) string {
	m := hmac.New(sha256.New, p.key[:])
	m.Write([]byte(user))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// Secret is the secret of a pass that is still good, as sip.Config asks.
func (p *Passes) Secret(user string) (string, bool) {
	_, good := p.Agent(user)
	return p.seal(user), good
}

// Agent is whose a pass is, and whether it is still good.
func (p *Passes) Agent(user string) (agent string, good bool) {
	end, agent, _ := strings.Cut(user, ".")
	until, err := strconv.ParseInt(end, 10, 64)
	now := p.now()
	return agent, err == nil && agent != "" && now.Before(time.Unix(until, 0)) && !now.Add(PassLife).Before(time.Unix(until, 0))
}
