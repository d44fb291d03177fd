package serve

import (
	"cmp"
	"context"
	"crypto/tls"
	"net/netip"
	"path/filepath"
	"time"

	"waihu/internal/api"
	"waihu/internal/app"
	"waihu/internal/calling/compliance"
	"waihu/internal/console"
	"waihu/internal/fault"
	"waihu/internal/floor"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/telephone"
	"waihu/internal/voice/detect"
)

// endsFolder is where ends of calls wait that the books could not be told, in the data
// folder.
const endsFolder = "ends"

// openTelephone begins to take agents' calls; nil: nobody calls here.
func (s *Service) openTelephone(ctx context.Context) (*telephone.Telephone, error) {
	v := s.c.Voice
	if v.Listen == "" {
		return nil, nil
	}
	cfg := telephone.Config{Ports: v.Ports, Trunks: v.Trunks, KeepDays: v.KeepDays, Ends: filepath.Join(s.c.Data, endsFolder), Lines: s.books.Gate, Log: s.log}
	for _, a := range []struct {
		path, text string
		to         *netip.AddrPort
	}{{"voice.listen", v.Listen, &cfg.Listen}, {"voice.browsers", v.Browsers, &cfg.Browsers}, {"voice.media", v.Media, &cfg.Media}} {
		if a.text == "" {
			continue
		}
		at, err := telephone.AddressOf(a.text)
		if err != nil {
			return nil, fault.Problem{Path: a.path, Value: a.text, What: "it cannot be told to others", Expected: "an address of this machine with a port, such as 192.0.2.1:5060"}
		}
		*a.to = at
	}
	if v.Told != "" {
		at, err := netip.ParseAddr(v.Told)
		if err != nil {
			return nil, fault.Problem{Path: "voice.told", Value: v.Told, What: "this is no address", Expected: "203.0.113.7"}
		}
		cfg.Told = at
	}
	if s.c.HTTP.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(s.c.HTTP.Certificate, s.c.HTTP.Key)
		if err != nil {
			return nil, fault.New(fault.Invalid, "http.certificate: %v", err)
		}
		cfg.Secure = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	return telephone.Open(ctx, s.books.System, cfg)
}

// openFloor begins to drive campaigns over the telephone. What this node left behind is
// closed first.
func (s *Service) openFloor(ctx context.Context) error {
	packs, err := compliance.Load()
	if err != nil {
		return err
	}
	s.floor, err = floor.Open(ctx, floor.Config{System: s.books.System, Lines: s.calls.Floor(), Packs: packs, Log: s.log, Detect: true, Taken: detect.PersonsTaken, Name: s.nameOf, Robots: s.robots})
	return err
}

// nameOf is what people call an agent.
func (s *Service) nameOf(ctx context.Context, c id.Company, user string) (name string, err error) {
	i, err := id.ParseNamed("user", user)
	if err != nil {
		return "", err
	}
	err = s.books.DB.View(ctx, func(tx store.Tx) error {
		u, err := s.books.Gate.UserByID(tx, i)
		if err == nil {
			name = cmp.Or(u.Name, u.Email)
		}
		return err
	})
	return name, err
}

// phoneOf is what the interface knows of it; nil where there is none.
func phoneOf(t *telephone.Telephone) api.Telephone {
	if t == nil {
		return nil
	}
	return t
}

// runningOf is what the interface knows of calls that run; nil where there are none.
func runningOf(t *telephone.Telephone) api.RunningCalls {
	if t == nil {
		return nil
	}
	return t
}

// fraudOf is when calls of a company are held by themselves. The first operator is told,
// where the installation says who that is.
func fraudOf(c *Config) app.FraudBound {
	b := app.FraudBound{Refusals: c.Voice.FraudRefusals, Within: time.Duration(c.Voice.FraudMinutes) * time.Minute}
	if c.Access.Operator != Defaults().Access.Operator {
		b.Tell = c.Access.Operator
	}
	return b
}

// seatedOf tells the console who has a desk; nil where there is no floor.
func seatedOf(f *floor.Floor) console.Seated {
	if f == nil {
		return nil
	}
	return f.SessionOf
}
