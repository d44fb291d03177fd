package console

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/script"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/planfile"
	"waihu/internal/store"
)

func (s *Server) scriptPages() {
	s.page("GET /c/{company}/scripts", access.CampaignRead, s.scripts)
	s.page("GET /c/{company}/scripts/new", access.CampaignWrite, s.newScript)
	s.page("POST /c/{company}/scripts/new", access.CampaignWrite, s.setScript)
	s.page("POST /c/{company}/scripts/preview", access.CampaignRead, s.previewScript)
	s.page("GET /c/{company}/scripts/{script}", access.CampaignRead, s.script)
	s.page("POST /c/{company}/scripts/{script}", access.CampaignWrite, s.setScript)
	s.page("GET /c/{company}/scripts/{script}/file", access.CampaignRead, s.scriptFile)
	s.page("POST /c/{company}/scripts/{script}/retire", access.CampaignWrite, s.retireScript)
}

// scripts lists them.
func (s *Server) scripts(w http.ResponseWriter, r *http.Request, v *visit) error {
	after, err := afterOf(r, "scr")
	if err != nil {
		return err
	}
	list, err := s.d.System.Scripts(r.Context(), v.company, store.Page{After: after, Limit: pageRows + 1, Down: true})
	if err != nil {
		return err
	}
	var rows []option
	next := ""
	for i := range list {
		if i == pageRows {
			next = "?after=" + list[i-1].ID.Named("scr")
			break
		}
		rows = append(rows, option{"name": list[i].Name, "versions": list[i].Versions, "retired": list[i].Retired, "href": v.scriptAt(list[i].ID)})
	}
	b := map[string]any{"Rows": rows, "Next": next, "New": given(v.may(access.CampaignWrite), v.at("/scripts/new"))}
	s.render(w, v, http.StatusOK, "scripts", &Page{Title: v.say("nav.scripts"), Lead: v.say("scripts.lead"), Here: v.at("/scripts"), Crumbs: v.crumbs(), Body: b})
	return nil
}

func (v *visit) scriptAt(i id.ID) string { return v.at("/scripts/" + i.Named("scr")) }

// scriptBody is the editor of a script, with what agents will see beside it.
type scriptBody struct {
	Form     *form
	Refused  string
	Problems fault.Problems
	Text     bool // it is written as a text: it says more than cards can
	Forced   bool // and must be
	Of       *app.Script
	Base     string
	At       string // of the address the form is sent to
	Preview  string
	Versions []option
	May      bool
	Codes    []option
	Kinds    []option
	Ends     []option
	Ops      []option
	Tongues  []lang.Tag
	Try      *tryShown
}

func (s *Server) scriptOf(v *visit) (*app.Script, *app.ScriptVersion, error) {
	i, err := id.ParseNamed("scr", v.r.PathValue("script"))
	if err != nil {
		return nil, nil, fault.New(fault.NotFound, "there is no such script")
	}
	of, version, err := s.d.System.GetScript(v.r.Context(), v.company, i, 0)
	return &of, &version, err
}

// newScript begins with one that can be tried at once.
func (s *Server) newScript(w http.ResponseWriter, _ *http.Request, v *visit) error {
	first := script.Script{Name: v.say("scripts.first_name"), Language: string(v.Tag), Steps: []script.Step{
		{ID: "hello", Text: textIn(v.Tag, v.say("scripts.first_text", "name", "{name|}")), Ask: []script.Question{{ID: "may_ask", Kind: script.YesNo, Required: true, Label: textIn(v.Tag, v.say("scripts.first_ask"))}},
			Next: []script.Jump{{When: []script.Test{{Answer: "may_ask", Is: []string{"no"}}}, End: &script.End{As: script.Refused}}}},
		{ID: "thanks", Text: textIn(v.Tag, v.say("scripts.first_thanks"))}}}
	f := v.blank()
	fillCards(f, &first)
	return s.scriptPage(w, v, http.StatusOK, &scriptBody{Form: f})
}

// script shows one with its newest version.
func (s *Server) script(w http.ResponseWriter, r *http.Request, v *visit) error {
	of, version, err := s.scriptOf(v)
	if err != nil {
		return err
	}
	f := v.blank("revision", itoa(int(of.Revision)), "file", version.File)
	b := &scriptBody{Form: f, Of: of, Text: r.URL.Query().Get("as") == "text"}
	if tag, err := lang.ParseTag(r.URL.Query().Get("in")); err == nil {
		f.Values.Set("tongue", string(tag))
	}
	if b.Forced = !inCards(&version.Read); b.Forced {
		b.Text = true
	}
	if !b.Text {
		fillCards(f, &version.Read)
	}
	return s.scriptPage(w, v, http.StatusOK, b)
}

func (s *Server) scriptPage(w http.ResponseWriter, v *visit, status int, b *scriptBody) error {
	b.May, b.Preview, b.At, b.Tongues = v.may(access.CampaignWrite), v.at("/scripts/preview"), v.at("/scripts/new"), lang.Tags()
	title := v.say("scripts.new")
	if b.Of != nil {
		b.Base = v.scriptAt(b.Of.ID)
		b.At, title = b.Base, b.Of.Name
		list, err := s.d.System.ScriptVersions(v.r.Context(), v.company, b.Of.ID, store.Page{Limit: 20, Down: true})
		if err != nil {
			return err
		}
		for _, x := range list {
			b.Versions = append(b.Versions, option{"n": x.Version, "by": actorShown(x.By), "at": v.moment(x.At), "href": b.Base + "/file?version=" + itoa(x.Version)})
		}
	}
	if err := s.scriptChoices(v, b); err != nil {
		return err
	}
	b.Form.Values.Set("text", given(b.Text, "1"))
	if b.Try == nil {
		b.Try = v.try(b)
	}
	if _, err := b.Form.Once(); err != nil {
		return err
	}
	s.render(w, v, status, "script", &Page{Title: title, Lead: v.say("scripts.one_lead"), Here: v.at("/scripts"), Crumbs: v.crumbs(Link{v.say("nav.scripts"), v.at("/scripts")}), Body: b})
	return nil
}

func (s *Server) scriptChoices(v *visit, b *scriptBody) error {
	codes, err := s.d.System.Dispositions(v.r.Context(), v.company)
	if err != nil {
		return err
	}
	b.Codes = []option{{"value": "", "label": v.say("scripts.no_code")}}
	for _, d := range attempt.Over(attempt.Builtin(), codes) {
		if !d.Auto && !d.Off {
			b.Codes = append(b.Codes, option{"value": d.Code, "label": v.codeName(&d)})
		}
	}
	b.Kinds = []option{{"value": "", "label": v.say("scripts.no_question")}}
	for _, k := range script.OneOf.Choices() {
		b.Kinds = append(b.Kinds, option{"value": k, "label": v.say("scripts.k_" + k)})
	}
	for _, o := range []string{"", "is", "not", "at_least", "below"} {
		b.Ops = append(b.Ops, option{"value": o, "label": v.say("scripts.op_" + orWord(o, "always"))})
	}
	for _, e := range script.Complete.Choices() {
		b.Ends = append(b.Ends, option{"value": "end:" + e, "label": v.say("scripts.end_" + e)})
	}
	return nil
}

func orWord(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// Steps are where a jump may lead, for templates: the steps of the form, and the ends.
func (b *scriptBody) Steps() []option {
	out := []option{{"value": "", "label": b.Form.v.say("scripts.next_step")}}
	for _, i := range b.Form.Rows("steps") {
		if name := b.Form.Value(b.Form.At("steps", i, "id")); name != "" {
			out = append(out, option{"value": name, "label": name})
		}
	}
	return append(out, b.Ends...)
}

// Wrong is what is wrong below a place of the script, for templates.
func (b *scriptBody) Wrong(path string) (out fault.Problems) {
	for _, p := range b.Problems {
		if p.Path == path || strings.HasPrefix(p.Path, path+".") || strings.HasPrefix(p.Path, path+"[") {
			out = append(out, p)
		}
	}
	return out
}

// written is the text of a script as the form has it, and the script; nil: it cannot
// be read.
func (b *scriptBody) written(v *visit) (string, *script.Script) {
	if b.Text = b.Form.Value("text") != ""; b.Text {
		file := b.Form.Value("file")
		read, problems := planfile.ReadCallScript(file)
		b.Problems = problems
		return file, read
	}
	read := readCards(b.Form)
	b.Problems = read.Validate()
	data, err := json.MarshalIndent(read, "", "  ")
	if err != nil {
		return "", nil // texts and numbers can always be written
	}
	return string(data), read
}

// sentScript is the form of a script and what it is about.
func (s *Server) sentScript(w http.ResponseWriter, v *visit) (*scriptBody, error) {
	f, err := v.form(w)
	if err != nil {
		return nil, err
	}
	b := &scriptBody{Form: f}
	name := v.r.PathValue("script")
	if name == "" {
		name = f.Value("of")
	}
	if name == "" {
		return b, nil
	}
	i, err := id.ParseNamed("scr", name)
	if err != nil {
		return nil, fault.New(fault.NotFound, "there is no such script")
	}
	of, version, err := s.d.System.GetScript(v.r.Context(), v.company, i, 0)
	b.Of, b.Forced = &of, !inCards(&version.Read)
	return b, err
}

// setScript keeps a script, or a new version of one.
func (s *Server) setScript(w http.ResponseWriter, _ *http.Request, v *visit) error {
	b, err := s.sentScript(w, v)
	if err != nil {
		return err
	}
	f := b.Form
	if f.Value("do") == "more" {
		b.Text = f.Value("text") != ""
		return s.scriptPage(w, v, http.StatusOK, b)
	}
	file, read := b.written(v)
	if read == nil || b.Problems.Err() != nil {
		return s.scriptPage(w, v, http.StatusUnprocessableEntity, b)
	}
	in := app.SetScript{File: file, By: v.actor.Name}
	if b.Of != nil {
		in.ID, in.Revision = b.Of.ID, int64(f.between("revision", 0, 1<<30))
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		of, version, err := s.d.System.SetScript(ctx, v.company, in)
		return access.Deed{Action: "script.set", Target: of.ID.Named("scr"), After: map[string]any{"version": version.Version}}, v.scriptAt(of.ID) + given(b.Text && !b.Forced, "?as=text"), err
	})
	return again(err, &b.Refused, func(status int) error { return s.scriptPage(w, v, status, b) })
}

// previewScript shows what an agent would see; nothing is kept.
func (s *Server) previewScript(w http.ResponseWriter, _ *http.Request, v *visit) error {
	b, err := s.sentScript(w, v)
	if err != nil {
		return err
	}
	b.Text = b.Form.Value("text") != ""
	return s.scriptPage(w, v, http.StatusOK, b)
}

// scriptFile gives a version as it was written.
func (s *Server) scriptFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	of, newest, err := s.scriptOf(v)
	if err != nil {
		return err
	}
	f := v.blank("version", orWord(r.URL.Query().Get("version"), itoa(newest.Version)))
	n := f.between("version", 1, max(of.Versions, 1))
	_, version, err := s.d.System.GetScript(r.Context(), v.company, of.ID, n)
	if err != nil {
		return err
	}
	download(w, "application/yaml", "script-"+itoa(version.Version)+".yaml")
	_, _ = w.Write([]byte(version.File)) // the client went away
	return nil
}

// retireScript takes a script out of use.
func (s *Server) retireScript(w http.ResponseWriter, _ *http.Request, v *visit) error {
	of, version, err := s.scriptOf(v)
	if err != nil {
		return err
	}
	f, err := v.form(w)
	if err != nil {
		return err
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		after, err := s.d.System.RetireScript(ctx, v.company, of.ID)
		return access.Deed{Action: "script.retire", Target: of.ID.Named("scr"), After: after}, v.at("/scripts"), err
	})
	b := &scriptBody{Form: v.blank("revision", itoa(int(of.Revision)), "file", version.File), Of: of, Text: true, Forced: !inCards(&version.Read)}
	return again(err, &b.Refused, func(status int) error { return s.scriptPage(w, v, status, b) })
}
