package app

import (
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/script"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/usage"
)

// MaxKeyTries bounds the tries that are looked at for keys, the newest first.
const MaxKeyTries = 100_000

// pressedKeys counts the keys of a broadcast from its tries: each keeps what was
// pressed in it.
func pressedKeys(tx store.Tx, c id.Company, of *Campaign, q *AnswerQuery) (*script.Keys, error) {
	out := &script.Keys{}
	for i := range of.Menu.Steps {
		st := &of.Menu.Steps[i]
		out.Typed = out.Typed || st.Digits > 0
		for j := range st.Keys {
			k := &st.Keys[j]
			does := script.KeyDoes{Key: k.Key, Does: string(k.Does)}
			if k.Does == campaign.KeyAnswer {
				does.Question, does.Value = st.Answer, k.Kept()
			}
			out.Does = append(out.Does, does)
		}
	}
	query := store.AttemptQuery{Campaign: of.ID, Limit: pageSize}
	for looked := 0; ; looked += pageSize {
		page, err := tx.Attempts().List(c, query)
		if err != nil {
			return nil, err
		}
		if looked >= MaxKeyTries && len(page) > 0 {
			out.Cut = true
			return out, nil
		}
		for i := range page {
			if a := &page[i]; heardMenu(a) && a.Answered >= q.From && (q.Until.IsZero() || a.Answered < q.Until) {
				out.Add(a.Pressed)
			}
			query.Before = page[i].ID
		}
		if len(page) < pageSize {
			return out, nil
		}
	}
}

// heardMenu tells whether a try is one in which a person, or nobody knows who, was
// played the menu: who calls back hears another.
func heardMenu(a *attempt.Attempt) bool {
	return !a.Inbound && !a.Answered.IsZero() && a.AnsweredBy != usage.Machine && a.AnsweredBy != usage.Fax
}
