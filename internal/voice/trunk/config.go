package trunk

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/voice/script"
)

// Bounds of a file of trunks.
const (
	maxTrunks   = 200
	maxPools    = 100
	maxCallers  = 10_000 // numbers of a pool
	maxChannels = 10_000
	maxRate     = 1_000 // calls a second
	leastLease  = script.Span(time.Minute)
	mostLease   = script.Span(24 * time.Hour)
)

// Transport is what a trunk's messages go by.
type Transport string

const (
	UDP Transport = "udp"
	TCP Transport = "tcp"
	TLS Transport = "tls"
	WS  Transport = "ws"  // WebSocket (RFC 7118)
	WSS Transport = "wss" // over TLS
)

// Choices lists them; empty means udp.
func (Transport) Choices() []string { return []string{"udp", "tcp", "tls", "ws", "wss"} }

// Secure tells whether a trunk's messages are encrypted.
func (t Transport) Secure() bool { return t == TLS || t == WSS }

// Sound is how the sound of a trunk goes.
type Sound string

const (
	Encrypted Sound = "encrypted" // SRTP; a carrier that does not is not talked to
	Plain     Sound = "plain"
)

// Choices lists them; empty means encrypted over tls and wss, plain elsewhere.
func (Sound) Choices() []string { return []string{"encrypted", "plain"} }

// Encrypts tells whether sound is encrypted. Its keys go with the signalling, so it
// is where that is encrypted, unless the file says otherwise.
func (t *Trunk) Encrypts() bool {
	return t.Sound == Encrypted || t.Sound == "" && t.Transport.Secure()
}

// Dial is how a trunk wants the called number.
type Dial string

const (
	AsGiven Dial = "as_given"
	Digits  Dial = "digits" // country code and number: 8613800138000
	Plus    Dial = "plus"   // with a plus: +8613800138000
)

// Choices lists them; empty means as_given.
func (Dial) Choices() []string { return []string{"as_given", "digits", "plus"} }

// Config is a file of trunks.
type Config struct {
	Home     string  `plan:"home,required" doc:"Country (ISO 3166) that numbers without a country code are of, such as CN."`
	Zone     string  `plan:"zone,required" doc:"Time zone whose days the daily caps of calling numbers go by."`
	Allow    []Class `plan:"allow,required" doc:"Classes of destination that may be called at all; every other is refused."`
	Failover []int   `plan:"failover" doc:"SIP statuses after which the next trunk is tried, 500 502 503 504 if absent. None with which the called side itself refuses."`
	Trunks   []Trunk `plan:"trunks,required" doc:"The trunks."`
	Pools    []Pool  `plan:"callers" doc:"Pools of calling numbers."`
}

// Trunk is one way out.
type Trunk struct {
	Name      string       `plan:"name,required" doc:"Name, as facts have it."`
	Address   string       `plan:"address,required" doc:"Host and port of the carrier, such as 192.0.2.1:5060; over ws and wss with the path of its WebSocket, if that is not /: sip.example.net:443/ws."`
	Transport Transport    `plan:"transport" doc:"udp, tcp, tls, ws or wss; udp if absent."`
	Sound     Sound        `plan:"sound" doc:"encrypted (SRTP) or plain; encrypted over tls and wss, plain elsewhere if absent. Nothing falls back."`
	User      string       `plan:"user" doc:"Log-in; none where the carrier knows us by our address."`
	Secret    string       `plan:"secret_env" doc:"Name of the environment variable that holds the secret of the log-in."`
	Registrar string       `plan:"registrar" doc:"Host, or host and port, where the service registers with the log-in, by the trunk's transport; it does not register if absent."`
	Lease     script.Span  `plan:"lease" doc:"How long a registration is asked for, such as 10m; 1h if absent."`
	Watch     bool         `plan:"watch" doc:"Ask it with OPTIONS every 30 seconds, and use it no more while it leaves two in a row unanswered. Not for a carrier that answers none."`
	Incoming  int          `plan:"incoming" doc:"Calls at once that come in over it, from people who call back; none if absent. They are taken without a log-in, from the address of the trunk or those of sources."`
	Sources   []string     `plan:"sources" doc:"Addresses or networks its calls come from, such as 192.0.2.0/28; that of the address if absent."`
	Dial      Dial         `plan:"dial" doc:"How the called number is sent: as_given, digits or plus."`
	Channels  int          `plan:"channels,required" doc:"Calls at once."`
	Rate      int          `plan:"rate,required" doc:"Calls begun in any one second."`
	Prefixes  []string     `plan:"prefixes" doc:"First digits, country code first, of the numbers it serves; all if absent."`
	Classes   []Class      `plan:"classes" doc:"Classes of destination it serves; all if absent."`
	Price     exact.Number `plan:"price" doc:"What a call of one minute costs, in the currency of all trunks of the file."`
	Deck      string       `plan:"deck" doc:"Rate deck (CSV) beside the file, instead of a price."`
	Priority  int          `plan:"priority" doc:"Of trunks that cost the same, or whose cost is not known, the lower comes first."`
	Callers   string       `plan:"callers" doc:"Pool its calling numbers are taken from."`

	Prices Prices // of Deck; nil: there is none
}

// Prices are what destinations cost over a trunk.
type Prices interface {
	// Minute is what a call of one minute costs on a day, whether that is known,
	// and whether the trunk goes there at all.
	Minute(n phone.Number, on timex.Date) (cost exact.Number, known, served bool)
}

// Pool is calling numbers that take turns.
type Pool struct {
	Name     string       `plan:"pool,required" doc:"Name of the pool."`
	Numbers  []string     `plan:"numbers,required" doc:"The numbers, as they are sent."`
	Daily    int          `plan:"daily,required" doc:"Calls of one number in a day."`
	Alarms   int          `plan:"alarms" doc:"Refusals as unwanted (607, 608) in a day after which a number rests until the next; 3 if absent."`
	After    int          `plan:"after" doc:"Calls of a day before the shares below are looked at; 50 if absent."`
	Answered script.Share `plan:"least_answered" doc:"Share of answered calls under which a number rests until the next day."`
	Short    script.Share `plan:"most_short" doc:"Share of answered calls that ended within six seconds, above which a number rests until the next day."`
}

// usualFailover are statuses that say the carrier cannot, not that the called
// side will not.
var usualFailover = []int{500, 502, 503, 504}

// FailsOver tells whether the next trunk is tried after a status.
func (c *Config) FailsOver(code int) bool {
	if len(c.Failover) == 0 {
		return slices.Contains(usualFailover, code)
	}
	return slices.Contains(c.Failover, code)
}

// final are statuses of the called side: another trunk would ring it again.
var final = []int{404, 410, 480, 484, 486, 487}

// Validate finds everything that is wrong.
func (c *Config) Validate() (all fault.Problems) {
	add := func(path, what, expected string) {
		all = append(all, fault.Problem{Path: path, What: what, Expected: expected})
	}
	if _, err := timex.LoadZone(c.Zone); err != nil {
		add("zone", err.Error(), "an IANA name such as Asia/Shanghai")
	}
	if len(c.Home) != 2 || strings.Trim(c.Home, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		add("home", "no country", "two capital letters such as CN")
	}
	for i, code := range c.Failover {
		if code < 300 || code > 599 || slices.Contains(final, code) {
			add(fmt.Sprintf("failover[%d]", i), "the called side may have refused with it", "a status of 300 to 599 other than 404, 410, 480, 484, 486 and 487")
		}
	}
	if n := len(c.Trunks); n == 0 || n > maxTrunks {
		add("trunks", fmt.Sprintf("%d trunks", n), fmt.Sprintf("1 to %d", maxTrunks))
	}
	if n := len(c.Pools); n > maxPools {
		add("callers", fmt.Sprintf("%d pools", n), fmt.Sprintf("at most %d", maxPools))
	}
	for i := range c.Trunks {
		c.checkTrunk(i, add)
	}
	for i := range c.Pools {
		c.checkPool(i, add)
	}
	return all
}

func (c *Config) checkTrunk(i int, add func(path, what, expected string)) {
	t, at := &c.Trunks[i], fmt.Sprintf("trunks[%d].", i)
	if slices.IndexFunc(c.Trunks, func(o Trunk) bool { return o.Name == t.Name }) < i {
		add(at+"name", "two trunks have this name", "a name of its own")
	}
	switch path := t.Path(); {
	case !isAddress(t.Host()):
		add(at+"address", "no host and port", "such as 192.0.2.1:5060 or sip.example.net:5060")
	case path != "/" && t.Transport != WS && t.Transport != WSS:
		add(at+"address", "a path, and no WebSocket", "a path over ws and wss alone")
	case len(path) > maxPath || strings.Trim(path, pathLetters) != "":
		add(at+"address", "no path", fmt.Sprintf("letters, digits and %s, %d at most", pathLetters[62:], maxPath))
	}
	if (t.User == "") != (t.Secret == "") {
		add(at+"user", "a log-in without its secret, or the other way round", "both user and secret_env, or neither")
	}
	switch {
	case t.Registrar != "" && !isAddress(t.Registrar) && !isAddress(t.Registrar+":5060"):
		add(at+"registrar", "no host", "such as sip.example.net or 192.0.2.1:5060")
	case t.Registrar != "" && t.User == "":
		add(at+"registrar", "nobody can register without a log-in", "user and secret_env beside it")
	}
	if t.Lease != 0 && (t.Registrar == "" || t.Lease < leastLease || t.Lease > mostLease) {
		add(at+"lease", "out of range, or nothing is registered", "1m to 24h, beside a registrar")
	}
	if t.Channels < 1 || t.Channels > maxChannels {
		add(at+"channels", "out of range", fmt.Sprintf("1 to %d", maxChannels))
	}
	if t.Rate < 1 || t.Rate > maxRate {
		add(at+"rate", "out of range", fmt.Sprintf("1 to %d", maxRate))
	}
	t.checkIncoming(at, add)
	for j, p := range t.Prefixes {
		if p == "" || len(p) > phone.MaxDigits || strings.Trim(p, "0123456789") != "" {
			add(fmt.Sprintf("%sprefixes[%d]", at, j), "no first digits of a number", "such as 86, without a plus")
		}
	}
	if t.Price.IsGiven() && t.Price.Sign() < 0 || t.Price.IsGiven() && t.Deck != "" {
		add(at+"price", "below nought, or beside a deck", "0 or more, or a deck alone")
	}
	if t.Callers != "" && c.pool(t.Callers) == nil {
		add(at+"callers", "no pool has this name", "a pool under callers")
	}
}

func (c *Config) checkPool(i int, add func(path, what, expected string)) {
	p, at := &c.Pools[i], fmt.Sprintf("callers[%d].", i)
	if slices.IndexFunc(c.Pools, func(o Pool) bool { return o.Name == p.Name }) < i {
		add(at+"pool", "two pools have this name", "a name of its own")
	}
	if n := len(p.Numbers); n == 0 || n > maxCallers {
		add(at+"numbers", fmt.Sprintf("%d numbers", n), fmt.Sprintf("1 to %d", maxCallers))
	}
	seen := map[string]bool{}
	for j, n := range p.Numbers {
		if _, ok := phone.Parse(n); !ok || strings.Trim(n, "+0123456789") != "" || seen[n] {
			add(fmt.Sprintf("%snumbers[%d]", at, j), "no number, or one that stands twice", "digits, with a plus or without")
		}
		seen[n] = true
	}
	if p.Daily < 1 {
		add(at+"daily", "out of range", "1 or more")
	}
	if p.Alarms < 0 || p.After < 0 {
		add(at+"alarms", "below nought", "0 or more")
	}
	for name, s := range map[string]script.Share{"least_answered": p.Answered, "most_short": p.Short} {
		if s < 0 || !(s <= 1) {
			add(at+name, "not a share", "0% to 100%")
		}
	}
}

func (c *Config) pool(name string) *Pool {
	for i := range c.Pools {
		if c.Pools[i].Name == name {
			return &c.Pools[i]
		}
	}
	return nil
}

// What a path of a WebSocket may have.
const (
	maxPath     = 200 // bytes
	pathLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-._~%?=&"
)

// Host is its host and port.
func (t *Trunk) Host() string {
	host, _, _ := strings.Cut(t.Address, "/")
	return host
}

// Path is the path of its WebSocket.
func (t *Trunk) Path() string { return "/" + t.Address[min(len(t.Host())+1, len(t.Address)):] }

// Paths are the paths of trunks' WebSockets by host and port, where they are not /.
func Paths(trunks []Trunk) map[string]string {
	out := map[string]string{}
	for i := range trunks {
		if t := &trunks[i]; t.Path() != "/" {
			out[t.Host()] = t.Path()
		}
	}
	return out
}

// isAddress tells whether s is a host and a port.
func isAddress(s string) bool {
	if at, err := netip.ParseAddrPort(s); err == nil {
		return at.Port() != 0 && !at.Addr().IsUnspecified()
	}
	host, port, ok := strings.Cut(s, ":")
	n, err := strconv.ParseUint(port, 10, 16)
	return ok && err == nil && n > 0 && host != "" && strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789-.") == "" && !strings.HasPrefix(host, ".")
}
