package console

import (
	"net/http"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/lang"
	"waihu/internal/store"
)

func (s *Server) floorPages() {
	s.page("GET /c/{company}/desk", access.FloorWork, s.desk)
	s.page("GET /c/{company}/wallboard", access.FloorWatch, s.wallboard)
	s.page("GET /c/{company}/wallboard/health", access.FloorWatch, s.healthEvents)
	s.mux.HandleFunc("GET /clock", clock)
}

// clock tells the server's time in milliseconds, and by coming back how far away the
// server is. It asks nobody who they are, and no books.
func clock(w http.ResponseWriter, _ *http.Request) {
	_ = answerJSON(w, http.StatusOK, map[string]int64{"now": time.Now().UnixMilli()}) // the client went away
}

// island is what the modules of the floor's pages need to know.
type island struct {
	Company   string            `json:"company"`
	User      string            `json:"user"`
	Session   string            `json:"session,omitempty"` // of the log-in on the floor that counts; empty: there is none
	Now       int64             `json:"now"`               // the server's, in milliseconds
	Tag       lang.Tag          `json:"tag"`
	Zone      string            `json:"zone"` // of the times on the page
	Pass      string            `json:"pass"` // where the telephone gets its log-in; empty: nobody can call from here
	JsSIP     string            `json:"jssip"`
	Health    string            `json:"health,omitempty"` // events of trunks and of calling numbers
	Supervise bool              `json:"supervise,omitempty"`
	Targets   map[string]string `json:"targets,omitempty"` // of the wallboard's numbers
	Names     map[string]string `json:"names"`             // of dispositions every company begins with, by their English
	Words     map[string]string `json:"words"`
}

// builtinName begins the phrases that name the dispositions every company begins with.
const builtinName = "dispositions.c_"

// outcomesOf are those names in a language. A disposition a company renamed has its own
// words, and is not found here.
func outcomesOf(tag lang.Tag) map[string]string {
	out := map[string]string{}
	for _, d := range attempt.Builtin() {
		if key := builtinName + d.Code; lang.Has(key) {
			out[d.Name] = lang.Phrase(tag, key, nil)
		}
	}
	return out
}

// jssip is the part that speaks SIP; it is fetched when a telephone is connected.
const jssip = "vendor/jssip-3.13.8.min.js"

// islandOf tells a module who looks, and gives it words of its page. It lets the page
// reach where telephones log in.
func (s *Server) islandOf(w http.ResponseWriter, v *visit, words ...string) (island, error) {
	at, err := s.assets.address(jssip)
	out := island{Company: v.company.Named("co"), User: agentOf(v), Now: time.Now().UnixMilli(), Tag: v.Tag, Zone: v.loc().String(), JsSIP: at, Supervise: v.may(access.FloorSupervise), Names: outcomesOf(v.Tag), Words: wordsOf(v.Tag, words...)}
	if t := s.d.Telephone; t != nil && t.Browsers() != "" && v.may(access.CallPlace) {
		w.Header().Set("Content-Security-Policy", strings.Replace(policy, "connect-src 'self'", "connect-src 'self' "+t.Browsers(), 1))
		out.Pass = v.at("/telephone/pass")
	}
	return out, err
}

// gaps stay in the words a module is given: it fills them in itself.
var gaps = map[string]string{"n": "{n}", "of": "{of}", "name": "{name}", "time": "{time}", "why": "{why}", "key": "{key}", "amount": "{amount}"}

// wordsOf are the phrases of the given beginnings.
func wordsOf(tag lang.Tag, beginnings ...string) map[string]string {
	out := map[string]string{}
	for _, begin := range beginnings {
		for _, key := range lang.Keys(begin) {
			out[key] = lang.Phrase(tag, key, gaps)
		}
	}
	return out
}

// deskCampaign is a campaign an agent may log in to.
type deskCampaign struct {
	ID, Name, Mode, Purpose string
	Paused                  bool
}

// mostCampaigns bounds those an agent chooses from.
const mostCampaigns = 200

// deskBody is the agent's desk before anybody has logged in to a campaign.
type deskBody struct {
	Boot      island
	Campaigns []deskCampaign
	Home      string
	Able      bool // browsers can call here
	Keys      []deskKey
}

// deskKey is a key of the desk and what it does.
type deskKey struct{ Key, What string }

// desk is the one page an agent works on; what it shows comes from the floor.
func (s *Server) desk(w http.ResponseWriter, _ *http.Request, v *visit) error {
	b := deskBody{Home: v.at(""), Keys: deskKeys(v)}
	var err error
	if b.Boot, err = s.islandOf(w, v, "desk.", "choice.result."); err != nil {
		return err
	}
	b.Able = b.Boot.Pass != ""
	if s.d.Seated != nil {
		if b.Boot.Session, err = s.d.Seated(v.r.Context(), v.company, b.Boot.User); err != nil {
			return err
		}
	}
	for _, state := range []campaign.State{campaign.Running, campaign.Paused} {
		list, err := s.d.System.Campaigns(v.r.Context(), v.company, state, store.Page{Limit: mostCampaigns, Down: true})
		if err != nil {
			return err
		}
		for i := range list {
			b.Campaigns = append(b.Campaigns, deskCampaignOf(v, &list[i]))
		}
	}
	s.render(w, v, http.StatusOK, "desk", &Page{Title: v.say("nav.desk"), Here: v.at("/desk"), Full: true, Island: "desk", Body: b})
	return nil
}

func deskCampaignOf(v *visit, c *app.Campaign) deskCampaign {
	return deskCampaign{ID: c.ID.Named("cmp"), Name: c.Name, Mode: lang.Choice(v.Tag, "mode", string(c.Mode)), Purpose: lang.Choice(v.Tag, "purpose", string(c.Purpose)), Paused: c.Status.State == campaign.Paused}
}

// deskKeys are the keys in the order of the help.
func deskKeys(v *visit) []deskKey {
	return []deskKey{
		{"F2", v.say("desk.key_ready")}, {"P", v.say("desk.key_pause")}, {"Enter", v.say("desk.key_enter")}, {"S", v.say("desk.key_skip")}, {"F4", v.say("desk.key_hang_up")},
		{"1–9", v.say("desk.key_outcome")}, {"Z", v.say("desk.key_undo")}, {"C", v.say("desk.key_callback")}, {"N", v.say("desk.key_notes")},
		{"M", v.say("desk.key_mute")}, {"H", v.say("desk.key_hold")}, {"T", v.say("desk.key_transfer")}, {"K", v.say("desk.key_keypad")}, {"V", v.say("desk.key_voicemail")}, {"R", v.say("desk.key_recording")},
		{"A", v.say("desk.key_script")}, {"Esc", v.say("desk.key_escape")}, {"?", v.say("desk.key_help")},
	}
}
