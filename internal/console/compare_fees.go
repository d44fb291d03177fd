package console

import (
	"waihu/internal/charging/compare"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/lang"
)

// feeMatrix is the checklist of hidden fees, one column an offer.
type feeMatrix struct {
	Offers []string
	Rows   []feeRow
}

type feeRow struct {
	Name  string
	Cells []feeCell
}

type feeCell struct {
	Answer string
	Tone   string
	Cost   string
	Note   string
}

func (v *visit) feeMatrix(r *compare.Result) *feeMatrix {
	if len(r.HiddenFees) == 0 {
		return nil
	}
	out := &feeMatrix{}
	for i := range r.HiddenFees {
		sheet := &r.HiddenFees[i]
		out.Offers = append(out.Offers, v.offerName(r, sheet.Offer))
		for k := range sheet.Answers {
			a := &sheet.Answers[k]
			if i == 0 {
				out.Rows = append(out.Rows, feeRow{Name: lang.Choice(v.Tag, "fee_category", string(a.Category))})
			}
			c := feeCell{Answer: lang.Choice(v.Tag, "fee_answer", string(a.Answer)), Tone: feeTone(a.Answer), Note: a.Note}
			if a.Cost != nil {
				c.Cost = v.rangeText(*a.Cost)
			}
			out.Rows[k].Cells = append(out.Rows[k].Cells, c)
		}
	}
	return out
}

func feeTone(a offer.Answer) string {
	switch a {
	case offer.Included, offer.Never:
		return "good"
	case offer.Charged:
		return "warn"
	}
	return ""
}

func (v *visit) offerName(r *compare.Result, offerID string) string {
	for i := range r.Offers {
		if r.Offers[i].Offer == offerID {
			return r.Offers[i].Name.Or(offerID).In(v.Tag)
		}
	}
	return offerID
}

// scoreView is value for money with weights that can be changed.
type scoreView struct {
	Weights []weightView
	Rows    []scoreRow
}

type weightView struct {
	Name, Field string
	Value       int
}

type scoreRow struct {
	Name, Total string
	Marks       []string
	Best        bool
}

func (v *visit) scoreView(r *compare.Result) *scoreView {
	if r.Scores == nil {
		return nil
	}
	out := &scoreView{}
	for _, k := range compare.Criteria() {
		out.Weights = append(out.Weights, weightView{lang.Choice(v.Tag, "criterion", string(k)), "weight." + string(k), r.Scores.Weights[k]})
	}
	between := func(low, high exact.Number) string {
		a, b := low.Round(exact.HalfAway, 0), high.Round(exact.HalfAway, 0)
		if a.Equal(b) {
			return lang.Number(v.Tag, a)
		}
		return lang.Number(v.Tag, a) + "–" + lang.Number(v.Tag, b)
	}
	for _, o := range r.Scores.Offers {
		row := scoreRow{Name: v.offerName(r, o.Offer), Total: between(o.Low, o.High), Best: o.Offer == r.Scores.Best}
		for _, k := range compare.Criteria() {
			row.Marks = append(row.Marks, between(o.Marks[k].Low, o.Marks[k].High))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}
