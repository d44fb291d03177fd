package planfile_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"waihu/internal/planfile"
)

const goodTrunks = `home: CN
zone: Asia/Shanghai
allow: [mobile, landline]
failover: [500, 503]
trunks:
  - {name: a, address: "192.0.2.1:5060", channels: 30, rate: 10, deck: a.csv, callers: main}
  - {name: b, address: "sip.example.net:5061", transport: wss, user: acme, secret_env: B_SECRET, registrar: sip.example.net, lease: 10m, channels: 5, rate: 2, classes: [mobile], prefixes: ["86"], price: "0.07", dial: digits, priority: 2}
callers:
  - {pool: main, numbers: ["02012345678", "02012345679"], daily: 200, least_answered: 10%, most_short: 40%}
`

// TestTrunks: what is written is read with the deck beside it, which says what a
// destination costs, that nobody knows, or that the trunk does not go there.
func TestTrunks(t *testing.T) {
	files := fstest.MapFS{
		"good.yaml": {Data: []byte(goodTrunks)},
		"a.csv":     {Data: []byte("prefix,rate\n86138,0.05\n8613,0.06\n8620,unknown\n86139,blocked\n")},
	}
	c, problems := planfile.LoadTrunks(files, "good.yaml")
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	for number, want := range map[string]string{"13800138000": "a b", "13700137000": "a b", "02088881234": "a", "13900139000": "b", "01088888888": ""} {
		routes, err := c.Order(number, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.UTC)
		var names []string
		for _, r := range routes {
			names = append(names, r.Trunk.Name)
		}
		if got := strings.Join(names, " "); got != want || (err == nil) != (want != "") {
			t.Errorf("%s goes over %q, %v; want %q", number, got, err, want)
		}
	}
	routes, _ := c.Order("13800138000", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.UTC)
	if routes[0].Cost.String() != "0.05" || routes[1].Address() != "sip:8613800138000@sip.example.net:5061;transport=wss" {
		t.Errorf("%+v", routes)
	}
}

// TestTrunksThatAreWrong: everything is found, with its line.
func TestTrunksThatAreWrong(t *testing.T) {
	bad := strings.NewReplacer("home: CN", "home: cn", "Asia/Shanghai", "Shanghai", "500, 503", "486, 700", `"192.0.2.1:5060"`, `"192.0.2.1"`, "channels: 30", "channels: 0", "name: b", "name: a",
		"rate: 2", "rate: 5000", "secret_env: B_SECRET, ", "", "registrar: sip.example.net, lease: 10m", "registrar: \"sip example\", lease: 1s", `["86"]`, `["+86"]`, `"0.07"`, `"-1"`, "callers: main}", "callers: other}", "daily: 200", "daily: 0", `"02012345679"`, `"02012345678"`, "10%", "110%").Replace(goodTrunks)
	files := fstest.MapFS{"bad.yaml": {Data: []byte(bad)}, "odd.yaml": {Data: []byte("home: CN\nzone: Asia/Shanghai\nallow: [moon]\ncolour: red\ntrunks: []\n")},
		"a.csv": {Data: []byte("prefix,rate\n86,0.05\n")}, "none.yaml": {Data: []byte(strings.Replace(goodTrunks, "a.csv", "../a.csv", 1))}, "gone.yaml": {Data: []byte(strings.Replace(goodTrunks, "a.csv", "gone.csv", 1))}}
	for file, wants := range map[string][]string{
		"bad.yaml": {"bad.yaml:1", "zone", "failover[0]", "failover[1]", "trunks[0].address", "trunks[0].channels", "trunks[0].callers", "trunks[1].name", "trunks[1].rate", "trunks[1].user", "trunks[1].registrar", "trunks[1].lease", "trunks[1].prefixes[0]", "trunks[1].price",
			"callers[0].daily", "callers[0].numbers[1]", "callers[0].least_answered"},
		"odd.yaml": {"moon", "colour"}, "none.yaml": {"trunks[0].deck"}, "gone.yaml": {"trunks[0].deck"},
	} {
		_, problems := planfile.LoadTrunks(files, file)
		for _, want := range wants {
			if !strings.Contains(problems.Error(), want) {
				t.Errorf("%s: %q is not in\n%s", file, want, problems.Error())
			}
		}
	}
}
