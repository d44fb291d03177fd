package console

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/explain"
	"waihu/internal/fault"
)

func (s *Server) resultPages() {
	s.exports("/c/{company}/campaigns/{campaign}/keys", access.CampaignRead, "keys", "answers.keys", s.pressedFile)
	s.page("GET /c/{company}/campaigns/{campaign}/results", access.CampaignRead, s.results)
	for _, ext := range []string{"csv", "xlsx", "pdf"} {
		s.page("GET /c/{company}/campaigns/{campaign}/results."+ext, access.LeadRead, s.resultsFile)
	}
}

// resultsBody is what people answered, counted.
type resultsBody struct {
	Figures  []explain.Figure
	Sections []sectionView
	Files    []Link
	Keys     []Link // the keys of a broadcast alone, as files
	Script   string
}

// results shows what was answered in a campaign, each question with a picture.
func (s *Server) results(w http.ResponseWriter, r *http.Request, v *visit) error {
	c, err := s.campaignOf(v)
	if err != nil {
		return err
	}
	book, err := s.d.System.AnswerBook(r.Context(), v.company, app.AnswerQuery{Campaign: c.ID, Keys: true})
	if err != nil {
		return err
	}
	b := resultsBody{Script: v.campaignAt(c, "/script")}
	if book.Tally.Sheets > 0 || book.Keys != nil {
		d := explain.Answers(&book, v.Tag)
		b.Figures = d.Figures
		for i := range d.Sections {
			b.Sections = append(b.Sections, v.sectionView(&d.Sections[i]))
		}
		if book.Keys != nil {
			b.Keys = listFiles(v.campaignAt(c, "/keys"), "", "csv", "xlsx")
		}
		if v.may(access.LeadRead) && book.Tally.Sheets > 0 {
			b.Files = listFiles(v.campaignAt(c, "/results"), "", "csv", "xlsx", "pdf")
		}
	}
	s.render(w, v, http.StatusOK, "results", &Page{Title: v.say("scripts.results_of", "campaign", c.Name), Lead: v.say("scripts.results_lead"), Here: v.at("/campaigns"), Crumbs: v.crumbs(Link{v.say("nav.campaigns"), v.at("/campaigns")}, Link{c.Name, v.campaignAt(c, "")}), Body: b})
	return nil
}

// resultsFile gives the answers call by call, or counted as a report.
func (s *Server) resultsFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	c, err := s.campaignOf(v)
	if err != nil {
		return err
	}
	ext := extOf(r)
	book, err := s.d.System.AnswerBook(r.Context(), v.company, app.AnswerQuery{Campaign: c.ID, Rows: ext != "pdf", Keys: ext != "csv"})
	if err != nil {
		return err
	}
	if book.Tally.Sheets == 0 {
		return fault.New(fault.NotFound, "nobody answered yet")
	}
	d := explain.Answers(&book, v.Tag)
	return s.sendDocument(w, "answers", ext, d, explain.AnswerRows(&book, v.Tag))
}

// pressedFile is how often each key of a broadcast was pressed.
func (s *Server) pressedFile(v *visit) (*sheet, error) {
	c, err := s.campaignOf(v)
	if err != nil {
		return nil, err
	}
	book, err := s.d.System.AnswerBook(v.r.Context(), v.company, app.AnswerQuery{Campaign: c.ID, Keys: true})
	if err != nil {
		return nil, err
	}
	if book.Keys == nil {
		return nil, fault.New(fault.NotFound, "the campaign is no broadcast")
	}
	return &sheet{Table: *explain.PressedKeys(&book, v.Tag), tag: v.Tag}, nil
}
