package console

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"waihu/internal/access"
	"waihu/internal/charging/forecast"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/planfile"
	"waihu/internal/workspace"
)

func (s *Server) comparePages() {
	s.begins("/compare", s.compareStart, s.compareBegin)
	s.looks("GET /compare/{space}", s.compare)
	s.looks("GET /compare/{space}/step", s.compareStep)
	s.looks("GET /compare/{space}/report/{form}", s.compareReport)
	s.changes("POST /compare/{space}/files", s.compareFiles)
	s.changes("POST /compare/{space}/files/{file}/remove", removes("/compare/"))
	s.changes("GET /compare/{space}/files/{file}/{what}", s.compareRejects)
	s.changes("POST /compare/{space}/usage", s.compareUsage)
	s.changes("POST /compare/{space}/market", s.compareMarket)
	s.changes("POST /compare/{space}/offers", s.compareOffers)
	s.changes("POST /compare/{space}/offers/drop", s.compareDrop)
}

// compareStart is where a comparison begins: records, a profile, or one's own
// usage.
func (s *Server) compareStart(w http.ResponseWriter, _ *http.Request, v *visit) error {
	s.startPage(w, v, http.StatusOK, "")
	return nil
}

func (s *Server) startPage(w http.ResponseWriter, v *visit, status int, wrong string) {
	at, crumbs := v.begunAt("/compare")
	s.render(w, v, status, "compare_start", &Page{Title: v.say("compare_page.title"), Lead: v.say("compare_page.lead"), Here: at, Crumbs: crumbs, Island: "compare",
		Body: map[string]any{"At": at, "Wrong": wrong, "Profiles": forecast.Ready(), "Own": v.company != (id.Company{}), "Zones": zones(v.Tag)}})
}

// zones are those people choose from most; any other can be typed.
func zones(tag lang.Tag) []string {
	out := []string{"UTC", "Asia/Shanghai", "Asia/Taipei", "Asia/Hong_Kong", "Asia/Singapore", "Asia/Tokyo", "Europe/London", "Europe/Berlin", "America/New_York", "America/Chicago", "America/Los_Angeles"}
	if tag != lang.English {
		out = append(out[1:3], append([]string{"UTC"}, out[3:]...)...)
	}
	return out
}

// compareBegin makes a workspace, with what was handed in with the first form.
func (s *Server) compareBegin(w http.ResponseWriter, r *http.Request, v *visit) error {
	return s.beginSpace(w, v, "/compare/", func(sp *workspace.Space) error { return s.beginWith(w, r, v, sp) },
		func(status int, why string) { s.startPage(w, v, status, why) })
}

// beginWith fills a new workspace from the first form: files, or what to stand
// on instead.
func (s *Server) beginWith(w http.ResponseWriter, r *http.Request, v *visit, sp *workspace.Space) error {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		fields, err := s.receive(w, v, func(_, name string, part *multipart.Part) error {
			_, err := sp.Add(name, part)
			return err
		})
		if err != nil {
			return err
		}
		if zone := fields.Get("zone"); zone != "" {
			return sp.SetZone(zone)
		}
		return nil
	}
	f, err := v.form(w)
	if err != nil {
		return err
	}
	return stand(sp, f)
}

// stand reads what usage a comparison is to stand on.
func stand(sp *workspace.Space, f *form) error {
	if zone := f.Value("zone"); zone != "" {
		if err := sp.SetZone(zone); err != nil {
			return err
		}
	}
	switch basis := f.Value("basis"); {
	case basis == "":
		return nil
	case basis == "files":
		return sp.Stand(workspace.Basis{})
	case basis == "own":
		return sp.Stand(workspace.Basis{Own: ownMonths})
	default:
		return sp.Stand(workspace.Basis{Profile: basis})
	}
}

// ownMonths is how far back a company's own usage is compared.
const ownMonths = 12

func isInput(err error) bool {
	k := fault.KindOf(err)
	return k == fault.Invalid || k == fault.Overflow || k == fault.Conflict
}

// compareFiles takes records in.
func (s *Server) compareFiles(w http.ResponseWriter, _ *http.Request, v *visit, at *spaceAt) error {
	n := 0
	_, err := s.receive(w, v, func(_, name string, part *multipart.Part) error {
		n++
		_, err := at.Add(name, part)
		return err
	})
	if err == nil && n == 0 {
		err = fault.New(fault.Invalid, "%s", v.say("compare_page.no_file"))
	}
	return s.back(w, v, at, err, func(b *compareBody) { b.WrongFiles = errorText(err) })
}

// back goes to the workspace again, or shows it with what was wrong.
func (s *Server) back(w http.ResponseWriter, v *visit, at *spaceAt, err error, tell func(*compareBody)) error {
	if err == nil {
		v.redirect(w, "/compare/"+at.token)
		return nil
	}
	if !isInput(err) {
		return err
	}
	b, err := s.compareBody(v, at)
	if err != nil {
		return err
	}
	tell(b)
	b.Setup = true
	s.comparePage(w, v, http.StatusUnprocessableEntity, at, b)
	return nil
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// compareRejects gives the refused records of a file, or why they were refused.
func (s *Server) compareRejects(w http.ResponseWriter, r *http.Request, _ *visit, at *spaceAt) error {
	what := r.PathValue("what")
	if what != "rejects" && what != "reasons" {
		return fault.New(fault.NotFound, "there is no such page")
	}
	file, name, err := at.Rejects(r.PathValue("file"), what == "reasons")
	if err != nil {
		return err
	}
	defer file.Close()
	download(w, "application/octet-stream", name)
	_, _ = io.Copy(w, file) // the client went away
	return nil
}

// download says that what follows is a file to be saved under a name.
func download(w http.ResponseWriter, kind, name string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename*=UTF-8''`+pathEscape(name))
	h.Set("Cache-Control", "no-store")
}

func (s *Server) compareUsage(w http.ResponseWriter, _ *http.Request, v *visit, at *spaceAt) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	err = stand(at.Space, f)
	return s.back(w, v, at, err, func(b *compareBody) { b.WrongUsage = errorText(err) })
}

func (s *Server) compareMarket(w http.ResponseWriter, _ *http.Request, v *visit, at *spaceAt) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	err = at.Pick(f.Values["offer"])
	return s.back(w, v, at, err, func(b *compareBody) { b.WrongMarket = errorText(err) })
}

// compareOffers takes offers of one's own: pasted, as files, or a published plan.
func (s *Server) compareOffers(w http.ResponseWriter, r *http.Request, v *visit, at *spaceAt) error {
	var texts []workspace.Text
	room := workspace.TextBytes
	fields, err := s.receive(w, v, func(_, name string, part *multipart.Part) error {
		t, err := workspace.ReadText(name, part, &room)
		texts = append(texts, t)
		return err
	})
	if err != nil {
		return s.back(w, v, at, err, func(b *compareBody) { b.WrongOffer = fault.Problems{{What: err.Error()}} })
	}
	pasted := fields.Get("text")
	of, sees := access.PlansOf(v.actor, at.Company)
	switch plan := fields.Get("plan"); {
	case plan != "" && !sees:
		err = fault.New(fault.NotFound, "there is no such plan")
	case plan != "":
		err = at.OfferPlan(r.Context(), of, plan)
	case len(texts) > 0:
		_, err = at.Offer(texts...)
	default:
		_, err = at.Offer(workspace.Text{Name: "pasted", Text: pasted})
	}
	return s.back(w, v, at, err, func(b *compareBody) {
		b.Pasted = pasted
		var ps fault.Problems
		if !errors.As(err, &ps) {
			ps = fault.Problems{{What: err.Error()}}
		}
		b.WrongOffer = ps
	})
}

func (s *Server) compareDrop(w http.ResponseWriter, _ *http.Request, v *visit, at *spaceAt) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	if err := at.Drop(f.Value("offer")); err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	v.redirect(w, "/compare/"+at.token)
	return nil
}

// marketRow is a market offer to be picked.
type marketRow struct {
	ID, Name, Vendor, Currency, Confidence, Method, Read string
	Unknown                                              int // prices nobody knows
	Picked                                               bool
}

func (v *visit) marketRows(picked []string) ([]marketRow, error) {
	list, err := workspace.Library()
	if err != nil {
		return nil, err
	}
	var out []marketRow
	for i := range list {
		b := &list[i]
		out = append(out, marketRow{ID: b.Offer.ID, Name: b.Offer.Name.In(v.Tag), Vendor: b.Offer.Vendor, Currency: b.Plan.Currency.String(), Confidence: string(b.Offer.Confidence),
			Method: v.methods(b), Read: lang.Date(v.Tag, b.Offer.ReadOn), Unknown: unknownPrices(b), Picked: slices.Contains(picked, b.Offer.ID)})
	}
	return out, nil
}

// methods names what an offer charges by.
func (v *visit) methods(b *planfile.OfferBundle) string {
	var words []string
	add := func(key string) {
		if w := v.say("method." + key); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	for i := range b.Plan.Components {
		switch m := b.Plan.Components[i].Measure; {
		case m.OfSeats():
			add("seats")
		case m.OfTime():
			add("time")
		case m == "module_days":
			add("module")
		case m == "calls":
			add("volume")
		}
	}
	return lang.List(v.Tag, words)
}

func unknownPrices(b *planfile.OfferBundle) int {
	n := 0
	for i := range b.Plan.Components {
		for _, r := range b.Plan.Components[i].Rates {
			if r.UnitPrice.Unknown {
				n++
			}
		}
		if b.Plan.Components[i].UnitPrice.Unknown {
			n++
		}
	}
	return max(0, n-len(b.Offer.Prices))
}
