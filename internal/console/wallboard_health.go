package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"waihu/internal/access"
	figures "waihu/internal/calling/report"
	"waihu/internal/events"
)

// Bounds of the events of trunks and calling numbers.
const (
	trunkLook  = 2 * time.Second // at the trunks; what changed is told
	numberLook = time.Minute     // at the counts of calling numbers

	numberDays = 7  // that calling numbers are judged by
	mostWorse  = 12 // calling numbers on a wallboard, the worst first; the report has all
)

// wallTrunk is a trunk as the wallboard shows it.
type wallTrunk struct {
	Name     string `json:"name"`
	Open     int    `json:"open"`
	Channels int    `json:"channels"`
	Calls    int64  `json:"calls"`
	Answered int64  `json:"answered"`
	State    string `json:"state"`           // good, rests, down, apart
	Apart    bool   `json:"apart,omitempty"` // its figures are the operator's
}

// wallNumber is a calling number as the wallboard shows it: how it is answered beside the
// others of its campaigns, and signs that it is blocked.
type wallNumber struct {
	Number   string          `json:"number"`
	Href     string          `json:"href,omitempty"` // its calls by day
	Verdict  figures.Verdict `json:"verdict"`
	Calls    int64           `json:"calls"`
	Answered int64           `json:"answered"`
	Compared int64           `json:"compared,omitempty"` // calls where others called too
	Expected float64         `json:"expected,omitempty"` // of them, were it answered as the others
	Lifted   int64           `json:"lifted"`             // calls whose length is known
	Short    int64           `json:"short"`              // of them, over within 6 s
	Unwanted int64           `json:"unwanted"`           // refused by networks as unwanted
}

// wallNumbers are all of them that called.
type wallNumbers struct {
	Rows []wallNumber `json:"rows"`
	All  int          `json:"all"`
	Bad  int          `json:"bad"` // worse than the others, or refused as unwanted
}

// equal tells whether a wallboard shows the same.
func (n *wallNumbers) equal(o *wallNumbers) bool {
	return n.All == o.All && n.Bad == o.Bad && slices.Equal(n.Rows, o.Rows)
}

// healthEvents tells how trunks and calling numbers are, and again when that changes.
func (s *Server) healthEvents(w http.ResponseWriter, r *http.Request, v *visit) error {
	events.Head(w.Header())
	out, err := events.To(w)
	if err != nil {
		return nil // the reader went away
	}
	tick, end := time.NewTicker(trunkLook), time.Now().Add(events.Life)
	defer tick.Stop()
	var trunks []wallTrunk
	numbers := wallNumbers{All: -1}
	said, proved, counted := time.Now(), time.Now(), time.Time{}
	used := s.trunksUsed(v)
	for first := true; time.Now().Before(end); first = false {
		if rows := s.wallTrunks(v, used); first || !slices.Equal(rows, trunks) {
			trunks, said, err = rows, time.Now(), out.Send(0, "trunks", rows)
		}
		if err == nil && time.Since(counted) >= numberLook {
			counted, used = time.Now(), s.trunksUsed(v)
			now, failed := s.wallNumbers(v)
			if failed == nil && !now.equal(&numbers) { // books that are away: what was told stays
				numbers, said, err = now, time.Now(), out.Send(0, "numbers", now)
			}
		}
		if time.Since(proved) >= events.Proof {
			if proved = time.Now(); !s.holds(v, access.FloorWatch) {
				_ = out.Here() // with time for the end to be written; a reader who went away is none
				return nil
			}
		}
		if err == nil && time.Since(said) >= events.Beat {
			said, err = time.Now(), out.Here()
		}
		if err != nil {
			return nil // the reader went away
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-s.ending.Done():
			return nil
		case <-tick.C:
		}
	}
	return nil
}

// trunksUsed are those the company's calls went over lately, by which its reports name
// them; books that are away name none.
func (s *Server) trunksUsed(v *visit) map[string]bool {
	out := map[string]bool{}
	if now, err := s.d.System.Moment(v.r.Context()); err == nil {
		loc := v.loc()
		today := now.DateIn(loc)
		if answer, err := s.d.System.Report(v.r.Context(), v.company, figures.Ask{Kind: figures.Trunks, First: today - numberDays + 1, After: today + 1, Zone: loc}); err == nil {
			for i := range answer.Rows {
				out[answer.Rows[i].Value] = true
			}
		}
	}
	return out
}

// wallTrunks are the trunks. Who is no operator learns whether they carry calls, and the
// names of those their own calls went over, as reports and calls tell them: neither others'
// names nor how many calls of others they have.
func (s *Server) wallTrunks(v *visit, used map[string]bool) []wallTrunk {
	rows := []wallTrunk{}
	if s.d.Trunks == nil {
		return rows
	}
	named := v.everywhere(access.Operate)
	for i, t := range s.d.Trunks() {
		row := wallTrunk{Name: t.Name, Open: t.Open, Channels: t.Channels, Calls: t.Calls, Answered: t.Answered, State: "good"}
		if !named {
			row = wallTrunk{Name: v.say("wall.trunk_n", "n", itoa(i+1)), State: "good", Apart: true}
			if used[t.Name] {
				row.Name = t.Name
			}
		}
		switch {
		case t.Down:
			row.State = "down"
		case t.Apart != "":
			row.State = "apart"
		case !t.Rests.IsZero():
			row.State = "rests"
		}
		rows = append(rows, row)
	}
	return rows
}

// wallNumbers are the numbers the company called with, from what is counted for reports.
func (s *Server) wallNumbers(v *visit) (out wallNumbers, err error) {
	now, err := s.d.System.Moment(v.r.Context())
	if err != nil {
		return out, err
	}
	loc := v.loc()
	today := now.DateIn(loc)
	answer, err := s.d.System.Report(v.r.Context(), v.company, figures.Ask{Kind: figures.Numbers, First: today - numberDays + 1, After: today + 1, Zone: loc})
	if err != nil {
		return out, err
	}
	out.Rows = []wallNumber{}
	for i := range answer.Rows {
		row := &answer.Rows[i]
		if row.Value == "" { // the trunk's own
			continue
		}
		n := wallNumber{Number: row.Value, Verdict: row.Health.Verdict, Calls: row.Dials(), Answered: row.Picked(), Compared: row.Health.Calls, Expected: row.Health.Expected,
			Lifted: row.Sums[figures.CallsAnswered], Short: row.Sums[figures.CallsShort], Unwanted: row.Sums[figures.CallsUnwanted]}
		if v.may(access.CampaignRead) {
			n.Href = v.at("/reports/numbers?" + url.Values{"number": {row.Value}, "by": {"day"}}.Encode())
		}
		if n.ill() > 0 {
			out.Bad++
		}
		out.Rows = append(out.Rows, n)
	}
	slices.SortFunc(out.Rows, func(a, b wallNumber) int {
		return cmp.Or(b.ill()-a.ill(), cmp.Compare(b.Unwanted, a.Unwanted), cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Number, b.Number))
	})
	out.All = len(out.Rows)
	out.Rows = out.Rows[:min(len(out.Rows), mostWorse)]
	return out, nil
}

// ill counts what is wrong with a number.
func (n *wallNumber) ill() (k int) {
	if n.Verdict == figures.Worse {
		k += 2
	}
	if n.Unwanted > 0 {
		k++
	}
	return k
}
