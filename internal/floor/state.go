package floor

import (
	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/calling/pacing"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Documents of the floor, as pages and programs read them. Identifiers have their
// nouns; instants that are not there are left out.

// Agent is an agent at work.
type Agent struct {
	Agent    string        `json:"agent" example:"user_01jd8..."`
	Name     string        `json:"name"`
	Campaign string        `json:"campaign" example:"cmp_01jd8..."`
	Contract string        `json:"contract,omitempty" example:"con_01jd8..." doc:"Whose seat they have."`
	Seat     string        `json:"seat" doc:"Type of the seat: agent, supervisor or a company's own."`
	State    agent.State   `json:"state" enum:"paused,ready,reserved,talking,wrap_up"`
	Since    timex.Instant `json:"since" format:"date-time" doc:"Of the state."`
	Reason   string        `json:"reason,omitempty" doc:"Of a pause: log_in, gone, missed, forced, freed, or words."`
	Until    timex.Instant `json:"until,omitzero" format:"date-time" doc:"Writing up ends then, or a lead that is shown is dialed by itself."`
	Then     agent.State   `json:"then,omitempty" enum:"paused,out" doc:"After the call and its writing up."`
	ThenFor  string        `json:"then_for,omitempty"`
	Logged   timex.Instant `json:"logged" format:"date-time"`
	Line     bool          `json:"line" doc:"Their telephone or browser is on the line."`
	Ahead    int           `json:"ahead,omitempty" doc:"Who is ready: others who get a call before."`
	Call     *Call         `json:"call,omitempty"`
	Forced   *ForcedPause  `json:"forced,omitempty" doc:"A supervisor made them pause: ready is refused until a supervisor ends it."`
	Today    AgentDay      `json:"today"`
}

// ForcedPause is a pause a supervisor made.
type ForcedPause struct {
	By    string        `json:"by" doc:"Who made it: user_..., or a key."`
	Name  string        `json:"name,omitempty"`
	Since timex.Instant `json:"since" format:"date-time"`
	Why   string        `json:"why"`
}

// AgentDay is what an agent did today, by the clock of the contract, over all log-ins.
type AgentDay struct {
	Calls   int   `json:"calls" doc:"Conversations that are written up."`
	Sales   int   `json:"sales"`
	Talked  int64 `json:"talked_seconds"`
	Wrapped int64 `json:"wrapped_seconds"`
	Ready   int64 `json:"ready_seconds"`
	Paused  int64 `json:"paused_seconds"`
}

// CallStep is where the call of an agent is.
type CallStep string

// Steps, in their order.
const (
	Shown   CallStep = "shown" // to the agent, and not dialed yet
	Dialing CallStep = "dialing"
	Ringing CallStep = "ringing"
	Here    CallStep = "answered" // and not joined yet
	Talking CallStep = "talking"
	Without CallStep = "without_agent" // handed over, or a message is left
	Ended   CallStep = "ended"
)

// Call is the call an agent has.
type Call struct {
	Try      string        `json:"try" example:"try_01jd8..."`
	Lead     string        `json:"lead" example:"lead_01jd8..."`
	Inbound  bool          `json:"inbound,omitempty" doc:"They were called before, and call back: caller_id is the number they dialled."`
	Name     string        `json:"name,omitempty" doc:"Of who is called."`
	Number   phone.Number  `json:"number"`
	CallerID phone.Number  `json:"caller_id,omitempty" doc:"The number that is shown to them."`
	Step     CallStep      `json:"step" enum:"shown,dialing,ringing,answered,talking,without_agent,ended"`
	Began    timex.Instant `json:"began" format:"date-time"`
	Answered timex.Instant `json:"answered,omitzero" format:"date-time"`
	Joined   timex.Instant `json:"joined,omitzero" format:"date-time"`
	Ended    timex.Instant `json:"ended,omitzero" format:"date-time"`
	Ordinal  int           `json:"ordinal" doc:"Which try of this lead it is, from 1."`
	Held     bool          `json:"held,omitempty"`
	Recorded bool          `json:"recorded,omitempty" doc:"Its recording runs."`
	Lost     bool          `json:"recording_lost,omitempty" doc:"It was to be recorded and is not, or not any more: its file cannot be written."`
	Silenced bool          `json:"recording_paused,omitempty"`
	With     []Third       `json:"with,omitempty" doc:"Targets of the campaign who were called into it, and have not left."`
	Beside   []Colleague   `json:"beside,omitempty" doc:"Agents who were brought into the call and help in it."`
	Of       string        `json:"of,omitempty" doc:"One helps in the call of this agent (name): it is theirs to write up."`
	Heard    []Hearer      `json:"heard,omitempty" doc:"Supervisors who take part."`
	Said     string        `json:"disposition,omitempty" doc:"What it comes to, unless that is changed or taken back (retract)."`
	Agreed   *Appointment  `json:"callback,omitempty" doc:"Chosen with it."`
	Refused  bool          `json:"refused,omitempty" doc:"They are on the do-not-call list, whatever the call comes to."`
}

// Third is somebody outside who was called into a call.
type Third struct {
	Name   string        `json:"name" doc:"Of the target."`
	Number phone.Number  `json:"number"`
	Rings  bool          `json:"rings,omitempty" doc:"They have not answered yet."`
	Since  timex.Instant `json:"since" format:"date-time" doc:"They ring, or are in the call."`
}

// Hearer is a supervisor who takes part in a call.
type Hearer struct {
	Who string  `json:"who"`
	How Hearing `json:"how" enum:"listen,whisper,barge"`
}

// Colleague is an agent beside another.
type Colleague struct {
	Agent string        `json:"agent" example:"user_01jd8..."`
	Name  string        `json:"name"`
	Since timex.Instant `json:"since" format:"date-time" doc:"Ready, or in the call."`
}

// Colleagues are agents of the same campaign who can take a call now.
type Colleagues struct {
	At    timex.Instant `json:"at" format:"date-time"`
	Ready []Colleague   `json:"ready" doc:"Who waits longest first, 50 at most."`
	More  int           `json:"more,omitempty" doc:"So many others are ready."`
}

// Desk is everything one agent's desk shows at a moment.
type Desk struct {
	Session string `json:"session" doc:"Of this log-in: what is asked for later names it."`
	Agent
	Person *Person  `json:"person,omitempty" doc:"Who the call is with."`
	Notes  string   `json:"notes,omitempty"`
	Notice []Notice `json:"notices,omitempty" doc:"What the agent must know, the newest last."`
	Next   Next     `json:"next"`
	Last   *Written `json:"last,omitempty" doc:"The last call that was written up."`
}

// Next is what an agent who is ready may expect.
type Next struct {
	Ahead  int `json:"ahead" doc:"Agents who get a call before."`
	Flying int `json:"in_flight" doc:"Dials that may be answered."`
	Least  int `json:"least_seconds,omitempty" doc:"The next call comes between this and most_seconds from now, in three cases of five."`
	Most   int `json:"most_seconds,omitempty" doc:"Absent: nobody can say."`
}

// Written is a call that was written up.
type Written struct {
	Try         string        `json:"try"`
	Name        string        `json:"name,omitempty"`
	Disposition string        `json:"disposition"`
	At          timex.Instant `json:"at" format:"date-time"`
}

// Notice is something an agent must know.
type Notice struct {
	Code string        `json:"code" enum:"elsewhere,seat_taken,contract_stopped,forced_pause,pause_ended,refusal_stands,forced_out,line_gone,line_back,campaign_stopped,recording_lost,not_come"`
	At   timex.Instant `json:"at" format:"date-time"`
	Why  string        `json:"why,omitempty"`
	Text lang.Text     `json:"text"`
}

// Person is a lead as an agent sees it.
type Person struct {
	Lead     string            `json:"lead"`
	List     string            `json:"list"`
	Key      string            `json:"key,omitempty"`
	Name     string            `json:"name,omitempty"`
	Numbers  []PersonNumber    `json:"numbers"`
	Address  lead.Address      `json:"address,omitzero"`
	Zone     string            `json:"time_zone,omitempty" doc:"On whose clock callbacks are agreed."`
	Language string            `json:"language,omitempty"`
	Fields   map[string]string `json:"fields,omitempty"`
	Consent  lead.Consent      `json:"consent,omitzero"`
	Callback *Appointment      `json:"callback,omitempty" doc:"This call was agreed."`
	Attempts int               `json:"attempts"`
	History  []Past            `json:"history" doc:"Tries before this one, the newest first."`
}

// PersonNumber is a line of a person.
type PersonNumber struct {
	Number phone.Number `json:"number"`
	Label  string       `json:"label,omitempty"`
}

// Appointment is a callback.
type Appointment struct {
	At     timex.Instant `json:"at" format:"date-time"`
	Zone   string        `json:"time_zone" maxLength:"60" doc:"In which it was agreed."`
	Mine   bool          `json:"mine,omitempty" doc:"Only this agent calls back; absent: anyone."`
	Number phone.Number  `json:"number,omitempty"`
	Notes  string        `json:"notes,omitempty" maxLength:"2000"`
}

// Past is a try of the past.
type Past struct {
	At          timex.Instant `json:"at" format:"date-time"`
	Number      phone.Number  `json:"number"`
	Agent       string        `json:"agent,omitempty"`
	Result      usage.Result  `json:"result,omitempty"`
	Disposition string        `json:"disposition,omitempty"`
	Notes       string        `json:"notes,omitempty"`
}

// Campaign is what goes on in a campaign.
type Campaign struct {
	Campaign string              `json:"campaign" example:"cmp_01jd8..."`
	Name     string              `json:"name"`
	Mode     campaign.Mode       `json:"mode"`
	Purpose  usage.Purpose       `json:"purpose"`
	Status   campaign.Status     `json:"status"`
	Live     bool                `json:"live" doc:"It is driven now; else nobody is logged in to it."`
	Node     string              `json:"node,omitempty" doc:"That drives it."`
	At       timex.Instant       `json:"at" format:"date-time"`
	Agents   map[agent.State]int `json:"agents"`
	Dialing  int                 `json:"dialing" doc:"Dials nobody answered yet."`
	Waiting  int                 `json:"waiting" doc:"Persons on the line without an agent."`
	Talking  int                 `json:"talking"`
	Today    Day                 `json:"today"`
	Ledger   Ledger              `json:"ledger"`
	Pacing   Pacing              `json:"pacing"`
	Leads    []LeadCount         `json:"leads"`
	Why      []Reason            `json:"why" doc:"What holds calls back, the strongest first. Empty: nothing does."`
}

// Day is what a campaign came to on a day of its contract.
type Day struct {
	Day           timex.Date   `json:"day"`
	Tries         int          `json:"tries" doc:"That were dialed."`
	Answered      int          `json:"answered" doc:"By persons."`
	Conversations int          `json:"conversations"`
	Sales         int          `json:"sales"`
	Abandoned     int          `json:"abandoned"`
	Talked        int64        `json:"talked_seconds"`
	Spent         money.Amount `json:"spent,omitzero" doc:"At list prices, before tax."`
	Conversation  money.Amount `json:"cost_per_conversation,omitzero" doc:"Of calls alone."`
}

// Ledger is the record of abandoned calls over the window of the law.
type Ledger struct {
	Days      int     `json:"days"`
	Answered  int     `json:"answered"`
	Abandoned int     `json:"abandoned"`
	Share     float64 `json:"share" doc:"Abandoned of answered."`
	Most      float64 `json:"most" doc:"That may be abandoned."`
	Room      float64 `json:"room" doc:"Calls that may still be abandoned."`
}

// Pacing is the account of the last decision.
type Pacing struct {
	Held     pacing.Reason `json:"held_by,omitempty" doc:"What kept one more dial from being placed."`
	Risk     float64       `json:"risk" doc:"Chance that one more answer finds everybody busy."`
	Allowed  float64       `json:"allowed"`
	Flying   int           `json:"in_flight"`
	Expected float64       `json:"expected_answers"`
	Releases float64       `json:"expected_releases"`
	Ahead    int           `json:"leads_at_hand"`
}

// LeadCount is how many leads of a campaign are in a state.
type LeadCount struct {
	State lead.State `json:"state"`
	Rule  string     `json:"rule,omitempty" doc:"Of those that are forbidden."`
	Count int64      `json:"count"`
}

// Reason is why a campaign does not dial, or not more.
type Reason struct {
	Code  string    `json:"code" doc:"A stable name: state.paused, agents.none, pacing.risk, rule.<rule>, leads.exhausted ..."`
	Count int64     `json:"count,omitempty" doc:"Of leads, agents or calls it holds back."`
	Text  lang.Text `json:"text"`
}

// Overview is everything at one moment.
type Overview struct {
	Seq       int64         `json:"seq"`
	At        timex.Instant `json:"at" format:"date-time"`
	Campaigns []Campaign    `json:"campaigns"`
	Agents    []Agent       `json:"agents"`
	Standing  []string      `json:"standing" doc:"Whose telephone or browser is on the line, agents and supervisors."`
}

// Sheet is what a desk needs to know of a campaign, once.
type Sheet struct {
	Campaign     string                `json:"campaign"`
	Name         string                `json:"name"`
	Purpose      usage.Purpose         `json:"purpose"`
	Mode         campaign.Mode         `json:"mode"`
	Script       campaign.Script       `json:"script"`
	Form         []campaign.Field      `json:"form"`
	Guide        bool                  `json:"guide,omitempty" doc:"Its script has versions and questions: /v1/tries/{try}/answers leads through it."`
	Dispositions []attempt.Disposition `json:"dispositions" doc:"That an agent may choose, in the order of their keys."`
	Targets      []campaign.Target     `json:"targets" doc:"Whom a call can be handed to."`
	WrapUp       int                   `json:"wrap_up_seconds"`
	Preview      int                   `json:"preview_seconds,omitempty"`
	Voicemail    bool                  `json:"voicemail" doc:"A message can be left on a machine."`
	Record       bool                  `json:"record"`
	Pauses       []string              `json:"pauses" doc:"Reasons that are usual; others are words."`
}
