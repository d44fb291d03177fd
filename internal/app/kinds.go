package app

import (
	"slices"

	"waihu/internal/charging/budget"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/dispute"
	"waihu/internal/charging/dunning"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/life"
	"waihu/internal/charging/service"
	"waihu/internal/charging/wallet"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Kinds of records that the books keep. Companies, published plans and bill runs
// belong to the platform; all others to a company.
const (
	KindCompany     store.Kind = "company"     // Company; unique "name", index "by.name", "by.email", "by.series"
	KindPlan        store.Kind = "plan"        // PlanVersion; unique "version" (id@version), index "plan" (id)
	KindContract    store.Kind = "contract"    // Agreement; unique "contract" (the customer's word), index "state"
	KindContracts   store.Kind = "contracts"   // contractsKept, one a company, its identifier the company's: its revision rises with every change of a contract
	KindBilled      store.Kind = "billed"      // BilledPeriod, identifier of the invoice; index "contract"
	KindOpen        store.Kind = "open"        // Stretch that has no end yet; unique "stretch"
	KindWallet      store.Kind = "wallet"      // Purse; unique "name"
	KindRate        store.Kind = "rate"        // fx.Rate, of the platform; unique "rate" (pair and day)
	KindBudget      store.Kind = "budget"      // Budget; index "contract"
	KindOutage      store.Kind = "outage"      // service.Outage
	KindSample      store.Kind = "sample"      // service.Sample; unique "sample"
	KindSupport     store.Kind = "support"     // Support, of the platform; unique "name"
	KindTicket      store.Kind = "ticket"      // Ticket; index "state"
	KindRecording   store.Kind = "recording"   // Recording; index "state", "due" (day), "call", "held", "agent", "campaign", "number", "disposition"
	KindHearing     store.Kind = "hearing"     // Hearing; index "recording", "sitting"
	KindScoreForm   store.Kind = "score_form"  // ScoreForm; unique "version" (name@n)
	KindInspection  store.Kind = "inspection"  // Inspection; index "recording", "agent", "state"
	KindCalibration store.Kind = "calibration" // Calibration
	KindAssignment  store.Kind = "assignment"  // Assignment; index "contract"
	KindWaiver      store.Kind = "waiver"      // Waiver
	KindRun         store.Kind = "bill_run"    // Run; unique "run"
	KindStep        store.Kind = "bill_step"   // Step; unique "step" (run/contract/first day), index "run"
	KindMovement    store.Kind = "movement"    // Movement; index "invoice", "by.on", "by.amount"
	KindDispute     store.Kind = "dispute"     // Dispute; index "invoice", "state"
	KindCalling     store.Kind = "calling"     // calling, one a company, its identifier the company's
	KindAttempt     store.Kind = "attempt"     // Attempt that has no end yet; unique "call"
	KindPlanned     store.Kind = "planned"     // PlannedCall that nobody placed yet
)

// Company is a customer whose books are kept.
type Company struct {
	ID        id.ID            `json:"id"`
	Name      string           `json:"name"`
	Email     string           `json:"email,omitempty"` // for reminders and alerts
	Lang      string           `json:"lang,omitempty"`  // en, zh-Hant, zh-Hans
	Series    string           `json:"series,omitempty"`
	Foreign   []string         `json:"foreign_series,omitempty"` // of another installation: older documents are numbered in them
	Dunning   dunning.Schedule `json:"dunning,omitempty"`        // none: dunning.Usual
	Suspended bool             `json:"suspended,omitempty"`      // by dunning
	Held      string           `json:"held,omitempty"`           // by hand: the reason
	Brand     string           `json:"brand,omitempty"`          // word of the brand its people see; none: the standard one
	Revision  int64            `json:"revision"`
}

// PlanVersion is a plan as it was published. It never changes.
type PlanVersion struct {
	ID        id.ID             `json:"id"`
	Plan      string            `json:"plan"`
	Version   int               `json:"version"`
	Effective timex.Date        `json:"effective,omitzero"` // first day it can be bought
	File      string            `json:"file"`               // the text of the plan, YAML or JSON
	Decks     map[string]string `json:"decks,omitempty"`    // further files by name
	SHA256    string            `json:"sha256"`             // over all of it
}

// Name is the version as contracts name it.
func (p *PlanVersion) Name() string { return versionName(p.Plan, p.Version) }

// Agreement is a contract that is kept: the text its parties agreed on, and what
// became of it.
type Agreement struct {
	ID       id.ID      `json:"id"`
	Contract string     `json:"contract"` // the customer's word for it
	File     string     `json:"file"`     // the text of the contract, YAML or JSON
	Plan     string     `json:"plan"`     // id@version
	Life     life.Life  `json:"life"`
	Wallet   string     `json:"wallet,omitempty"`   // prepaid: calls and invoices are paid from it
	BilledTo timex.Date `json:"billed_to,omitzero"` // first day no issued invoice covers
	Advised  timex.Date `json:"advised,omitzero"`   // what BilledTo was when advice was told
	Position int64      `json:"position,omitempty"` // usage up to here is in issued invoices
	Last     id.ID      `json:"last,omitzero"`      // the newest invoice that stands
	Claims   []string   `json:"claims,omitempty"`   // what issued invoices charged for, the newest last
	Ahead    []Ahead    `json:"ahead,omitempty"`    // invoiced, not yet served
	Revision int64      `json:"revision"`
}

// Ahead is what was invoiced for service that reaches behind its invoice: a
// year paid in January is earned day by day.
type Ahead struct {
	Category string       `json:"category"`
	First    timex.Date   `json:"first"`
	After    timex.Date   `json:"after"`
	Net      money.Amount `json:"net"`
	Earned   money.Amount `json:"earned"` // of Net, so far
}

// maxClaims bounds what a contract remembers having charged: years of months.
const maxClaims = 5_000

// BilledPeriod is what an issued invoice stands at by what is known now.
type BilledPeriod struct {
	Invoice  id.ID          `json:"invoice"`
	Number   string         `json:"number"`
	Contract id.ID          `json:"contract"`
	First    timex.Date     `json:"first"`
	After    timex.Date     `json:"after"`
	Before   id.ID          `json:"before,omitzero"` // the contract's invoice before
	Claims   int            `json:"claims"`          // how many of the contract's claims are its own
	From     int64          `json:"from"`            // position of the contract before it was issued
	Owed     []Ahead        `json:"owed,omitempty"`  // what the contract had been invoiced ahead before it
	Inputs   invoice.Inputs `json:"inputs"`
	Promised []string       `json:"promised,omitempty"` // metrics of service the contract had promised by then
	Stands   []Stand        `json:"stands"`             // as issued, then as each later invoice corrected it
}

// Stand is the figures of a billed period at one time.
type Stand struct {
	By       id.ID                  `json:"by"`               // the invoice that booked it
	Facts    string                 `json:"facts"`            // digest
	Levels   map[string]string      `json:"levels,omitempty"` // service levels as measured
	Lines    []invoice.AdjustedLine `json:"lines"`
	Carry    []invoice.Carry        `json:"carry,omitempty"`
	Standing *contract.Standing     `json:"standing,omitempty"`
}

// now is what the period stands at.
func (b *BilledPeriod) now() *Stand { return &b.Stands[len(b.Stands)-1] }

// levels are the service levels it stands at; nil: none was promised or measured.
func (b *BilledPeriod) levels() map[string]string {
	if of := b.now().Levels; of != nil {
		return of
	}
	return b.Inputs.Levels
}

// promised tells whether a metric of service was promised when it was billed.
func (b *BilledPeriod) promised(metric string) bool {
	_, stated := b.Inputs.Levels[metric]
	return stated || slices.Contains(b.Promised, metric)
}

// Purse is a prepaid balance as it is kept beside its journal.
type Purse struct {
	ID        id.ID             `json:"id"`
	Name      string            `json:"name"`
	Contract  id.ID             `json:"contract,omitzero"` // whose prices its calls have
	Purse     wallet.Purse      `json:"purse"`
	Overdraft money.Amount      `json:"overdraft"`
	Rule      *wallet.TopUpRule `json:"top_up_rule,omitempty"`
	Levels    wallet.Levels     `json:"levels"`
	Day       timex.Date        `json:"day,omitzero"`      // UTC day of the last automatic top-up ...
	TopUps    int               `json:"top_ups,omitempty"` // ... and how many there were on it
	Taken     []Taken           `json:"taken,omitempty"`   // by calls that no invoice has yet
	Revision  int64             `json:"revision"`
}

// Taken is what prepaid calls of one billing period took.
type Taken struct {
	First  timex.Date   `json:"first"`
	Amount money.Amount `json:"amount"`
}

// takenTo is what calls took up to a period: of earlier ones, those that came
// late, which its invoice has among its adjustments.
func (p *Purse) takenTo(first timex.Date) (out []Taken) {
	for _, t := range p.Taken {
		if t.First <= first {
			out = append(out, t)
		}
	}
	return out
}

// invoiced takes off what an invoice has now, and gives the sum of it. What calls
// took since the invoice was drafted is left for the next.
func (p *Purse) invoiced(taken []Taken) (money.Amount, error) {
	sum := money.Zero(p.Purse.Currency)
	for _, t := range taken {
		i := slices.IndexFunc(p.Taken, func(now Taken) bool { return now.First == t.First })
		if i < 0 {
			continue
		}
		n := min(t.Amount.Micros(), p.Taken[i].Amount.Micros())
		p.Taken[i].Amount = money.Micros(p.Taken[i].Amount.Micros()-n, sum.Currency())
		var err error
		if sum, err = sum.Add(money.Micros(n, sum.Currency())); err != nil {
			return sum, err
		}
	}
	p.Taken = slices.DeleteFunc(p.Taken, func(t Taken) bool { return t.Amount.IsZero() })
	return sum, nil
}

// take adds a call to what its period took.
func (p *Purse) take(first timex.Date, amount money.Amount) error {
	for i := range p.Taken {
		if t := &p.Taken[i]; t.First == first {
			sum, err := t.Amount.Add(amount)
			t.Amount = sum
			return err
		}
	}
	p.Taken = append(p.Taken, Taken{first, amount})
	return nil
}

// Budget is a budget of a contract and how far it has come in a period. It
// watches what the running period will cost by what is known, before tax: fixed
// fees, seats and modules for the whole period, calls so far. That is the draft
// invoice, and the calls since it was made at list price (see periodCost): between
// drafts, an hour at most, a budget may stop early and never late.
type Budget struct {
	ID        id.ID  `json:"id"`
	Name      string `json:"name"`
	Contract  id.ID  `json:"contract"`
	Component string `json:"component,omitempty"` // of this component alone; none: of all
	budget.Budget
	Period   timex.Date `json:"period,omitzero"` // first day of the period that Told is of
	Told     int        `json:"told"`
	Revision int64      `json:"revision"`
}

// Ticket is a support ticket.
type Ticket struct {
	ID      id.ID  `json:"id"`
	Subject string `json:"subject"`
	Plan    string `json:"plan"` // of support: its promise and hours
	State   string `json:"state"`
	service.Ticket
	Words    []TicketWord `json:"words,omitempty"`
	Revision int64        `json:"revision"`
}

// Movement is money that moved outside of what invoices ask, as people know it: the
// journal has the accounts, this the day at the bank and the words.
type Movement struct {
	ID      id.ID         `json:"id"`
	What    MovementKind  `json:"what"`
	Invoice id.ID         `json:"invoice,omitzero"`
	Number  string        `json:"number,omitempty"` // of the invoice
	Amount  money.Amount  `json:"amount"`           // as it came, went or was given up
	Pays    money.Amount  `json:"pays,omitzero"`    // of the invoice, in its currency
	Over    money.Amount  `json:"over,omitzero"`    // beyond what was open: the customer's
	On      timex.Date    `json:"on"`
	Note    string        `json:"note,omitempty"`
	Booked  timex.Instant `json:"booked"`
}

// MovementKind is which way the money went.
type MovementKind string

const (
	MovedIn    MovementKind = "payment"
	MovedAhead MovementKind = "paid_ahead"
	MovedBack  MovementKind = "refund"
	MovedOff   MovementKind = "write_off" // nobody will pay it
	MovedFx    MovementKind = "fx"        // lost or won on the rates
)

// Dispute is a customer's objection to an invoice.
type Dispute struct {
	ID       id.ID  `json:"id"`
	Invoice  id.ID  `json:"invoice"`
	Number   string `json:"number"` // of the invoice
	Contract id.ID  `json:"contract"`
	dispute.Dispute
	Note       id.ID  `json:"note,omitzero"` // the credit note that granted it
	NoteNumber string `json:"note_number,omitempty"`
	Revision   int64  `json:"revision"`
}

// Stretch is a seat, session, module or rental that goes on.
type Stretch struct {
	ID       id.ID         `json:"id"`
	What     string        `json:"what"` // seat, session, module, rental
	Of       string        `json:"of"`   // user, module or item
	Type     string        `json:"type,omitempty"`
	State    string        `json:"state,omitempty"`
	Contract id.ID         `json:"contract"`
	From     timex.Instant `json:"from"`
	Revision int64         `json:"revision"`
}

// Run is one closing of periods.
type Run struct {
	ID      id.ID      `json:"id"`
	Until   timex.Date `json:"until"`            // periods that end on this day or before are closed
	Issue   timex.Date `json:"issue"`            // date on the invoices
	Only    id.ID      `json:"only,omitzero"`    // this company alone
	State   string     `json:"state"`            // running, done
	Company id.ID      `json:"company,omitzero"` // the last that is done
	Counts  RunCounts  `json:"counts"`
}

// RunCounts is what a run has come to.
type RunCounts struct {
	Contracts int            `json:"contracts"` // looked at
	Issued    int            `json:"issued"`
	Held      int            `json:"held"` // need a decision
	Totals    []money.Amount `json:"totals,omitempty"`
}

// Step is what became of one period of one contract in a run.
type Step struct {
	Run      id.ID        `json:"run"`
	Contract id.ID        `json:"contract"`
	First    timex.Date   `json:"first"`
	After    timex.Date   `json:"after"`
	Invoice  id.ID        `json:"invoice,omitzero"`
	Number   string       `json:"number,omitempty"`
	State    string       `json:"state"` // issued, held
	Why      string       `json:"why,omitempty"`
	Total    money.Amount `json:"total,omitzero"`
}
