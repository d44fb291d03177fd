package compliance

import (
	"slices"

	"waihu/internal/timex"
)

// Kind is what a rule is about. The first eight are asked before every call, the
// rest bind while and after it (Terms).
type Kind string

const (
	Hours    Kind = "hours"    // calls only at these hours of the called person
	Attempts Kind = "attempts" // at most so many within a stretch of time
	Spacing  Kind = "spacing"  // so long after the last one
	Agreed   Kind = "consent"  // only with this basis
	List     Kind = "list"     // not if the number is on this do-not-call list
	Refusal  Kind = "refusal"  // not once they refused
	Shown    Kind = "caller"   // what the calling number must be
	Where    Kind = "place"    // only where place, rules and zone are known

	Ring        Kind = "ring"        // let it ring at least so long
	Message     Kind = "message"     // a person or a message within so long of the greeting
	Abandonment Kind = "abandonment" // the most that may be abandoned
	Recording   Kind = "recording"   // what must be said or agreed before recording
	Retention   Kind = "retention"   // how long what is kept
	Tell        Kind = "tell"        // what the called person must be told
)

// Choices lists them as a pack writes them.
func (Kind) Choices() []string {
	return []string{"hours", "attempts", "spacing", "consent", "list", "refusal", "caller", "place", "ring", "message", "abandonment", "recording", "retention", "tell"}
}

// asked tells whether rules of the kind are asked before a call.
func (k Kind) asked() bool { return slices.Index(k.Choices(), string(k)) < 8 }

// Purpose is what a campaign calls for; the words are those of usage.Purpose, and
// debt besides.
type Purpose string

const (
	Sales   Purpose = "sales"
	Service Purpose = "service"
	Survey  Purpose = "survey"
	Debt    Purpose = "debt"
)

// Choices lists them.
func (Purpose) Choices() []string { return []string{"sales", "service", "survey", "debt"} }

// Mode is how a campaign dials, in the words of usage.Mode. A robot speaks with a
// recorded or made voice.
type Mode string

const (
	Manual      Mode = "manual"
	Preview     Mode = "preview"
	Progressive Mode = "progressive"
	Predictive  Mode = "predictive"
	Robot       Mode = "robot"
)

// Choices lists them.
func (Mode) Choices() []string {
	return []string{"manual", "preview", "progressive", "predictive", "robot"}
}

// Line is what kind of line a number is, in the words of phone.Kind. A rule for
// some kinds of line also holds for numbers that do not tell theirs.
type Line string

const (
	AnyLine  Line = ""
	Mobile   Line = "mobile"
	Landline Line = "landline"
)

// Choices lists those that rules name.
func (Line) Choices() []string { return []string{"mobile", "landline"} }

// Basis is why a person may be called at all, in the words leads have.
type Basis string

const (
	NoBasis   Basis = ""          // nobody said
	Consented Basis = "consent"   // they agreed to be called
	Written   Basis = "written"   // in writing, for recorded and automatic calls
	Customer  Basis = "customer"  // an existing relation
	Requested Basis = "requested" // they asked for the call
	Published Basis = "published" // a business number they publish themselves
)

// Choices lists them; empty means nobody said.
func (Basis) Choices() []string {
	return []string{"consent", "written", "customer", "requested", "published"}
}

// Force is what stands behind a rule.
type Force string

const (
	Law      Force = "law"      // statute, regulation, or an authority's policy
	Code     Force = "code"     // a code of practice of an industry
	Draft    Force = "draft"    // published for comment; not in force as far as is known
	Practice Force = "practice" // what carriers and vendors keep to
	Own      Force = "own"      // a decision of this program's makers, or of a company
)

// Choices lists them.
func (Force) Choices() []string { return []string{"law", "code", "draft", "practice", "own"} }

// Confidence is how well a rule is known. A: its text was read in an official
// place. B: a dated report of the text. C: secondary or general knowledge; look it
// up before you rely on it.
type Confidence string

// Choices lists them.
func (Confidence) Choices() []string { return []string{"A", "B", "C"} }

// Known is where the reading of a rule comes from.
type Known string

const (
	Official Known = "official" // its text, in an official place
	Report   Known = "report"   // a dated report or copy of it
	Vendor   Known = "vendor"   // what vendors and counsel publish about it
	General  Known = "general"  // general knowledge
	Decision Known = "decision" // nobody's rule: it was decided here
)

// Choices lists them.
func (Known) Choices() []string {
	return []string{"official", "report", "vendor", "general", "decision"}
}

// Rule is one rule. Which fields it has besides the first group is told by its
// kind; validation refuses the others.
type Rule struct {
	Name       string     `json:"name"`  // stable, unique in all packs: us.hours; a company's begin with "own."
	Place      string     `json:"place"` // jurisdiction: US, US-FL, EU, FR; * is everywhere
	Kind       Kind       `json:"kind"`
	From       timex.Date `json:"from,omitzero"`      // first day it holds; zero: as far back as anybody asks
	To         timex.Date `json:"to,omitzero"`        // first day it holds no longer; zero: open
	Purposes   []Purpose  `json:"purposes,omitempty"` // none: every purpose
	Modes      []Mode     `json:"modes,omitempty"`    // none: every mode
	Lines      []Line     `json:"lines,omitempty"`    // none: every kind of line
	Unless     []Basis    `json:"unless,omitempty"`   // not for people with a valid basis of these
	Force      Force      `json:"force"`
	Source     string     `json:"source"`          // what to look up: an article, a document, an address
	Known      Known      `json:"known,omitempty"` // how it was read; a company's own may leave it out
	ReadOn     timex.Date `json:"read_on,omitzero"`
	Confidence Confidence `json:"confidence"`
	Tightens   string     `json:"tightens,omitempty"` // the rule of a larger place it goes beyond

	Hours    []Window `json:"hours,omitempty"`    // hours
	Calendar string   `json:"calendar,omitempty"` // hours: whose public holidays "holiday" means

	Most    int    `json:"most,omitempty"`         // attempts
	Within  Span   `json:"within,omitempty"`       // attempts: rolling; ring, message, spacing: the length
	EachDay bool   `json:"each_day,omitempty"`     // attempts: a calendar day instead of Within
	Counted Counts `json:"counted,omitempty"`      // attempts, spacing: which calls count
	Whole   bool   `json:"whole_person,omitempty"` // attempts, spacing: calls to any number of the person count

	Bases    []Basis `json:"bases,omitempty"`    // consent: which will do
	Evidence bool    `json:"evidence,omitempty"` // consent: it must be shown

	List  string `json:"list,omitempty"`       // list: its key
	Fresh int    `json:"fresh_days,omitempty"` // list: asked at most so many days ago; 0: being asked once is not required

	Caller []CallerNeed `json:"caller,omitempty"` // caller

	Share Share `json:"share,omitempty"` // abandonment
	Days  int   `json:"days,omitempty"`  // abandonment: window; retention

	Record  RecordingNeed `json:"record,omitempty"`   // recording
	Keep    []Kept        `json:"keep,omitempty"`     // retention
	Told    []Told        `json:"told,omitempty"`     // tell
	ToldMax Span          `json:"told_max,omitempty"` // tell: within so long of the answer; 0: at the start, without a number
}

// Window is when calls may be made on some days. From is in it, To is not.
type Window struct {
	Days string `json:"days"` // daily, weekdays, mon ... sun, mon-fri, holiday; several with commas
	From Wall   `json:"from"` // 08:00
	To   Wall   `json:"to"`   // 21:00; 24:00 is the end of the day
}

// Counts is which of the calls made before count.
type Counts string

const (
	Dialed    Counts = "attempts"  // every dial
	Talked    Counts = "talks"     // those a person answered and was spoken to
	Abandoned Counts = "abandoned" // those a person answered and nobody spoke to
)

// Choices lists them.
func (Counts) Choices() []string { return []string{"attempts", "talks", "abandoned"} }

// CallerNeed is what a calling number must be.
type CallerNeed string

const (
	Visible  CallerNeed = "shown"    // it is shown, not withheld
	Owned    CallerNeed = "owned"    // it is the company's own, or lent with the right to show it
	Callable CallerNeed = "callable" // somebody or a message answers who calls it back
)

// Choices lists them.
func (CallerNeed) Choices() []string { return []string{"shown", "owned", "callable"} }

// RecordingNeed is what recording a call needs.
type RecordingNeed string

const (
	NoticeNeed  RecordingNeed = "notice"  // they are told before it is recorded
	ConsentNeed RecordingNeed = "consent" // they agree to it
)

// Choices lists them.
func (RecordingNeed) Choices() []string { return []string{"notice", "consent"} }

// Kept is what must be kept.
type Kept string

const (
	KeepRecording Kept = "recording" // the sound
	KeepRecord    Kept = "record"    // numbers, times, outcome: what this room's ledger holds
	KeepConsent   Kept = "consent"   // the evidence of consent
)

// Choices lists them.
func (Kept) Choices() []string { return []string{"recording", "record", "consent"} }

// Told is what the called person must be told.
type Told string

const (
	TellName    Told = "name"    // who speaks
	TellCompany Told = "company" // on whose behalf
	TellPurpose Told = "purpose" // what the call is for
	TellNumber  Told = "number"  // where the company can be reached
	TellSource  Told = "source"  // where the number comes from
	TellRefuse  Told = "refuse"  // how to refuse further calls
	TellAsk     Told = "ask"     // asked whether they want to hear it at all
	TellRobot   Told = "robot"   // that a machine speaks
)

// Choices lists them.
func (Told) Choices() []string {
	return []string{"name", "company", "purpose", "number", "source", "refuse", "ask", "robot"}
}
