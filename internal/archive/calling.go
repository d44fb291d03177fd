package archive

import (
	"bufio"
	"encoding/json"
	"io"

	"waihu/internal/app"
	"waihu/internal/calling/lead"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
)

// callingKinds are the nouns of a company that calls, beside leads, tries and the
// do-not-call list, which have tables of their own. Who is logged in is left out: that
// is over with the process.
func callingKinds() []store.Kind {
	return []store.Kind{app.KindCampaign, app.KindTally, app.KindLeadList, app.KindLeadMapping, app.KindLeadImport, app.KindDispositions, app.KindScript, app.KindScriptVersion, app.KindSheet, app.KindQuotas,
		app.KindScoreForm, app.KindInspection, app.KindCalibration, app.KindHearing, app.KindPrompt, app.KindPromptSound}
}

// emit writes what each hands out, a line of JSON for each.
func emit(to io.Writer, each func(put func(any) error) error) (total int64, err error) {
	out := bufio.NewWriter(to)
	enc := json.NewEncoder(out)
	err = each(func(x any) error { total++; return enc.Encode(x) })
	if err != nil {
		return total, err
	}
	return total, out.Flush()
}

// leads are those of every list, list by list and state by state.
func (e *exporting) leads(to io.Writer) (int64, error) {
	return emit(to, func(put func(any) error) error {
		page := store.Page{Limit: store.MaxPage}
		for { // bounded: After rises with every page
			lists, err := e.tx.Records().List(e.c, app.KindLeadList, store.Key{}, page)
			if err != nil {
				return err
			}
			for i := range lists {
				if err := e.leadsOf(lists[i].ID, put); err != nil {
					return err
				}
			}
			if len(lists) < page.Limit {
				return nil
			}
			page.After = lists[len(lists)-1].ID
		}
	})
}

func (e *exporting) leadsOf(list id.ID, put func(any) error) error {
	for _, state := range lead.States() {
		var after store.DueCursor
		for { // bounded: the cursor goes on with every page
			page, err := e.tx.Leads().List(e.c, list, state, after, store.MaxPage)
			if err != nil {
				return err
			}
			for i := range page {
				if err := put(&page[i]); err != nil {
					return err
				}
				after = store.DueCursor{Due: page[i].Due, ID: page[i].ID}
			}
			if len(page) < store.MaxPage {
				break
			}
		}
	}
	return nil
}

// tries are the newest first.
func (e *exporting) tries(to io.Writer) (int64, error) {
	return emit(to, func(put func(any) error) error {
		q := store.AttemptQuery{Limit: store.MaxPage}
		for { // bounded: Before falls with every page
			page, err := e.tx.Attempts().List(e.c, q)
			if err != nil {
				return err
			}
			for i := range page {
				if err := put(&page[i]); err != nil {
					return err
				}
				q.Before = page[i].ID
			}
			if len(page) < q.Limit {
				return nil
			}
		}
	})
}

// barred is the do-not-call list.
func (e *exporting) barred(to io.Writer) (int64, error) {
	return emit(to, func(put func(any) error) error {
		var after phone.Number
		for { // bounded: after rises with every page
			page, err := e.tx.DNC().List(e.c, after, store.MaxPage)
			if err != nil {
				return err
			}
			for i := range page {
				if err := put(&page[i]); err != nil {
					return err
				}
				after = page[i].Number
			}
			if len(page) < store.MaxPage {
				return nil
			}
		}
	})
}
