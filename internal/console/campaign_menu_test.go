package console

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/calling/campaign"
	"waihu/internal/id"
)

// automatic is a campaign without agents, and where its pages are.
func (d *desk) automatic(mode campaign.Mode) (at string, get func() campaign.Campaign) {
	d.t.Helper()
	plan := campaign.New("Spring", "sales", mode, 0)
	c, err := d.d.System.AddCampaign(d.t.Context(), d.company, plan)
	d.must(err)
	return d.at("/campaigns/" + c.ID.Named("cmp")), func() campaign.Campaign {
		c, err := d.d.System.GetCampaign(d.t.Context(), d.company, c.ID)
		d.must(err)
		return c.Campaign
	}
}

// TestKeysOfABroadcast are chosen from menus: what is kept is what was chosen, fields that
// belong to another deed are left out, and what is wrong stands beside its row.
func TestKeysOfABroadcast(t *testing.T) {
	d := newDesk(t)
	at, get := d.automatic(campaign.Broadcast)
	d.every(at + "/menu")
	finance := d.person(id.Platform, "fin@example.com", access.Finance)
	if !strings.Contains(d.page(at+"/menu"), "data-hear-chosen") || strings.Contains(finance.page(at+"/menu"), "data-hear-chosen") {
		t.Error("who may not hear prompts has buttons that play them, or who may has none")
	}
	form := []string{"message", "hello", "menu.machine", "left", "menu.patience", "20", "rate.channels", "50", "rate.minute", "300", "rows.menu.steps", "3",
		"menu.steps[0].id", "hello", "rows.menu.steps[0].keys", "4",
		"menu.steps[0].keys[0].key", "1", "menu.steps[0].keys[0].does", "agent", "menu.steps[0].keys[0].value", "stray",
		"menu.steps[0].keys[1].key", "2", "menu.steps[0].keys[1].does", "callback", "menu.steps[0].keys[1].after", "90", "menu.steps[0].keys[1].prompt", "later",
		"menu.steps[0].keys[2].key", "9", "menu.steps[0].keys[2].does", "refuse",
		"menu.steps[0].next", "step_2", "menu.steps[1].prompt", "bye", "menu.steps[1].most", "1"}
	d.keep(at, "menu", http.StatusSeeOther, form...)
	want := campaign.Menu{Machine: "left", Patience: 20, Steps: []campaign.MenuStep{
		{ID: "hello", Next: "step_2", Keys: []campaign.KeyAct{{Key: "1", Does: campaign.KeyAgent}, {Key: "2", Does: campaign.KeyCallback, After: 90, Prompt: "later"}, {Key: "9", Does: campaign.KeyRefuse}}},
		{ID: "step_2", Prompt: "bye", Most: 1}}}
	if c := get(); !reflect.DeepEqual(c.Menu, want) || c.Message != "hello" || c.Rate != (campaign.Rate{Channels: 50, Minute: 300}) {
		t.Errorf("%+v, %+v", c.Menu, c.Rate)
	}
	if page := d.page(at + "/menu"); !strings.Contains(page, `value="callback" selected`) || !strings.Contains(page, `value="step_2" selected`) {
		t.Error("what is kept is not shown")
	}
	page := d.keep(at, "menu", http.StatusUnprocessableEntity, "message", "hello", "rows.menu.steps", "1", "menu.steps[0].id", "a", "rows.menu.steps[0].keys", "2",
		"menu.steps[0].keys[0].key", "1", "menu.steps[0].keys[0].does", "end", "menu.steps[0].keys[1].key", "1", "menu.steps[0].keys[1].does", "end")
	if !strings.Contains(page, "stands there twice") {
		t.Error("a key that does two things")
	}
	d.keep(at, "pacing", http.StatusSeeOther, "ring_seconds", "30", "rows.x", "0")
	if c := get(); len(c.Menu.Steps) != 2 || c.Message != "hello" || c.RingSeconds != 30 {
		t.Errorf("another part changed it: %+v", c.Menu)
	}
}

// TestPressedKeysOfABroadcast stand on its results though it has no script, as a page and as
// files; what is no broadcast has none.
func TestPressedKeysOfABroadcast(t *testing.T) {
	d := newDesk(t)
	at, _ := d.automatic(campaign.Broadcast)
	d.keep(at, "menu", http.StatusSeeOther, "message", "hello", "rows.menu.steps", "1", "menu.steps[0].id", "a", "rows.menu.steps[0].keys", "1", "menu.steps[0].keys[0].key", "1", "menu.steps[0].keys[0].does", "agent")
	d.every(at + "/results")
	if page := d.page(at + "/results"); !strings.Contains(page, "Keys pressed") || !strings.Contains(page, "connects with an agent") || !strings.Contains(page, "/keys.xlsx") || strings.Contains(page, "/results.csv") || strings.Contains(page, `<div class="grid"></div>`) {
		t.Error("the keys, what they do or their files are not there, or files of answers nobody gave are")
	}
	if file := d.page(at + "/keys.csv"); !strings.Contains(file, "1,connects with an agent,0,0") {
		t.Errorf("%s", file)
	}
	d.page(at + "/keys.xlsx")
	robot, _ := d.automatic(campaign.Robot)
	if w := d.ask(robot+"/keys.csv", nil); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
}
