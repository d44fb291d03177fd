package explain

import (
	"strconv"

	"waihu/internal/charging/forecast"
	"waihu/internal/lang"
)

// Priced are the bills of the months ahead under one plan.
type Priced struct {
	Name  lang.Text       `json:"name"`
	Seed  uint64          `json:"seed"` // of the facts that were billed
	Costs []forecast.Cost `json:"months"`
}

// Forecast tells the months ahead: each figure with the method that was chosen,
// its errors in the back-test, and the range. bills may be nil.
func Forecast(outlooks []forecast.Outlook, bills *Priced, tag lang.Tag) *Document {
	w := &writer{tag: tag}
	out := &Document{Language: tag, Title: w.say("forecast.title", "months", strconv.Itoa(len(outlooks[0].Months)))}
	for i := range outlooks {
		out.Sections = append(out.Sections, w.outlook(&outlooks[i]))
	}
	if bills != nil {
		out.Sections = append(out.Sections, w.bills(bills))
	}
	return out
}

func (w *writer) outlook(o *forecast.Outlook) Section {
	s := Section{Path: string(o.Figure), Title: w.say("forecast.figure." + string(o.Figure)), Table: w.rangeTable()}
	if o.Few {
		s.Sentences = append(s.Sentences, w.say("forecast.few", "known", strconv.Itoa(o.Known)))
	} else {
		best := o.Scores[0]
		s.Sentences = append(s.Sentences, w.say("forecast.method", "method", w.say("forecast.method."+string(o.Method))))
		mape := ""
		if best.MAPE > 0 {
			mape = figure(best.MAPE, 3).String()
		}
		s.Sentences = append(s.Sentences, w.say("forecast.error", "mae", figure(best.MAE, 1).String(), "mape", mape, "points", strconv.Itoa(best.Points)))
		if best.Asked > 0 {
			s.Sentences = append(s.Sentences, w.say("forecast.covered", "covered", strconv.Itoa(best.Covered), "asked", strconv.Itoa(best.Asked)))
		}
	}
	decimals := 0
	if o.Figure == forecast.AverageSeats {
		decimals = 1
	}
	for _, m := range o.Months {
		s.Table.Rows = append(s.Table.Rows, []string{m.Month.String(), w.shown(m.Low, decimals), w.shown(m.Expected, decimals), w.shown(m.High, decimals)})
	}
	return s
}

func (w *writer) rangeTable() *Table {
	return &Table{Head: []string{w.say("forecast.head.month"), w.say("forecast.head.low"), w.say("forecast.head.expected"), w.say("forecast.head.high")}}
}

func (w *writer) bills(p *Priced) Section {
	s := Section{Path: "bills", Title: w.say("forecast.bill", "name", p.Name.In(w.tag)), Table: w.rangeTable(),
		Sentences: []string{w.say("forecast.bill.how", "seed", strconv.FormatUint(p.Seed, 10))}}
	open := false
	for _, c := range p.Costs {
		row := []string{c.Month.String()}
		for _, scenario := range forecast.Scenarios() {
			row = append(row, lang.Money(w.tag, c.Totals[scenario]))
		}
		s.Table.Rows = append(s.Table.Rows, row)
		open = open || c.Open
	}
	if open {
		s.Sentences = append(s.Sentences, w.say("forecast.bill.open"))
	}
	return s
}
