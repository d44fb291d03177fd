package console

import (
	"net/http"
	"strings"

	"waihu/internal/document"
	"waihu/internal/lang"
	"waihu/internal/store"
)

// exportCalls bounds the calls of one file; more are taken period by period.
const exportCalls = 100_000

// usageFile gives the calls the filter takes as CSV or XLSX, one row a charge.
func (s *Server) usageFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := s.usageFilter(v)
	if err != nil {
		return err
	}
	if !f.OK() {
		return s.usage(w, r, v)
	}
	name := "calls-" + f.first.String() + "-" + f.last.String()
	o := document.DetailOptions{Tag: v.Tag, Zone: f.loc()}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	var out document.Detail
	if strings.HasSuffix(r.URL.Path, ".xlsx") {
		h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		h.Set("Content-Disposition", `attachment; filename="`+name+`.xlsx"`)
		out = document.NewDetailXLSX(w, o)
	} else {
		h.Set("Content-Type", "text/csv; charset=utf-8")
		h.Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
		out = document.NewDetailCSV(w, o)
	}
	err = s.d.System.DB.View(r.Context(), func(tx store.Tx) error { return v.writeCalls(tx, f, out, exportCalls) })
	if err == nil {
		err = out.Close()
	}
	if err != nil { // the heading has gone out: a table that merely ends would look whole
		s.d.Log.ErrorContext(r.Context(), "export of calls", "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// writeCalls reads page after page, so many calls at most; it ends because the
// cursor goes one way in time. A file that is full says so in its last row.
func (v *visit) writeCalls(tx store.Tx, f *usageFilter, out document.Detail, most int) error {
	names := priceNames{tag: v.Tag}
	if f.deal != nil {
		names.plan = f.deal.Plan
	}
	q := f.query
	q.Before = store.CallCursor{}
	for n := 0; n < most; {
		q.Limit = min(store.MaxPage, most-n)
		page, err := tx.Usage().Calls(v.company, q)
		if err != nil {
			return err
		}
		for i := range page.Calls {
			if err := v.writeCall(&page.Calls[i], names, out); err != nil {
				return err
			}
		}
		n += len(page.Calls)
		if page.Next == (store.CallCursor{}) {
			return nil
		}
		q.Before = page.Next
	}
	return out.Write(&document.Row{Rule: v.exportFull(most), NoAmount: true})
}

func (v *visit) writeCall(c *store.ChargedCall, names priceNames, out document.Detail) error {
	k := &c.Call
	row := document.Row{CallID: k.ID, Source: k.Source, Start: k.Start, Direction: k.Direction, From: k.From, To: k.To, Agent: k.Agent, Talk: k.Seconds(), NoAmount: true}
	if len(c.Charges) == 0 {
		return out.Write(&row)
	}
	for _, h := range c.Charges {
		row.Billed, row.Component, row.Rate = h.Billed, names.component(h.Component), names.label(h.Component, h.Label)
		row.Amount, row.NoAmount, row.Rule = h.Cost.Exact(), h.Cost.Currency().IsZero(), ""
		if h.Reason != "" {
			row.Rule = lang.Choice(v.Tag, "unpriced", h.Reason)
		}
		if err := out.Write(&row); err != nil {
			return err
		}
	}
	return nil
}
