package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/serve"
	"waihu/internal/sim/desk"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sip"
)

// working is the firm whose agents call by themselves.
const working = "floor"

// crews are how many simulated agents work in each campaign of that firm.
var crews = map[string]int{"秋季续约": 5, "送货预约": 2, "满意度调查": 3}

// Lengths of what agents do, on average.
const (
	conversing = 45 * time.Second
	writingUp  = 12 * time.Second
	resting    = 40 * time.Second
)

// Leads of a list that agents call: it is filled up by a lot whenever few were not tried,
// up to a bound that lasts a day and more.
const (
	lookAtLists = 15 * time.Second
	fewLeads    = 80
	lotOfLeads  = 100
	mostLeads   = 20_000
)

// crew is agents who work in a campaign.
type crew struct {
	plan   planned
	of     app.Campaign
	logins []desk.Login
	leads  int // of its list by now
}

// floorWork is the floor of the demonstration that works by itself.
type floorWork struct {
	to      *Customer
	seed    uint64
	address string // of the service
	log     *slog.Logger
	crews   []crew // made once
	heard   inspector
}

// run lets the agents work until the context ends. Everything they do goes over the
// interface and the telephones, as what people do does.
func (w *floorWork) run(ctx context.Context, b *serve.Books) (err error) {
	if w.crews == nil {
		if w.crews, err = w.assemble(ctx, b); err != nil {
			return err
		}
	}
	phones, err := sip.Open(sip.Config{Listen: netip.AddrPortFrom(home, 0)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, phones.Close()) }()
	ports, err := rtp.NewPorts(home, 40_400, 40_499)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	said := conversation(speaker{150})
	var all sync.WaitGroup
	for i := range w.crews {
		c := &w.crews[i]
		all.Go(func() {
			err := desk.Run(ctx, desk.Config{Address: w.address, Campaign: c.of.ID.Named("cmp"), Agents: c.logins, Phone: phones, Ports: ports, Talk: conversing, Wrap: writingUp, Says: said, Break: resting, Seed: w.seed + uint64(i),
				Tell: func(who, what string) { w.log.Info("a simulated agent", "who", who, "what", what) }})
			if err != nil {
				w.log.Error("an agent of the demonstration does not work", "campaign", c.plan.name, "error", err)
			}
		})
	}
	err = w.refill(ctx, b)
	stop() // without leads nobody works
	all.Wait()
	return err
}

// assemble makes the agents' log-ins and finds their campaigns.
func (w *floorWork) assemble(ctx context.Context, b *serve.Books) ([]crew, error) {
	running, err := b.System.Campaigns(ctx, w.to.Company, campaign.Running, store.Page{Limit: 100})
	if err != nil {
		return nil, err
	}
	var out []crew
	n := 0
	for _, p := range plans(working) {
		for _, of := range running {
			if of.Name != p.name || !p.works() {
				continue
			}
			c := crew{plan: p, of: of, leads: listed}
			for range crews[p.name] {
				n++
				l := login{email: fmt.Sprintf("agent%d@demo.example", n), name: fmt.Sprintf("坐席 %02d", n), lang: "zh-Hans", member: access.Member{Company: w.to.Company, Role: access.Agent}}
				if _, err := l.add(ctx, b); err != nil {
					return nil, err
				}
				c.logins = append(c.logins, desk.Login{Email: l.email, Password: Password})
			}
			out = append(out, c)
		}
	}
	return out, nil
}

// refill keeps leads in the lists, and hears what was recorded, until the context ends.
func (w *floorWork) refill(ctx context.Context, b *serve.Books) error {
	rng := rand.New(rand.NewPCG(w.seed, 70))
	tick := time.NewTicker(lookAtLists)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		for i := range w.crews {
			if err := w.fill(ctx, b, &w.crews[i], rng); err != nil && ctx.Err() == nil {
				return err
			}
		}
		if err := w.heard.look(ctx, b, w.to.Company, rng); err != nil && ctx.Err() == nil {
			return err
		}
	}
}

// fill adds leads to the list of a campaign that has few left.
func (w *floorWork) fill(ctx context.Context, b *serve.Books, c *crew, rng *rand.Rand) error {
	t, err := b.System.TallyOf(ctx, w.to.Company, c.of.ID)
	if err != nil || c.leads-t.Total.Tries >= fewLeads || c.leads+lotOfLeads > mostLeads {
		return err
	}
	now := timex.At(time.Now())
	lot := &store.LeadLot{}
	for n := range lotOfLeads {
		l := c.plan.lead(c.leads+n, rng, now)
		l.List = c.of.Lists[0].List
		if l.ID, err = b.System.IDs.At(now); err != nil {
			return err
		}
		if err := lot.Add(l); err != nil {
			return err
		}
	}
	if err := b.DB.Update(store.For(ctx, w.to.Company), func(tx store.Tx) error { return tx.Leads().Add(w.to.Company, lot) }); err != nil {
		return err
	}
	c.leads += lotOfLeads
	return nil
}

// add makes a log-in, which Password opens. One that an assembling that failed has made is
// taken, and its password set anew.
func (l *login) add(ctx context.Context, b *serve.Books) (user id.ID, err error) {
	var token string
	err = b.DB.Update(ctx, func(tx store.Tx) error {
		u, err := b.Gate.UserByEmail(tx, l.email)
		switch {
		case err == nil:
			token, err = b.Gate.Invite(tx, u.ID)
		case fault.KindOf(err) == fault.NotFound:
			u, token, err = b.Gate.AddUser(tx, access.NewUser{Email: l.email, Name: l.name, Lang: l.lang, Members: []access.Member{l.member}})
		}
		if err == nil {
			user = u.ID
		}
		return err
	})
	if err == nil {
		_, err = b.Gate.TakeInvitation(ctx, token, Password, access.Client{Address: home.String()})
	}
	return user, err
}
