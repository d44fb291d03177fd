package app

import (
	"context"

	"waihu/internal/calling/campaign"
	"waihu/internal/calling/script"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// MaxAnswerRows bounds the calls of one export.
const MaxAnswerRows = 100_000

// AnswerQuery asks for the answers of a campaign.
type AnswerQuery struct {
	Campaign id.ID
	From     timex.Instant // calls whose answers began at or after it; zero: all
	Until    timex.Instant // and before it; zero: all
	Rows     bool          // each call, beside the counts
	Keys     bool          // of a broadcast: which keys were pressed, in the calls answered within the time
}

// AnswerBook is what was answered in a campaign: counted, and call by call if that
// was asked for. The answers of each version count to their questions by name.
func (s *System) AnswerBook(ctx context.Context, c id.Company, q AnswerQuery) (out script.Book, err error) {
	defer fault.Wrap(&err, "answers of a campaign")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = script.Book{}
		of, _, err := campaignOf(tx, c, q.Campaign)
		if err != nil {
			return err
		}
		out.Name = of.Name
		b := bookmaker{tx: tx, c: c, q: q, out: &out, known: map[string]bool{}}
		if !of.Guide.Script.IsZero() {
			version, err := s.guideVersion(tx, c, &of)
			if err != nil {
				return err
			}
			if err := b.know(of.Guide.Script, version, true); err != nil {
				return err
			}
		}
		if q.Keys && of.Mode == campaign.Broadcast {
			if out.Keys, err = pressedKeys(tx, c, &of, &q); err != nil {
				return err
			}
		}
		key := store.Key{Name: "campaign", Value: of.ID.String()}
		return each(tx, c, KindSheet, key, func(sheet Sheet, _ *store.Record) error { return b.sheet(&sheet) })
	})
	return out, err
}

// bookmaker gathers an AnswerBook.
type bookmaker struct {
	tx    store.Tx
	c     id.Company
	q     AnswerQuery
	out   *script.Book
	known map[string]bool
}

// know takes in the questions of a version, and, of the one that is asked now, its
// quotas.
func (b *bookmaker) know(of id.ID, version int, now bool) error {
	name := scriptVersionName(of, version)
	if b.known[name] {
		return nil
	}
	b.known[name] = true
	v, err := scriptVersion(b.tx, b.c, of, version)
	if err != nil {
		return err
	}
	b.out.Tally.Know(&v.Read)
	if !now {
		return nil
	}
	b.out.Language = v.Read.Language
	taken, _, err := quotasOf(b.tx, b.c, b.q.Campaign)
	for _, quota := range v.Read.Quotas {
		b.out.Places = append(b.out.Places, script.Place{Quota: quota.ID, Most: quota.Most, Taken: taken.Taken[quota.ID]})
	}
	return err
}

func (b *bookmaker) sheet(sheet *Sheet) error {
	if sheet.Since < b.q.From || !b.q.Until.IsZero() && sheet.Since >= b.q.Until {
		return nil
	}
	if err := b.know(sheet.Script, sheet.Version, false); err != nil {
		return err
	}
	b.out.Tally.Add(sheet.Answers, sheet.End.As)
	if !b.q.Rows {
		return nil
	}
	if len(b.out.Rows) == MaxAnswerRows {
		return fault.New(fault.Invalid, "there are answers of more than %d calls: ask for fewer days at once", MaxAnswerRows)
	}
	b.out.Rows = append(b.out.Rows, script.Row{Try: sheet.Try.Named("try"), At: sheet.Since, Agent: sheet.Agent, Key: sheet.Key, Number: sheet.Number.String(),
		Version: sheet.Version, End: sheet.End.As, Full: sheet.Full, Disposition: sheet.Outcome, Answers: sheet.Answers})
	return nil
}
