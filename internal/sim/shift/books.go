package shift

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/robot"
	"waihu/internal/serve"
	"waihu/internal/sim/desk"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// planFile prices seats by how many are in at once, the module of the mode and each minute.
const planFile = `plan: shift
version: 1
name: {en: A simulated shift, zh-Hant: 模擬班次, zh-Hans: 模拟班次}
currency: CNY
time_zone: Asia/Shanghai
tax: {default: voice, classes: [{id: voice, name: {en: Voice, zh-Hant: 語音通話, zh-Hans: 语音通话}, rates: [{rate: 9%}]}]}
modules:
  - {id: MODULE, name: NAME}
components:
  - {id: seats, name: {en: Concurrent seats, zh-Hant: 並發座席, zh-Hans: 并发坐席}, measure: seats_concurrent_peak, unit_price: 180}
  - {id: MODULE, name: NAME, measure: module, where: {module: MODULE}, unit_price: PRICE}
  - {id: talk, name: {en: Talk time, zh-Hant: 通話時長, zh-Hans: 通话时长}, measure: talk_time, where: {direction: outbound}, increment: 6/6, unit_price: 0.12}
`

// fill makes what the shift needs.
func (x *Shift) fill(ctx context.Context, b *serve.Books) error {
	sys := b.System
	m := x.module()
	plan := strings.NewReplacer("MODULE", m.id, "NAME", m.name, "PRICE", m.price).Replace(planFile)
	if _, err := sys.PublishPlan(ctx, app.PublishPlan{File: plan}); err != nil {
		return err
	}
	company, err := sys.AddCompany(ctx, app.Company{Name: "Simulated Floor", Email: "floor@shift.example"})
	if err != nil {
		return err
	}
	x.company = id.Company{ID: company.ID}
	today, err := today()
	if err != nil {
		return err
	}
	y, month, _ := today.Civil()
	start := timex.NewDate(y, month, 1) // a whole month: a shift is charged as one of many
	file := "contract: SHIFT-1\nplan: shift@1\nstart: " + start.String() + "\nseller: {name: Waihu}\nbuyer: {name: Simulated Floor}\nmodules: [{module: " + m.id + ", from: " + start.String() + "}]\n"
	q, err := sys.Quote(ctx, x.company, app.Quote{File: file, On: start})
	if err != nil {
		return err
	}
	if _, err := sys.Sign(ctx, x.company, app.Sign{Contract: q.ID, Document: fmt.Sprintf("%064x", 1), On: start}); err != nil {
		return err
	}
	if _, err := sys.Start(ctx, x.company, q.ID, start); err != nil {
		return err
	}
	x.contract = q.ID
	if err := x.people(ctx, b); err != nil {
		return err
	}
	return x.plan(ctx, sys)
}

// module is one of the plan, with its names and price as YAML has them.
type module struct{ id, name, price string }

// module is what the contract has beside seats and talk.
func (x *Shift) module() module {
	if x.Mode.Alone() {
		return module{"robot", "{en: Robot lanes, zh-Hant: 機器人通路, zh-Hans: 机器人通路}", "400"}
	}
	return module{"predictive", "{en: Predictive dialing, zh-Hant: 預測式外呼, zh-Hans: 预测式外呼}", "600"}
}

// today is the day by the clock of the plan.
func today() (timex.Date, error) {
	zone, err := timex.LoadZone("Asia/Shanghai")
	if err != nil {
		return 0, err
	}
	return timex.At(time.Now()).DateIn(zone), nil
}

// people are the agents, and the guest.
func (x *Shift) people(ctx context.Context, b *serve.Books) error {
	for i := range x.Agents {
		login := desk.Login{Email: fmt.Sprintf("agent%d@shift.example", i+1), Password: password}
		if err := x.person(ctx, b, login.Email, fmt.Sprintf("Agent %d", i+1)); err != nil {
			return err
		}
		x.logins = append(x.logins, login)
	}
	if x.Guest {
		return x.person(ctx, b, guest, "Guest")
	}
	return nil
}

// person is somebody who may log in at a desk.
func (x *Shift) person(ctx context.Context, b *serve.Books, email, name string) error {
	var token string
	err := b.DB.Update(ctx, func(tx store.Tx) (err error) {
		_, token, err = b.Gate.AddUser(tx, access.NewUser{Email: email, Name: name, Members: []access.Member{{Company: x.company, Role: access.Agent}}})
		return err
	})
	if err == nil {
		_, err = b.Gate.TakeInvitation(ctx, token, password, access.Client{Address: home.String()})
	}
	return err
}

// plan makes the list and the campaign.
func (x *Shift) plan(ctx context.Context, sys *app.System) error {
	list, err := sys.SetLeadList(ctx, x.company, app.LeadList{Name: "A simulated list", Country: "CN"})
	if err != nil {
		return err
	}
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], x.Seed)
	dice, kinds := rand.New(rand.NewChaCha8(key)), x.kinds()
	for i := range x.Leads {
		roll, k := dice.IntN(100), 0
		for ; roll >= kinds[k].share; k++ {
			roll -= kinds[k].share
		}
		n := phone.Of(kinds[k].head*10_000_000+uint64(i), 13)
		if _, err := sys.AddLead(ctx, x.company, lead.Lead{List: list.ID, Name: fmt.Sprintf("Lead %d", i+1), Numbers: []lead.Number{{Number: n}}}); err != nil {
			return err
		}
	}
	p := campaign.New("A simulated shift", usage.Service, cmp.Or(x.Mode, campaign.Predictive), 0)
	p.Lists, p.CallerIDs = []campaign.Share{{List: list.ID}}, []campaign.CallerID{{Number: phone.Of(862161234567, 12)}}
	p.Hours.Windows = []campaign.Window{{Days: []int{1, 2, 3, 4, 5, 6, 7}, From: "00:00", To: "24:00"}}
	p.Lifted = []campaign.Lift{{Rule: "cn.hours", Reason: "nobody real is called: the carrier is played"}}
	p.Retry.Attempts = 1 // so that whoever is called twice is called wrongly
	p.RingSeconds, p.Message, p.Contract = campaign.MinRing, "nobody", x.contract
	if x.Mode == campaign.Broadcast {
		if err := x.broadcast(ctx, sys, &p); err != nil {
			return err
		}
	}
	p.Robot, p.Rate = campaign.RobotLane{URL: x.Dialogue, Fallback: "goodbye"}, campaign.Rate{Channels: 20, Minute: 120}
	camp, err := sys.AddCampaign(ctx, x.company, p)
	x.campaign = camp.ID
	return err
}

// start lets the campaign run.
func (x *Shift) start(ctx context.Context, b *serve.Books) error {
	if x.Mode == campaign.Robot {
		if err := robot.KeepSecret(ctx, b.System, b.Seal, x.company, x.campaign, x.Secret); err != nil {
			return err
		}
	}
	_, err := b.System.StartCampaign(ctx, x.company, x.campaign, "shift")
	return err
}
