package demo

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"waihu/internal/serve"
	"waihu/internal/voice/carrier"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/script"
)

// trunkFile is one way out, to the carrier of the demonstration.
const trunkFile = `home: CN
zone: Asia/Shanghai
allow: [mobile, landline, toll_free, shared_cost, voip, international, unclear]
trunks:
  - {name: demo, address: "%s", channels: 20, rate: 10}
`

// answers is what the carrier does: who is called answers, but for two numbers.
var answers = script.Script{Name: "demo", Lines: []script.Line{
	{To: "13800000002", Does: script.Busy, Ring: script.Span(time.Second)},
	{To: "13800000003", Does: script.NoAnswer},
	{To: "*", Does: script.Answer, Ring: script.Span(time.Second)},
}}

// voice lets agents of the demonstration call: a carrier on this machine answers,
// and nothing leaves it. It sets the configuration up, and gives the carrier.
func voice(c *serve.Config) (*carrier.Carrier, error) {
	home := netip.MustParseAddr("127.0.0.1")
	ports, err := rtp.NewPorts(home, 40_200, 40_399)
	if err != nil {
		return nil, err
	}
	far, err := carrier.Open(carrier.Config{Listen: netip.AddrPortFrom(home, 0), Ports: ports, Script: &answers})
	if err != nil {
		return nil, err
	}
	c.Voice.Trunks = filepath.Join(c.Data, "trunks.yaml")
	any := netip.AddrPortFrom(home, 0).String()
	c.Voice.Listen, c.Voice.Browsers, c.Voice.Media, c.Recordings = any, any, any, filepath.Join(c.Data, "recordings")
	return far, os.WriteFile(c.Voice.Trunks, fmt.Appendf(nil, trunkFile, far.Addr()), 0o600)
}
