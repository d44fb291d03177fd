package console

import (
	"context"
	"net/http"
	"strconv"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
)

// promptVersion is a version in the list of them.
type promptVersion struct {
	N                          int
	At, By, File, Form, Length string
	Sound, Gone                string // one of them is empty
}

// promptBody is the page of a prompt.
type promptBody struct {
	Base      string
	Sound     string
	Length    string
	Language  string
	Versions  []promptVersion // the newest first
	Uses      []promptUse
	Form      *form
	May       bool
	MayGo     bool // it can be removed
	Languages []option
	Most      int
	Refused   string
	KeepDays  int
}

// promptUse is a campaign that says it.
type promptUse struct {
	Link
	State campaign.State
}

func (s *Server) promptOf(v *visit) (*app.Prompt, error) {
	i, err := id.ParseNamed("prm", v.r.PathValue("prompt"))
	if err != nil {
		return nil, fault.New(fault.NotFound, "there is no such prompt")
	}
	p, err := s.d.System.GetPrompt(v.r.Context(), v.company, i)
	return &p, err
}

// prompt shows one.
func (s *Server) prompt(w http.ResponseWriter, _ *http.Request, v *visit) error {
	p, err := s.promptOf(v)
	if err != nil {
		return err
	}
	return s.promptPage(w, v, http.StatusOK, p, v.promptForm(p), "")
}

// promptForm is the form as the prompt has it.
func (v *visit) promptForm(p *app.Prompt) *form {
	return v.blank("name", p.Name, "language", p.Language, "revision", strconv.FormatInt(p.Revision, 10))
}

func (s *Server) promptPage(w http.ResponseWriter, v *visit, status int, p *app.Prompt, f *form, refused string) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	uses, err := s.d.System.PromptUses(v.r.Context(), v.company, *p)
	if err != nil {
		return err
	}
	days := s.d.System.KeepDays
	if days == 0 {
		days = app.DefaultKeepDays
	}
	b := promptBody{Base: v.promptAt(p.Named()), Form: f, May: v.may(access.PromptWrite), MayGo: true, Languages: v.promptLanguages(), Most: app.MaxPromptFile >> 20, Refused: refused,
		Length: lang.Clock((p.Newest().Millis + 999) / 1000), Language: v.say("prompts.l_" + p.Language), KeepDays: days}
	b.Sound = b.Base + "/sound"
	for i := len(p.Versions) - 1; i >= 0; i-- {
		b.Versions = append(b.Versions, v.promptVersion(b.Base, &p.Versions[i]))
	}
	for _, u := range uses[p.ID] {
		b.Uses = append(b.Uses, promptUse{Link{u.Name, v.at("/campaigns/" + u.Campaign.Named("cmp") + "/menu")}, u.State})
		b.MayGo = b.MayGo && u.State == campaign.Draft
	}
	hearing(w)
	s.render(w, v, status, "prompt", &Page{Title: p.Name, Lead: b.Language, Here: v.at("/prompts"), Crumbs: v.crumbs(Link{v.say("nav.prompts"), v.at("/prompts")}), Island: "prompts", Body: b})
	return nil
}

func (v *visit) promptVersion(base string, x *app.PromptVersion) promptVersion {
	out := promptVersion{N: x.Version, At: v.moment(x.At), By: actorShown(x.By), File: x.File, Length: lang.Clock((x.Millis + 999) / 1000),
		Form: v.say("prompts.form", "hz", lang.Count(v.Tag, int64(x.Form.Rate)), "bits", itoa(x.Form.Bits), "channels", v.say("prompts.ch_"+itoa(x.Form.Channels)))}
	if x.Gone.IsZero() {
		out.Sound = base + "/sound?version=" + itoa(x.Version)
	} else {
		out.Gone = v.say("prompts.gone", "at", v.moment(x.Gone))
	}
	return out
}

// setPrompt keeps its name and language.
func (s *Server) setPrompt(w http.ResponseWriter, _ *http.Request, v *visit) error {
	p, f, err := sentAbout(w, v, s.promptOf)
	if err != nil {
		return err
	}
	in := app.SetPrompt{Name: f.line("name", 60), Language: f.choice("language", app.PromptLanguages()...)}
	return s.changePrompt(w, v, p, f, in, "prompt.set")
}

// replacePrompt keeps another sound of it.
func (s *Server) replacePrompt(w http.ResponseWriter, _ *http.Request, v *visit) error {
	p, err := s.promptOf(v)
	if err != nil {
		return err
	}
	f, sound, err := v.sentSound(w)
	if err != nil {
		return err
	}
	f.Values.Set("name", p.Name)
	f.Values.Set("language", p.Language)
	return s.changePrompt(w, v, p, f, app.SetPrompt{Name: p.Name, Language: p.Language, Sound: sound}, "prompt.replace")
}

func (s *Server) changePrompt(w http.ResponseWriter, v *visit, p *app.Prompt, f *form, in app.SetPrompt, action string) error {
	in.ID, in.By = p.ID, v.actor.Name
	in.Revision, _ = strconv.ParseInt(f.Value("revision"), 10, 64) // none is none that fits
	if !f.OK() {
		return s.promptPage(w, v, http.StatusUnprocessableEntity, p, f, "")
	}
	err := s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		after, err := s.d.System.SetPrompt(ctx, v.company, in)
		return access.Deed{Action: action, Target: p.Named(), Before: p, After: after}, v.promptAt(p.Named()), err
	})
	if ps, bad := problemsOf(err); bad {
		f.misplaced(ps)
		return s.promptPage(w, v, http.StatusUnprocessableEntity, p, f, "")
	}
	var why string
	return again(err, &why, func(status int) error { return s.promptPage(w, v, status, p, f, why) })
}

// removePrompt takes it out of use.
func (s *Server) removePrompt(w http.ResponseWriter, _ *http.Request, v *visit) error {
	p, f, err := sentAbout(w, v, s.promptOf)
	if err != nil {
		return err
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		_, err := s.d.System.RemovePrompt(ctx, v.company, p.ID)
		return access.Deed{Action: "prompt.remove", Target: p.Named(), Before: p}, v.at("/prompts"), err
	})
	var why string
	return again(err, &why, func(status int) error { return s.promptPage(w, v, status, p, v.promptForm(p), why) })
}
