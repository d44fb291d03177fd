package console

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/receive"
	"waihu/internal/store"
)

func (s *Server) doNotCallPages() {
	s.page("GET /c/{company}/dnc", access.DNCRead, s.doNotCall)
	s.page("GET /c/{company}/dnc.csv", access.DNCRead, s.doNotCallFile)
	s.page("POST /c/{company}/dnc", access.DNCWrite, s.bar)
	s.page("POST /c/{company}/dnc/imports", access.DNCWrite, s.takeNumbers)
	s.page("GET /c/{company}/dnc/imports/{job}", access.DNCWrite, s.numberImport)
	s.page("GET /c/{company}/dnc/imports/{job}/rejects", access.DNCWrite, s.leadRejects)
	s.page("GET /c/{company}/dnc/{number}", access.DNCRead, s.barred)
	s.page("POST /c/{company}/dnc/{number}", access.DNCRemove, s.unbar)
}

// barredRow is a number nobody calls.
type barredRow struct {
	store.Barred
	Shown  string // the number
	Source string // in words
	Href   string
	Why    string
	At     string
	Added  string
	Who    string
}

// sourceSaid is where a refusal came from: a call is known by its name, a file by what
// somebody wrote.
func (v *visit) sourceSaid(source string) string {
	if of, is := strings.CutPrefix(source, "try "); is {
		if _, err := id.ParseNamed("try", of); err == nil {
			return v.say("dnc.from_try")
		}
	}
	return source
}

func (s *Server) barredRow(v *visit, b *store.Barred) barredRow {
	packs, _ := rulePacks() // a rule nobody knows stands by its name
	return barredRow{Barred: *b, Shown: shownNumber(b.Number), Source: v.sourceSaid(b.Source), Href: v.at("/dnc/" + pathEscape(b.Number.String())), Why: v.ruleSaid(packs, b.Rule), At: v.moment(b.At), Added: v.moment(b.Added), Who: s.doer(v, b.By)}
}

// doNotCallBody is the list, and what a number that was looked up is.
type doNotCallBody struct {
	Form      *form
	Refused   string
	Rows      []barredRow
	Next      string
	Q         string
	Looked    string // the number that was looked up, as it is called
	Found     *barredRow
	Files     []listFileRow
	May       bool
	All       string
	File      string
	Countries []option
	Most      int
}

func (s *Server) doNotCall(w http.ResponseWriter, r *http.Request, v *visit) error {
	return s.doNotCallPage(w, v, http.StatusOK, v.blank("country", homeOf(s.zoneOf(v))), "")
}

func (s *Server) doNotCallPage(w http.ResponseWriter, v *visit, status int, f *form, refused string) (err error) {
	b := doNotCallBody{Form: f, Refused: refused, Q: strings.TrimSpace(v.r.URL.Query().Get("q")), May: v.may(access.DNCWrite), All: v.at("/dnc"), File: v.at("/dnc.csv"), Countries: v.listChoices().Countries, Most: importMost >> 20}
	if b.Q != "" {
		if err := s.lookUpBarred(v, &b); err != nil {
			return err
		}
	}
	after := phone.Number(0)
	if a := v.r.URL.Query().Get("after"); a != "" {
		if err := after.UnmarshalText([]byte(a)); err != nil {
			return fault.New(fault.Invalid, "after is no place in this list")
		}
	}
	list, err := s.d.System.DoNotCall(v.r.Context(), v.company, after, pageRows+1)
	if err != nil {
		return err
	}
	for i := range list[:min(len(list), pageRows)] {
		b.Rows = append(b.Rows, s.barredRow(v, &list[i]))
	}
	if len(list) > pageRows {
		b.Next = "?after=" + queryEscape(list[pageRows-1].Number.String())
	}
	if b.May {
		if b.Files, err = s.listFiles(v, id.ID{}); err != nil {
			return err
		}
	}
	if _, err := f.Once(); err != nil {
		return err
	}
	s.render(w, v, status, "dnc", &Page{Title: v.say("nav.dnc"), Lead: v.say("dnc.lead"), Here: v.at("/dnc"), Crumbs: v.crumbs(), Island: "compare", Body: b})
	return nil
}

// lookUpBarred tells whether a number may not be called.
func (s *Server) lookUpBarred(v *visit, b *doNotCallBody) error {
	n, ok := phone.Normalize(b.Q, homeOf(s.zoneOf(v)))
	if !ok {
		b.Form.wrong("q", "campaigns.bad_number")
		return nil
	}
	b.Looked = n.String()
	found, err := s.d.System.Barred(v.r.Context(), v.company, []phone.Number{n})
	if err == nil && len(found) > 0 {
		row := s.barredRow(v, &found[0])
		b.Found = &row
	}
	return err
}

func (s *Server) doNotCallFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	t := v.sheet("dnc.number", "dnc.why", "dnc.source", "dnc.reason", "dnc.by", "dnc.at", "dnc.added")
	after, more := phone.Number(0), true
	for more && len(t.Rows) < exportRows {
		page, err := s.d.System.DoNotCall(r.Context(), v.company, after, store.MaxPage)
		if err != nil {
			return err
		}
		for i := range page {
			x := s.barredRow(v, &page[i])
			t.add(x.Number.String(), x.Rule, x.Source, x.Reason, x.Who, x.At, x.Added)
			after = x.Number
		}
		more = len(page) == store.MaxPage
	}
	t.full(v, more)
	return s.sendSheet(w, v, "do-not-call", extOf(r), v.say("nav.dnc"), t)
}

// barMost bounds the numbers one form puts on the list; more come as a file.
const barMost = 200

// bar puts numbers on the list, one a line.
func (s *Server) bar(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	source, reason, home := f.line("source", 200), f.optional("reason", 0), f.Value("country")
	var list []store.Barred
	for _, line := range strings.Split(f.text("numbers", 10_000), "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		n, ok := phone.Normalize(line, home)
		if !ok || len(list) == barMost {
			f.wrong("numbers", "dnc.bad_line", "line", fault.Shorten(line, 40), "n", itoa(barMost))
			continue
		}
		list = append(list, store.Barred{Number: n, Source: source, Reason: reason, By: v.actor.Name})
	}
	if !f.OK() {
		return s.doNotCallPage(w, v, http.StatusUnprocessableEntity, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		_, err := s.d.System.Bar(ctx, v.company, list)
		return access.Deed{Action: "dnc.add", Target: "dnc", Reason: reason, After: list}, v.at("/dnc?q=" + queryEscape(list[0].Number.String())), err
	})
	return again(err, new(string), func(status int) error { return s.doNotCallPage(w, v, status, f, err.Error()) })
}

// barredOf is the entry of an address.
func (s *Server) barredOf(v *visit) (*store.Barred, error) {
	var n phone.Number
	if err := n.UnmarshalText([]byte(v.r.PathValue("number"))); err != nil {
		return nil, fault.New(fault.NotFound, "there is no such number on the do-not-call list")
	}
	found, err := s.d.System.Barred(v.r.Context(), v.company, []phone.Number{n})
	if err != nil || len(found) == 0 {
		return nil, errors.Join(err, fault.New(fault.NotFound, "there is no such number on the do-not-call list"))
	}
	return &found[0], nil
}

// barred shows why a number is not called.
func (s *Server) barred(w http.ResponseWriter, _ *http.Request, v *visit) error {
	b, err := s.barredOf(v)
	if err != nil {
		return err
	}
	return s.barredPage(w, v, http.StatusOK, b, v.blank(), "")
}

func (s *Server) barredPage(w http.ResponseWriter, v *visit, status int, b *store.Barred, f *form, refused string) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	body := map[string]any{"Row": s.barredRow(v, b), "Form": f, "Refused": refused, "May": v.may(access.DNCRemove), "Leads": given(v.may(access.LeadRead), v.at("/leads?q="+queryEscape(b.Number.String())))}
	s.render(w, v, status, "dnc-number", &Page{Title: shownNumber(b.Number), Lead: v.say("dnc.one_lead"), Here: v.at("/dnc"), Crumbs: v.crumbs(Link{v.say("nav.dnc"), v.at("/dnc")}), Body: body})
	return nil
}

// unbar takes a number off the list, for a reason that the audit log keeps.
func (s *Server) unbar(w http.ResponseWriter, _ *http.Request, v *visit) error {
	b, f, err := sentAbout(w, v, s.barredOf)
	if err != nil {
		return err
	}
	why := f.text("reason", 0)
	if len(why) > 0 && len(why) < 10 {
		f.wrong("reason", "campaigns.reason_needed")
	}
	if !f.OK() {
		return s.barredPage(w, v, http.StatusUnprocessableEntity, b, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		was, err := s.d.System.Unbar(ctx, v.company, b.Number)
		return access.Deed{Action: "dnc.remove", Target: b.Number.String(), Reason: why, Before: was}, v.at("/dnc?q=" + queryEscape(b.Number.String())), err
	})
	return again(err, new(string), func(status int) error { return s.barredPage(w, v, status, b, f, err.Error()) })
}

// takeNumbers takes a file of numbers in.
func (s *Server) takeNumbers(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, file, err := s.receiveImport(w, r, v)
	if err != nil {
		return again(err, new(string), func(status int) error { return s.doNotCallPage(w, v, status, f, err.Error()) })
	}
	in := receive.NumberFile{Name: f.Value("name"), Country: f.Value("country"), Source: f.line("source", 200)}
	if file == nil {
		f.wrong("file", "import.no_file")
	}
	if !f.OK() {
		if file != nil {
			err = file.Remove()
		}
		return errors.Join(err, s.doNotCallPage(w, v, http.StatusUnprocessableEntity, f, ""))
	}
	late := func() {}
	to, repeated, err := s.once(v, f, func(ctx context.Context, tx store.Tx) (_ access.Deed, _ string, err error) {
		late, err = s.d.Lists.AddNumberFile(ctx, tx, v.actor, v.company, file, in)
		return access.Deed{Action: "dnc.upload", Target: file.ID.Named("job"), After: in}, v.at("/dnc/imports/" + file.ID.Named("job")), err
	})
	if err != nil || repeated {
		err = errors.Join(err, file.Remove())
	}
	if f.aboutFile(err) {
		return s.doNotCallPage(w, v, http.StatusUnprocessableEntity, f, "")
	}
	if err == nil {
		late()
		v.redirect(w, to)
		return nil
	}
	return again(err, new(string), func(status int) error { return s.doNotCallPage(w, v, status, f, err.Error()) })
}

// numberImport shows how far a file of numbers is and what became of it.
func (s *Server) numberImport(w http.ResponseWriter, _ *http.Request, v *visit) error {
	u, err := s.listFileOf(v)
	if err != nil {
		return err
	}
	if s.over(w, v, u) {
		return nil
	}
	b := leadImportBody{Row: v.listFileRow(u), Base: v.at("/dnc/imports/" + u.ID.Named("job"))}
	if u.Numbers != nil && u.Numbers.Bad > 0 {
		f, _, err := s.d.Uploads.Rejected(u.ID, false)
		if b.Rejects = err == nil; b.Rejects {
			if err := f.Close(); err != nil {
				return err
			}
		}
	}
	s.render(w, v, http.StatusOK, "dnc-import", &Page{Title: u.Name, Lead: v.say("import.s_" + string(u.State)), Here: v.at("/dnc"), Crumbs: v.crumbs(Link{v.say("nav.dnc"), v.at("/dnc")}), Body: b})
	return nil
}
