package serve

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"waihu/internal/app"
	"waihu/internal/fault"
)

// Config is everything an installation decides. Keys are those of the file; in
// the environment a key is WAIHU_ and its path in capitals: WAIHU_HTTP_LISTEN.
type Config struct {
	Data       string        `plan:"data" doc:"Folder of the database (SQLite), of uploads and of the system's key."`
	Database   string        `plan:"database" doc:"postgres://... for PostgreSQL; empty: SQLite in the data folder." secret:"true"`
	Node       string        `plan:"node" doc:"Name of this process among its equals; empty: the machine's name."`
	Recordings string        `plan:"recordings" doc:"Folder of recordings, on a disk of its own where calls are many; empty: nothing is recorded."`
	HTTP       HTTPConfig    `plan:"http" doc:"The interface."`
	Access     AccessConfig  `plan:"access" doc:"Who is let in, and how."`
	Mail       MailConfig    `plan:"mail" doc:"The server that letters are handed to."`
	Webhooks   WebhookConfig `plan:"webhooks" doc:"Messages to customers' systems."`
	Metrics    MetricsConfig `plan:"metrics" doc:"Figures for Prometheus."`
	Voice      VoiceConfig   `plan:"voice" doc:"Calls that agents place."`
	Log        LogConfig     `plan:"log" doc:"What the process says about itself."`
	Sources    []Source      `plan:"sources" doc:"Systems whose records are fetched."`
}

// HTTPConfig is about the interface.
type HTTPConfig struct {
	Listen       string   `plan:"listen" doc:"Address to listen on."`
	Address      string   `plan:"address" doc:"What people open: https://waihu.example.com; empty: http and the listening address."`
	Certificate  string   `plan:"certificate" doc:"File of the TLS certificate; empty: TLS ends before this process."`
	Key          string   `plan:"key" doc:"File of its key."`
	Proxies      []string `plan:"proxies" doc:"Networks whose X-Forwarded-For is believed."`
	Origins      []string `plan:"origins" doc:"Other web addresses that browsers may call from."`
	Connections  int      `plan:"connections" doc:"Most connections at once."`
	KeyRate      int      `plan:"key_rate" doc:"Requests a second of one key or person."`
	KeyBurst     int      `plan:"key_burst" doc:"And at once."`
	AddressRate  int      `plan:"address_rate" doc:"Requests a second of one address without credentials."`
	AddressBurst int      `plan:"address_burst" doc:"And at once."`
	StopWait     int      `plan:"stop_wait" doc:"Seconds that a stop waits for requests."`
}

// AccessConfig is about people.
type AccessConfig struct {
	Operator      string `plan:"operator" doc:"E-mail address of the first operator, made on the first start."`
	SecondFactor  bool   `plan:"second_factor" doc:"Whether staff and customer admins need a second factor."`
	SecondPerson  bool   `plan:"second_person" doc:"Whether changes of price, credits and refunds need a second person."`
	OpenCompare   bool   `plan:"open_compare" doc:"Whether anybody may compare offers and audit a bill in the console, without an account."`
	AdjustLimit   string `plan:"adjust_limit" doc:"Balance given by hand above it needs a second person, in any currency."`
	Issuer        string `plan:"issuer" doc:"OpenID Connect provider to log in at; empty: none. It must allow <address>/login/provider/return and <address>/v1/login/provider/return."`
	Client        string `plan:"client" doc:"Our name there."`
	Secret        string `plan:"secret" doc:"Our secret there." secret:"true"`
	IssuerFactors bool   `plan:"issuer_factors" doc:"Whether the provider sees to the second factor."`
}

// MailConfig is about letters.
type MailConfig struct {
	Host     string `plan:"host" doc:"Mail server; empty: no letters are sent."`
	Port     int    `plan:"port" doc:"Its port."`
	From     string `plan:"from" doc:"Sender of letters."`
	User     string `plan:"user" doc:"Log-in; empty: none."`
	Password string `plan:"password" doc:"And its password." secret:"true"`
	Plain    bool   `plan:"plain" doc:"Whether to send without encryption, to a server on this machine."`
}

// WebhookConfig is about messages to other systems.
type WebhookConfig struct {
	HTTPS   bool     `plan:"https" doc:"Whether only https addresses are taken."`
	Allowed []string `plan:"allowed" doc:"Inner networks that messages may go to all the same."`
}

// MetricsConfig is about figures.
type MetricsConfig struct {
	Listen string `plan:"listen" doc:"Address to serve them on, /metrics; empty: not at all. They need no credentials: keep it inside."`
}

// VoiceConfig is about calls that agents place.
type VoiceConfig struct {
	Listen   string `plan:"listen" doc:"Address for SIP, UDP and TCP: 192.0.2.1:5060; empty: nobody calls."`
	Trunks   string `plan:"trunks" doc:"File of the trunks calls go over."`
	Ports    string `plan:"ports" doc:"Ports for sound, two for each side of a call."`
	Browsers string `plan:"browsers" doc:"Address of the WebSocket that browsers call by: 192.0.2.1:5066; empty: browsers cannot. With http.certificate it is encrypted."`
	Media    string `plan:"media" doc:"Address and one UDP port for the sound of browsers: 192.0.2.1:5067."`
	Told     string `plan:"told" doc:"Address browsers are told for it, where another is translated to it; empty: the same."`
	KeepDays int    `plan:"keep_days" doc:"Days that a recording is kept, at least."`
	Prompts  string `plan:"prompts" doc:"Folder of what people are told, a folder a language; empty: the generated set."`

	FraudRefusals int `plan:"fraud_refusals" doc:"Calls of a company to premium or foreign numbers that are refused within fraud_minutes: then its calls are held until a person releases them; 0: never."`
	FraudMinutes  int `plan:"fraud_minutes" doc:"And those minutes, 1 to 1440."`
}

// LogConfig is about logs.
type LogConfig struct {
	Level string `plan:"level" doc:"debug, info, warn or error."`
	JSON  bool   `plan:"json" doc:"Whether lines are JSON."`
}

// Source is a system whose records are fetched.
type Source struct {
	Name    string   `plan:"name,required" doc:"Names the source, for good: how far it was read is kept under it."`
	Company string   `plan:"company,required" doc:"Whose usage it is: co_..."`
	Kind    string   `plan:"kind,required" doc:"file, manager or table."`
	Path    string   `plan:"path" doc:"file: the file that grows."`
	Format  string   `plan:"format" doc:"file: its format; waihu formats lists them."`
	Address string   `plan:"address" doc:"manager: host:5038. table: user:password@tcp(host:3306)/asterisk." secret:"true"`
	User    string   `plan:"user" doc:"manager: log-in."`
	Secret  string   `plan:"secret" doc:"manager: and its secret." secret:"true"`
	Table   string   `plan:"table" doc:"table: vicidial_log, vicidial_user_log, acc_cdrs ..."`
	Zone    string   `plan:"time_zone" doc:"Of stamps that name none: Asia/Shanghai."`
	System  string   `plan:"system" doc:"Source of the facts; empty: the format's own."`
	Columns []string `plan:"columns" doc:"Order of the columns, where a format lets it be set."`
	Every   int      `plan:"every" doc:"Seconds between looks; 5 if absent."`
}

// Defaults is the configuration of an empty folder.
func Defaults() Config {
	return Config{
		Data:     "waihu-data",
		HTTP:     HTTPConfig{Listen: "127.0.0.1:8420", Connections: 2000, KeyRate: 100, KeyBurst: 200, AddressRate: 10, AddressBurst: 40, StopWait: 30},
		Access:   AccessConfig{Operator: "operator@localhost.localdomain", SecondFactor: true, SecondPerson: true, AdjustLimit: "100"},
		Mail:     MailConfig{Port: 587},
		Webhooks: WebhookConfig{HTTPS: true},
		Voice:    VoiceConfig{Ports: "40000-40199", KeepDays: 180, FraudRefusals: 20, FraudMinutes: 10},
		Log:      LogConfig{Level: "info"},
	}
}

// check finds what cannot be right.
func (c *Config) check() (ps fault.Problems) {
	bad := func(path, what, expected string) {
		ps = append(ps, fault.Problem{Path: path, What: what, Expected: expected})
	}
	if c.Data == "" {
		bad("data", "no folder", "a folder for the database, uploads and the system's key")
	}
	if (c.HTTP.Certificate == "") != (c.HTTP.Key == "") {
		bad("http.certificate", "certificate and key belong together", "both or neither")
	}
	if c.HTTP.Address != "" && !strings.HasPrefix(c.HTTP.Address, "https://") && !strings.HasPrefix(c.HTTP.Address, "http://") {
		bad("http.address", "it is no web address", "https://waihu.example.com")
	}
	for _, n := range []struct {
		path string
		v    int
	}{{"http.connections", c.HTTP.Connections}, {"http.key_rate", c.HTTP.KeyRate}, {"http.key_burst", c.HTTP.KeyBurst}, {"http.address_rate", c.HTTP.AddressRate}, {"http.address_burst", c.HTTP.AddressBurst}, {"http.stop_wait", c.HTTP.StopWait}} {
		if n.v < 1 || n.v > 1_000_000 {
			bad(n.path, "it is out of range", "1 to 1,000,000")
		}
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level) {
		bad("log.level", "there is no such level", "debug, info, warn or error")
	}
	if c.Mail.Host != "" && c.Mail.From == "" {
		bad("mail.from", "letters need a sender", "billing@example.com")
	}
	if v := c.Voice; v.Listen != "" && v.Trunks == "" {
		bad("voice.trunks", "calls need trunks", "a file of trunks")
	} else if (v.Browsers == "") != (v.Media == "") {
		bad("voice.media", "browsers need both an address to connect to and one for sound", "voice.browsers and voice.media, or neither")
	}
	if n := c.Voice.FraudRefusals; n < 0 || n > app.MostRefusals {
		bad("voice.fraud_refusals", "it is out of range", "0 to 1,000")
	}
	if n := c.Voice.FraudMinutes; n < 1 || n > 1440 {
		bad("voice.fraud_minutes", "it is out of range", "1 to 1,440")
	}
	return append(ps, c.checkSources()...)
}

func (c *Config) checkSources() (ps fault.Problems) {
	seen := map[string]bool{}
	for i, s := range c.Sources {
		at := fmt.Sprintf("sources[%d]", i)
		if seen[s.Company+"/"+s.Name] {
			ps = append(ps, fault.Problem{Path: at + ".name", Value: s.Name, What: "another source of the company has this name"})
		}
		seen[s.Company+"/"+s.Name] = true
		need := map[string][]string{"file": {s.Path, s.Format}, "manager": {s.Address, s.User, s.Secret}, "table": {s.Address, s.Table}}[s.Kind]
		switch {
		case need == nil:
			ps = append(ps, fault.Problem{Path: at + ".kind", Value: s.Kind, What: "there is no such kind", Expected: "file, manager or table"})
		case slices.Contains(need, ""):
			ps = append(ps, fault.Problem{Path: at, What: "something is missing", Expected: map[string]string{"file": "path and format", "manager": "address, user and secret", "table": "address and table"}[s.Kind]})
		}
	}
	return ps
}

// folder makes the data folder, readable for its owner only.
func (c *Config) folder() error {
	for _, d := range []string{c.Data, filepath.Join(c.Data, "uploads")} {
		if err := os.MkdirAll(d, fs.FileMode(0o700)); err != nil {
			return fault.New(fault.Invalid, "data: %v", err)
		}
	}
	return nil
}
