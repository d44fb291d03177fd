package cli

import (
	"io"
	"strings"

	"waihu/internal/charging/meter"
	"waihu/internal/document"
)

// coveredCall marks a call that is counted, not timed, and included; trialCall
// one of a free trial.
const (
	coveredCall = "included"
	trialCall   = "trial"
)

// detailFile lists every call at every price it was charged. It keeps the first
// error and stops writing: the bill goes on and the command ends with it.
type detailFile struct {
	to  document.Detail
	row document.Row
	err error
}

func newDetailFile(w io.Writer, path string, o document.DetailOptions) *detailFile {
	if strings.HasSuffix(strings.ToLower(path), ".xlsx") {
		return &detailFile{to: document.NewDetailXLSX(w, o)}
	}
	return &detailFile{to: document.NewDetailCSV(w, o)}
}

func (d *detailFile) add(c *meter.Charged) {
	if d.err != nil {
		return
	}
	call := c.Call
	d.row = document.Row{CallID: call.ID, Source: call.Source, Start: call.Start, Direction: call.Direction, From: call.From, To: call.To,
		Agent: call.Agent, Talk: c.Raw, Billed: c.Billed, Component: c.Component, Amount: c.Cost, NoAmount: !c.HasCost, Rule: c.Reason}
	switch {
	case c.Trial:
		d.row.Rule = trialCall
	case c.Included.IsZero():
	case c.Billed == 0:
		d.row.Rule = coveredCall
	default:
		d.row.Included = c.Included
	}
	switch {
	case c.Reason != "":
	case c.Label.Deck != "":
		d.row.Rate = c.Label.Deck + ":" + c.Label.Prefix
	default:
		d.row.Rate = c.Label.Row
	}
	d.err = d.to.Write(&d.row)
}

func (d *detailFile) close() error {
	if d.err != nil {
		return d.err
	}
	return d.to.Close()
}
