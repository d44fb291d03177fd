package console

import (
	"html/template"
	"net/http"

	"waihu/internal/manual"
)

func (s *Server) docsPages() {
	s.public("GET /docs", s.docs)
	s.public("GET /docs/{chapter}", s.chapter)
}

// docsBody is a chapter with what stands before and after it.
type docsBody struct {
	Chapters   []manual.Chapter
	Name       string
	HTML       template.HTML
	Headings   []manual.Heading
	Prev, Next *manual.Chapter
}

// docs is the table of contents.
func (s *Server) docs(w http.ResponseWriter, _ *http.Request, v *visit) error {
	s.render(w, v, http.StatusOK, "docs", &Page{Title: v.say("docs.title"), Lead: v.say("docs.lead"), Here: "/docs", Body: docsBody{Chapters: manual.Chapters(v.Tag)}})
	return nil
}

// chapter shows one; the manual is for everybody, as it is in the source.
func (s *Server) chapter(w http.ResponseWriter, r *http.Request, v *visit) error {
	c, err := manual.Find(v.Tag, r.PathValue("chapter"))
	if err != nil {
		return err
	}
	b := docsBody{Chapters: manual.Chapters(v.Tag), Name: c.Name, HTML: template.HTML(c.HTML), Headings: c.Headings}
	for i := range b.Chapters {
		if b.Chapters[i].Name != c.Name {
			continue
		}
		if i > 0 {
			b.Prev = &b.Chapters[i-1]
		}
		if i+1 < len(b.Chapters) {
			b.Next = &b.Chapters[i+1]
		}
	}
	s.render(w, v, http.StatusOK, "docs", &Page{Title: c.Title, Here: "/docs", Crumbs: []Link{{v.say("docs.title"), "/docs"}}, Body: b})
	return nil
}
