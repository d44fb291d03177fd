package console

import (
	"fmt"
	"slices"
	"strings"

	"waihu/internal/access"
	"waihu/internal/calling/campaign"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// The part of a campaign in which machines speak: what a broadcast plays and which keys
// do what, how fast it dials without agents, who speaks in a robot lane, and what waits
// hear.

func fillMenu(f *form, c *campaign.Campaign) {
	m := &c.Menu
	for name, value := range map[string]string{"message": c.Message, "voicemail": c.Voicemail, "notice": c.Notice, "menu.machine": m.Machine, "menu.no_agent": m.NoAgent, "menu.closed": m.Closed, "menu.patience": plain(m.Patience),
		"rate.channels": plain(c.Rate.Channels), "rate.minute": plain(c.Rate.Minute), "robot.url": c.Robot.URL, "robot.fallback": c.Robot.Fallback, "robot.turns": plain(c.Robot.Turns)} {
		f.set(name, value)
	}
	f.Values.Set("rows.menu.steps", itoa(max(len(m.Steps), 1)))
	for i := range m.Steps {
		st, at := &m.Steps[i], func(field string) string { return f.At("menu.steps", i, field) }
		for field, value := range map[string]string{"id": st.ID, "prompt": st.Prompt, "answer": st.Answer, "next": st.Next, "digits": plain(st.Digits), "wait": plain(st.Wait), "most": plain(st.Most)} {
			f.set(at(field), value)
		}
		f.Values.Set("rows."+at("keys"), itoa(len(st.Keys)+1))
		for j, k := range st.Keys {
			for field, value := range map[string]string{"key": k.Key, "does": string(k.Does), "value": k.Value, "to": k.To, "prompt": k.Prompt, "after": plain(k.After)} {
				f.set(f.At(at("keys"), j, field), value)
			}
		}
	}
}

// readMenu reads what the page of the mode has; what it does not have stays.
func readMenu(f *form, c *campaign.Campaign, _ money.Currency) {
	m := &c.Menu
	c.Message, c.Voicemail, c.Notice = f.Value("message"), f.Value("voicemail"), f.Value("notice")
	m.Machine, m.NoAgent, m.Closed, m.Patience = f.Value("menu.machine"), f.Value("menu.no_agent"), f.Value("menu.closed"), f.count("menu.patience", 1<<20)
	if c.Mode.Alone() {
		c.Rate = campaign.Rate{Channels: f.count("rate.channels", 1<<20), Minute: f.count("rate.minute", 1<<20)}
	}
	switch c.Mode {
	case campaign.Robot:
		c.Robot.URL, c.Robot.Fallback, c.Robot.Turns = f.optional("robot.url", campaign.MaxURL), f.Value("robot.fallback"), f.count("robot.turns", 1<<20)
	case campaign.Broadcast:
		m.Steps = nil
		for i := range f.rows("menu.steps", campaign.MaxMenuSteps+spare) {
			if st, is := f.menuStep(i); is {
				m.Steps = append(m.Steps, st)
			}
		}
	}
}

// menuStep reads a step; false: its card is empty.
func (f *form) menuStep(i int) (st campaign.MenuStep, is bool) {
	at := func(field string) string { return f.At("menu.steps", i, field) }
	st = campaign.MenuStep{ID: f.optional(at("id"), campaign.MaxName), Prompt: f.Value(at("prompt")), Answer: f.Value(at("answer")), Next: f.Value(at("next")),
		Digits: f.count(at("digits"), 1<<20), Wait: f.count(at("wait"), 1<<20), Most: f.count(at("most"), 1<<20)}
	for j := range f.rows(at("keys"), len(menuKeys)+spare) {
		key := func(field string) string { return f.At(at("keys"), j, field) }
		if f.Value(key("key")) == "" && f.Value(key("does")) == "" {
			continue
		}
		k := campaign.KeyAct{Key: f.Value(key("key")), Does: campaign.Does(f.Value(key("does")))}
		switch k.Does { // the fields of others are not this key's
		case campaign.KeyAnswer:
			k.Value, k.To, k.Prompt = f.optional(key("value"), campaign.MaxName), f.Value(key("to")), f.Value(key("prompt"))
		case campaign.KeyCallback:
			k.After, k.Prompt = f.count(key("after"), 1<<20), f.Value(key("prompt"))
		case campaign.KeyRefuse, campaign.KeyEnd:
			k.Prompt = f.Value(key("prompt"))
		}
		st.Keys = append(st.Keys, k)
	}
	is = st.ID != "" || st.Prompt != "" || st.Answer != "" || st.Digits > 0 || len(st.Keys) > 0
	if is && st.ID == "" {
		st.ID = fmt.Sprintf("step_%d", i+1)
	}
	return st, is
}

// menuKeys are the keys of a telephone.
var menuKeys = strings.Split("1 2 3 4 5 6 7 8 9 0 * #", " ")

// menuShown is what the page shows besides.
type menuShown struct {
	Keys, Does []option
	Steps      []option // those there are, and the end
	Asks       []option // questions of the campaign's script, and none
	Prompts    []option // to choose from, none first
	First      []option // of the first step: none is the first message
	At         string   // of prompts; empty: the visitor may not hear them
	Robot      bool
	Secret     string // when that of a robot lane was made; empty: it has none
	Broadcast  bool
	Script     string // where a script is chosen; empty: one is
	Channels   int    // defaults
	Minute     int
	Patience   int
	Turns      int
	WaitFor    int
	Plays      int
	Callback   int
}

func menuData(s *Server, v *visit, b *campaignBody) (any, error) {
	out := menuShown{Robot: b.C.Mode == campaign.Robot, Broadcast: b.C.Mode == campaign.Broadcast, Channels: campaign.DefaultChannels, Minute: campaign.DefaultMinute, Patience: campaign.DefaultQueue,
		Turns: campaign.DefaultTurns, WaitFor: campaign.DefaultKeyWait, Plays: campaign.DefaultPlays, Callback: campaign.DefaultCallback,
		Keys: []option{{"value": "", "label": "–"}}, Does: []option{{"value": "", "label": "–"}}, Steps: []option{{"value": "", "label": v.say("menu.end")}}, Asks: []option{{"value": "", "label": v.say("menu.no_question")}}}
	for _, k := range menuKeys {
		out.Keys = append(out.Keys, option{"value": k, "label": k})
	}
	for _, d := range campaign.KeyEnd.Choices() {
		out.Does = append(out.Does, option{"value": d, "label": v.say("menu.does_" + d)})
	}
	var err error
	if out.Prompts, err = s.promptsToChoose(v, b); err != nil {
		return nil, err
	}
	out.First = append([]option{{"value": "", "label": v.say("prompts.first_message")}}, out.Prompts[1:]...)
	out.At = given(v.may(access.PromptRead), v.at("/prompts"))
	asks, err := s.questionsOf(v, b.C.Guide)
	if err != nil {
		return nil, err
	}
	if out.Robot {
		_, made, err := s.d.System.LaneSecrets(v.r.Context(), v.company, b.C.ID)
		if err != nil {
			return nil, err
		}
		out.Secret = clockMinute(made, v.loc())
	}
	if len(asks) == 0 {
		out.Script = v.campaignAt(b.C, "/script")
	}
	out.Asks = append(out.Asks, asks...)
	for i := range b.Form.rows("menu.steps", campaign.MaxMenuSteps+spare) {
		if name := b.Form.Value(b.Form.At("menu.steps", i, "id")); name != "" {
			out.Steps = append(out.Steps, option{"value": name, "label": name})
		}
		if ask := b.Form.Value(b.Form.At("menu.steps", i, "answer")); !slices.ContainsFunc(out.Asks, func(o option) bool { return o["value"] == ask }) {
			out.Asks = append(out.Asks, option{"value": ask, "label": ask}) // of a script that is not chosen any more
		}
	}
	return out, nil
}

// promptsToChoose are none, those of the company by name, then the system's own, and what
// the form names that is not there any more.
func (s *Server) promptsToChoose(v *visit, b *campaignBody) ([]option, error) {
	list, err := s.d.System.CompanyPrompts(v.r.Context(), v.company)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	entry := func(value, label string) option {
		known[value] = true
		return option{"value": value, "label": label}
	}
	var company, system, gone []option
	for i := range list {
		company = append(company, entry(list[i].Named(), list[i].Name))
	}
	for _, key := range s.d.System.Prompts.All() {
		label := string(key)
		if name := "prompts.s_" + label; lang.Has(name) {
			label += " · " + v.say(name)
		}
		system = append(system, entry(string(key), label))
	}
	for _, said := range b.C.Prompts() {
		if !known[said.Prompt] {
			gone = append(gone, entry(said.Prompt, v.say("prompts.gone_name", "name", fault.Shorten(said.Prompt, 40))))
		}
	}
	out := append([]option{{"value": "", "label": v.say("prompts.none_chosen")}}, gone...)
	if len(company) > 0 {
		out = append(out, option{"group": v.say("prompts.group_own"), "options": company})
	}
	return append(out, option{"group": v.say("prompts.group_system"), "options": system}), nil
}

// questionsOf are those a script asks, to be answered by keys.
func (s *Server) questionsOf(v *visit, of campaign.Guide) (out []option, err error) {
	if of.Script == (id.ID{}) {
		return nil, nil
	}
	_, version, err := s.d.System.GetScript(v.r.Context(), v.company, of.Script, of.Version)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = nil // the part of the script says so
		}
		return nil, err
	}
	for i := range version.Read.Steps {
		for _, q := range version.Read.Steps[i].Ask {
			out = append(out, option{"value": q.ID, "label": fault.Shorten(q.Label.In(v.Tag), 60) + " (" + q.ID + ")"})
		}
	}
	return out, nil
}
