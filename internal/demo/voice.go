package demo

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"

	"waihu/internal/serve"
	"waihu/internal/voice/carrier"
	"waihu/internal/voice/rtp"
)

// trunkFile is one way out, to the carrier of the demonstration.
const trunkFile = `home: CN
zone: Asia/Shanghai
allow: [mobile, landline, toll_free, shared_cost, voip, international, unclear]
trunks:
  - {name: demo, address: "%s", channels: 40, rate: 10}
`

var home = netip.MustParseAddr("127.0.0.1")

// voice lets agents of the demonstration call: a carrier on this machine answers,
// and nothing leaves it. It sets the configuration up, and gives the carrier.
func voice(c *serve.Config) (*carrier.Carrier, error) {
	ports, err := rtp.NewPorts(home, 40_200, 40_399)
	if err != nil {
		return nil, err
	}
	if err := customers(c.Data); err != nil {
		return nil, err
	}
	far, err := carrier.Open(carrier.Config{Listen: netip.AddrPortFrom(home, 0), Ports: ports, Script: answers(), Folder: c.Data, Rate: 200, Calls: 80})
	if err != nil {
		return nil, err
	}
	if c.Voice.Prompts, err = prompts(c.Data); err != nil {
		return nil, errors.Join(err, far.Close())
	}
	c.Voice.Trunks = filepath.Join(c.Data, "trunks.yaml")
	any := netip.AddrPortFrom(home, 0).String()
	c.Voice.Listen, c.Voice.Browsers, c.Voice.Media, c.Recordings = any, any, any, filepath.Join(c.Data, "recordings")
	return far, os.WriteFile(c.Voice.Trunks, fmt.Appendf(nil, trunkFile, far.Addr()), 0o600)
}
