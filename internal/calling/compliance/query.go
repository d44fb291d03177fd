package compliance

import (
	"time"

	"waihu/internal/phone"
	"waihu/internal/timex"
)

// Query is one number of one lead as it stands: all the question looks at besides
// the campaign and the instant. Nothing of it is changed or kept.
type Query struct {
	Number    phone.Number
	Line      Line
	ByNumber  Place // Packs.OfNumber
	ByAddress Place // Packs.OfAddress; zero: no address
	Consent   Consent
	Refused   Refused
	Marks     []Mark  // do-not-call lists the number is on
	Asked     []Asked // when lists were asked; the same slice for all leads that were asked together
	Past      []Past  // calls of the company to this person or this number, the earliest first; those of the last MaxBack count
	Caller    Caller
}

// MaxBack is how far back a rule may count: what is older need not be told.
const MaxBack = 400 * 24 * time.Hour

// Consent is the basis of calling with what proves it.
type Consent struct {
	Basis    Basis
	Evidence bool // it can be shown
	At       timex.Instant
	Until    timex.Instant // zero: it does not run out
}

// Refused is when and where they said no; zero: they did not.
type Refused struct {
	Yes    bool          // they did, though nobody may know when
	At     timex.Instant // not zero: they did, from then on
	Source string        // agent, key press, letter, import
}

// Mark is one do-not-call list the number is on.
type Mark struct {
	List   string
	Source string // where the mark comes from
	Since  timex.Instant
	Until  timex.Instant // zero: for good
}

// Asked is when a list was last asked about this number, or loaded whole.
type Asked struct {
	List string
	At   timex.Instant
}

// Past is one call made before.
type Past struct {
	At        timex.Instant // when it was dialed
	Number    phone.Number
	Talked    bool // a person answered and was spoken to
	Abandoned bool // a person answered and nobody spoke to them
}

// Caller is the number that will be shown.
type Caller struct {
	Number   phone.Number
	Shown    bool
	Owned    bool
	Callable bool
}

// Cause is how a rule holds a call back.
type Cause string

const (
	Closed      Cause = "closed"       // hours: it is not the time
	NoCalendar  Cause = "no_calendar"  // hours: the year's public holidays are not known
	UsedUp      Cause = "used_up"      // attempts
	TooSoon     Cause = "too_soon"     // spacing
	NoConsent   Cause = "none"         // consent: nobody said there is any
	WrongBasis  Cause = "wrong_basis"  // consent: the basis there is will not do
	NotYet      Cause = "not_yet"      // consent: it begins later
	RunOut      Cause = "run_out"      // consent: it ended
	NoEvidence  Cause = "no_evidence"  // consent: it cannot be shown
	Listed      Cause = "listed"       // list: the number is on it
	NotAsked    Cause = "not_asked"    // list: nobody looked
	Stale       Cause = "stale"        // list: it was asked too long ago
	Said        Cause = "refused"      // refusal
	Hidden      Cause = "hidden"       // caller: withheld, or there is none
	NotOwned    Cause = "not_owned"    // caller
	NotCallable Cause = "not_callable" // caller
	NoPlace     Cause = "no_place"     // place: neither number nor address tells the country
	NoPack      Cause = "no_pack"      // place: no rules are known for it
	NoZone      Cause = "no_zone"      // place: nor its time zone
)

// Choices lists them.
func (Cause) Choices() []string {
	return []string{"closed", "no_calendar", "used_up", "too_soon", "none", "wrong_basis", "not_yet", "run_out", "no_evidence", "listed", "not_asked", "stale", "refused", "hidden", "not_owned", "not_callable", "no_place", "no_pack", "no_zone"}
}

// Hold is one rule that holds the call back, with the facts it does so by.
type Hold struct {
	Rule   *Rule
	Cause  Cause
	Zone   *time.Location // hours, attempts of a day: in which zone
	Count  int            // attempts: how many there were
	Basis  Basis          // consent: the one there is
	Source string         // list, refusal: where it comes from
	Place  string         // place: the code without rules or zone
	Since  timex.Instant  // list, refusal: from when; attempts, spacing: the last call that counts; consent, stale: when
	Until  timex.Instant  // when this rule by itself lets go; zero: not by waiting
}

// Answer is what came of a question. Its memory is used again by the next one.
type Answer struct {
	OK    bool
	Until timex.Instant // OK: at least until then, if nothing else changes
	Again timex.Instant // not OK: the first instant at which it may be called; zero: not by waiting, or not within Horizon
	Holds []Hold        // not OK: every rule that holds it back, in the order of the book
}

// Horizon is how far ahead Until and Again look.
const Horizon = 92 * 24 * time.Hour
