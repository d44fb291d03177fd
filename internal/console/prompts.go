package console

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/voice/audio"
)

func (s *Server) promptPages() {
	s.page("GET /c/{company}/prompts", access.PromptRead, s.prompts)
	s.page("POST /c/{company}/prompts", access.PromptWrite, s.addPrompt)
	s.page("GET /c/{company}/prompts/{prompt}", access.PromptRead, s.prompt)
	s.page("POST /c/{company}/prompts/{prompt}", access.PromptWrite, s.setPrompt)
	s.page("POST /c/{company}/prompts/{prompt}/replace", access.PromptWrite, s.replacePrompt)
	s.page("POST /c/{company}/prompts/{prompt}/remove", access.PromptWrite, s.removePrompt)
	s.page("GET /c/{company}/prompts/{prompt}/sound", access.PromptRead, s.promptSound)
	s.page("GET /c/{company}/prompts/{prompt}/peaks", access.PromptRead, s.promptPeaks)
}

// promptRow is a prompt in the list.
type promptRow struct {
	Name, Href, Sound, Language, Length string
	Version                             int
	Uses                                []Link
}

// promptsBody is the list, and the form that a new one is handed in with.
type promptsBody struct {
	Rows      []promptRow
	System    []option
	Form      *form
	May       bool
	Languages []option
	Most      int
	Refused   string
	At        string
}

func (v *visit) promptAt(named string) string { return v.at("/prompts/" + named) }

// prompts lists them.
func (s *Server) prompts(w http.ResponseWriter, _ *http.Request, v *visit) error {
	return s.promptsPage(w, v, http.StatusOK, v.blank("language", spokenBy(cmp.Or(lang.Tag(v.about.Lang), v.Tag))), "")
}

// spokenBy is what a company most likely speaks that writes in a language.
func spokenBy(tag lang.Tag) string {
	if tag == lang.English {
		return "en"
	}
	return "cmn"
}

func (s *Server) promptsPage(w http.ResponseWriter, v *visit, status int, f *form, refused string) error {
	list, err := s.d.System.CompanyPrompts(v.r.Context(), v.company)
	if err != nil {
		return err
	}
	uses, err := s.d.System.PromptUses(v.r.Context(), v.company, list...)
	if err != nil {
		return err
	}
	if _, err := f.Once(); err != nil {
		return err
	}
	b := promptsBody{Form: f, May: v.may(access.PromptWrite), Languages: v.promptLanguages(), Most: app.MaxPromptFile >> 20, Refused: refused, At: v.at("/prompts")}
	for i := range list {
		p := &list[i]
		row := promptRow{Name: p.Name, Href: v.promptAt(p.Named()), Sound: v.promptAt(p.Named()) + "/sound", Language: v.say("prompts.l_" + p.Language), Length: lang.Clock((p.Newest().Millis + 999) / 1000), Version: len(p.Versions)}
		for _, u := range uses[p.ID] {
			row.Uses = append(row.Uses, Link{u.Name, v.at("/campaigns/" + u.Campaign.Named("cmp") + "/menu")})
		}
		b.Rows = append(b.Rows, row)
	}
	for _, key := range s.d.System.Prompts.All() {
		said := ""
		if name := "prompts.s_" + string(key); lang.Has(name) {
			said = v.say(name)
		}
		b.System = append(b.System, option{"key": string(key), "said": said, "sound": v.promptAt(string(key)) + "/sound"})
	}
	hearing(w)
	s.render(w, v, status, "prompts", &Page{Title: v.say("nav.prompts"), Lead: v.say("prompts.lead"), Here: v.at("/prompts"), Crumbs: v.crumbs(), Island: "prompts", Body: b})
	return nil
}

func (v *visit) promptLanguages() (out []option) {
	for _, l := range app.PromptLanguages() {
		out = append(out, option{"value": l, "label": v.say("prompts.l_" + l)})
	}
	return out
}

// sentSound reads a form with a sound; what cannot be taken stands beside its field.
func (v *visit) sentSound(w http.ResponseWriter) (*form, *app.NewSound, error) {
	f, file, name, err := v.formAndFile(w, "file", app.MaxPromptFile)
	if err != nil {
		return nil, nil, err
	}
	if file == nil {
		f.wrong("file", "prompts.no_file")
		return f, nil, nil
	}
	sum := sha256.Sum256(file)
	f.Values.Set("sha256", hex.EncodeToString(sum[:])) // so that another file is another form
	sound, err := app.ReadSound(name, file)
	if ps, bad := problemsOf(err); bad {
		f.misplaced(ps)
		return f, nil, nil
	}
	return f, sound, err
}

// addPrompt keeps a new one.
func (s *Server) addPrompt(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, sound, err := v.sentSound(w)
	if err != nil {
		return err
	}
	in := app.SetPrompt{Name: f.line("name", 60), Language: f.choice("language", app.PromptLanguages()...), Sound: sound, By: v.actor.Name}
	if !f.OK() {
		return s.promptsPage(w, v, http.StatusUnprocessableEntity, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		p, err := s.d.System.SetPrompt(ctx, v.company, in)
		return access.Deed{Action: "prompt.add", Target: p.Named(), After: p}, v.promptAt(p.Named()), err
	})
	if ps, bad := problemsOf(err); bad {
		f.misplaced(ps)
		return s.promptsPage(w, v, http.StatusUnprocessableEntity, f, "")
	}
	var why string
	return again(err, &why, func(status int) error { return s.promptsPage(w, v, status, f, why) })
}

// versionQuery is the version an address asks for; 0: the newest.
func versionQuery(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("version"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// soundAt is the sound an address names, one of the system's own by its key.
func (s *Server) soundAt(v *visit) ([]byte, error) {
	name := v.r.PathValue("prompt")
	if i, err := id.ParseNamed("prm", name); err == nil {
		file, _, err := s.d.System.PromptSound(v.r.Context(), v.company, i, versionQuery(v.r))
		return file, err
	}
	company, err := s.d.System.GetCompany(v.r.Context(), v.company)
	if err != nil {
		return nil, err
	}
	tag, err := lang.ParseTag(company.Lang)
	if err != nil {
		tag = lang.English // as the lines have it
	}
	return s.d.System.SystemPrompt(name, tag)
}

// promptSound gives a sound, or the part a player asks for.
func (s *Server) promptSound(w http.ResponseWriter, r *http.Request, v *visit) error {
	file, err := s.soundAt(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "audio/wav")
	w.Header().Set("Cache-Control", "private, no-cache")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file))
	return nil
}

// promptColumns is how many pieces a waveform is drawn of.
const promptColumns = 600

// promptPeaks gives what a waveform is drawn from: the loudest sample of each piece, from
// 0 (silence) to 255.
func (s *Server) promptPeaks(w http.ResponseWriter, _ *http.Request, v *visit) error {
	file, err := s.soundAt(v)
	if err != nil {
		return err
	}
	if len(file) < audio.HeaderLen {
		return fault.New(fault.Internal, "a prompt has %d bytes", len(file))
	}
	sound := file[audio.HeaderLen:]
	peaks := make([]byte, min(promptColumns, len(sound)))
	for i := range peaks {
		for _, b := range sound[i*len(sound)/len(peaks) : (i+1)*len(sound)/len(peaks)] {
			level := int(audio.ALaw.Decode(b))
			peaks[i] = max(peaks[i], byte(min(max(level, -level)>>7, 255)))
		}
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "private, no-cache")
	_, _ = w.Write(peaks) // the client went away
	return nil
}
