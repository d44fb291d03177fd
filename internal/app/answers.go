package app

import (
	"context"
	"reflect"
	"slices"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/script"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
)

const (
	// KindSheet holds a Sheet, its identifier the try's; index "campaign".
	KindSheet store.Kind = "sheet"
	// KindQuotas holds the places that are taken, its identifier the campaign's.
	KindQuotas store.Kind = "quotas"
)

// Sheet is what was answered in one try.
type Sheet struct {
	Try      id.ID          `json:"try"`
	Campaign id.ID          `json:"campaign"`
	Script   id.ID          `json:"script"`
	Version  int            `json:"version"`
	Edit     int64          `json:"edit"` // of who wrote it last, rising
	Sheet    script.Sheet   `json:"sheet"`
	Path     []string       `json:"path"`
	At       string         `json:"at,omitempty"` // the step where it stands; empty: it is over
	End      script.End     `json:"end,omitzero"`
	Full     string         `json:"full,omitempty"` // the quota that ended it
	Quotas   []string       `json:"quotas,omitempty"`
	Answers  script.Answers `json:"answers"`
	Lead     id.ID          `json:"lead"`
	Key      string         `json:"key,omitempty"` // the company's own identifier of the lead
	Number   phone.Number   `json:"number"`
	Agent    string         `json:"agent,omitempty"`
	Since    timex.Instant  `json:"since"`
	Saved    timex.Instant  `json:"saved"`
	Outcome  string         `json:"outcome,omitempty"` // disposition, once the try is closed: it never changes then
}

// quotasTaken is how many places of each quota of a campaign are taken.
type quotasTaken struct {
	Taken map[string]int `json:"taken"`
}

// Asking is a sheet with its script and the words to fill in, for whoever shows it.
type Asking struct {
	Sheet
	Read     *script.Script
	Fields   map[string]string
	Language string   // of the lead, as the list says it
	Missing  []string // required questions of the step without an answer
}

// PutAnswers is what an agent wrote so far in one call.
type PutAnswers struct {
	Try   id.ID
	Edit  int64 // rises with every change; what comes late is told by it
	Sheet script.Sheet
	Only  string // the agent whose call it must be; empty: anybody's
	Said  string // name of the agent, for texts
}

// PutAnswers keeps the answers of a call that is not closed. The same edit again
// changes nothing, and one that comes behind a later one is passed over: both give
// what is kept. A place of each quota the person belongs to is taken with it, so that
// no quota has more people than places; a full one ends the script.
func (s *System) PutAnswers(ctx context.Context, c id.Company, in PutAnswers) (out Asking, err error) {
	defer fault.Wrap(&err, "answers")
	if in.Edit < 1 {
		return out, fault.New(fault.Invalid, "edit %d: a number from 1 on was expected, higher with every change", in.Edit)
	}
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		a, r, err := s.asking(tx, c, in.Try, in.Only, in.Said)
		if err != nil {
			return err
		}
		switch {
		case in.Edit == a.Edit && !sameSheet(&in.Sheet, &a.Sheet.Sheet):
			return fault.New(fault.Conflict, "edit %d of try %s was kept with other answers: somebody else writes too; read it again", in.Edit, in.Try)
		case in.Edit <= a.Edit:
			a.reading = true
			err = a.replay(tx, c)
			out = a.Asking
			return err
		case a.try.State == attempt.Closed || a.try.State == attempt.Withheld || a.try.Answered.IsZero():
			return fault.New(fault.Conflict, "try %s is %s: answers are kept from when somebody answered until it has its disposition", in.Try, a.try.State)
		}
		a.Edit, a.Sheet.Sheet, a.Saved = in.Edit, in.Sheet, tx.Now()
		if err := a.replay(tx, c); err != nil {
			return err
		}
		out = a.Asking
		return save(tx, r, &a.Sheet)
	})
	return out, err
}

// GetAnswers is how far the script of a call has come: where it begins, if nothing
// was answered.
func (s *System) GetAnswers(ctx context.Context, c id.Company, try id.ID, only, said string) (out Asking, err error) {
	defer fault.Wrap(&err, "answers")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		a, _, err := s.asking(tx, c, try, only, said)
		if err != nil {
			return err
		}
		a.reading = true
		err = a.replay(tx, c)
		out = a.Asking
		return err
	})
	return out, err
}

// asked is a sheet in a transaction.
type asked struct {
	Asking
	try     *attempt.Attempt
	reading bool
}

// asking reads a try with its sheet, or begins one.
func (s *System) asking(tx store.Tx, c id.Company, try id.ID, only, said string) (*asked, *store.Record, error) {
	t, err := tx.Attempts().Get(c, try)
	if err != nil {
		return nil, nil, err
	}
	if only != "" && t.Agent != only {
		return nil, nil, fault.New(fault.NotFound, "there is no such try of yours")
	}
	of, _, err := campaignOf(tx, c, t.Campaign)
	if err != nil {
		return nil, nil, err
	}
	l, err := tx.Leads().Get(c, t.Lead)
	if err != nil {
		return nil, nil, err
	}
	a := &asked{try: t}
	kept, r, err := get[Sheet](tx, c, KindSheet, try)
	switch {
	case err == nil:
		a.Sheet = kept
	case fault.KindOf(err) != fault.NotFound:
		return nil, nil, err
	case of.Guide.Script.IsZero():
		return nil, nil, fault.New(fault.Conflict, "campaign %q has no script", of.Name)
	default:
		version, err := s.guideVersion(tx, c, &of)
		if err != nil {
			return nil, nil, err
		}
		a.Sheet = Sheet{Try: try, Campaign: of.ID, Script: of.Guide.Script, Version: version, Lead: l.ID, Key: l.Key, Number: t.Number, Since: tx.Now()}
		r = &store.Record{Company: c, Kind: KindSheet, ID: try}
	}
	r.Index = []store.Key{{Name: "campaign", Value: of.ID.String()}}
	if t.Agent != "" {
		a.Agent = t.Agent
	}
	v, err := scriptVersion(tx, c, a.Script, a.Version)
	if err != nil {
		return nil, nil, err
	}
	a.Read, a.Language, a.Fields = &v.Read, l.Language, script.Fields(&l.Lead, said, of.Name)
	return a, r, nil
}

func (s *System) guideVersion(tx store.Tx, c id.Company, of *Campaign) (int, error) {
	if of.Guide.Version > 0 {
		return of.Guide.Version, nil
	}
	now, _, err := get[Script](tx, c, KindScript, of.Guide.Script)
	return now.Versions, err
}

// replay works out where the sheet stands and takes or frees places of quotas. A
// sheet that was closed stays as it was.
func (a *asked) replay(tx store.Tx, c id.Company) error {
	if a.Outcome != "" {
		return nil
	}
	taken, r, err := quotasOf(tx, c, a.Campaign)
	if err != nil {
		return err
	}
	before := a.Quotas
	run, err := a.Read.Replay(&a.Sheet.Sheet, a.Fields, func(quota string) bool {
		return !slices.Contains(before, quota) && taken.Taken[quota] >= a.Read.Quota(quota).Most
	})
	if err != nil {
		return err
	}
	a.Path, a.At, a.End, a.Full, a.Answers, a.Missing = run.Path, run.At, run.End, run.Full, run.Answers, run.Missing
	if a.reading || slices.Equal(before, run.Quotas) {
		return nil
	}
	a.Quotas = run.Quotas
	return taken.move(tx, r, before, run.Quotas)
}

// quotasOf reads the places that are taken, none where none was.
func quotasOf(tx store.Tx, c id.Company, of id.ID) (quotasTaken, *store.Record, error) {
	q, r, err := get[quotasTaken](tx, c, KindQuotas, of)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return quotasTaken{Taken: map[string]int{}}, &store.Record{Company: c, Kind: KindQuotas, ID: of}, nil
	}
	return q, r, err
}

// move frees places and takes others.
func (q *quotasTaken) move(tx store.Tx, r *store.Record, before, after []string) error {
	for _, name := range before {
		q.Taken[name]--
	}
	for _, name := range after {
		q.Taken[name]++
	}
	return save(tx, r, q)
}

// settleSheet closes the sheet of a try that has its disposition. Places of quotas
// stay taken by interviews that are complete, and are free again of others.
func settleSheet(tx store.Tx, c id.Company, a *attempt.Attempt) error {
	sheet, r, err := get[Sheet](tx, c, KindSheet, a.ID)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return nil
	} else if err != nil {
		return err
	}
	sheet.Outcome = a.Disposition
	if sheet.End.As != script.Complete && len(sheet.Quotas) > 0 {
		taken, of, err := quotasOf(tx, c, sheet.Campaign)
		if err != nil {
			return err
		}
		if err := taken.move(tx, of, sheet.Quotas, nil); err != nil {
			return err
		}
		sheet.Quotas = nil
	}
	r.Index = []store.Key{{Name: "campaign", Value: sheet.Campaign.String()}}
	return save(tx, r, &sheet)
}

func sameSheet(a, b *script.Sheet) bool {
	return slices.EqualFunc(a.Moves, b.Moves, func(x, y script.Move) bool { return x.Step == y.Step && sameAnswers(x.Answers, y.Answers) }) && sameAnswers(a.Open, b.Open)
}

func sameAnswers(a, b script.Answers) bool {
	return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b)
}
