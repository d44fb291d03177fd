package api

import (
	"context"
	"io"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/voice/audio"
)

type (
	// CallPrompt is what a company has played to people.
	CallPrompt struct {
		ID       string            `json:"id" example:"prm_01jd8..." doc:"As plans of campaigns and dialogue servers name it; its name does as well for the latter."`
		Name     string            `json:"name"`
		Language string            `json:"language" doc:"Spoken; ISO 639-3, und for any other."`
		Versions []CallPromptSound `json:"versions" doc:"The last is played."`
		Uses     []CallPromptUse   `json:"used_by,omitempty" doc:"Campaigns that say it and are not finished; not in lists."`
		Revision int64             `json:"revision"`
	}
	// CallPromptSound is one version of it.
	CallPromptSound struct {
		Version int        `json:"version"`
		At      Time       `json:"at" format:"date-time" doc:"Calls that begin from then on play it."`
		By      string     `json:"by"`
		File    string     `json:"file,omitempty" doc:"What it was called."`
		Form    audio.Form `json:"form" doc:"How it was written; it is kept as G.711, 8,000 samples a second."`
		Millis  int64      `json:"length_ms"`
		SHA256  string     `json:"sha256" doc:"Of the file that is given."`
		Gone    Time       `json:"gone,omitempty" format:"date-time" doc:"When its sound was deleted."`
	}
	// CallPromptUse is a campaign that says it.
	CallPromptUse struct {
		Campaign string   `json:"campaign"`
		Name     string   `json:"name"`
		State    string   `json:"state"`
		Paths    []string `json:"paths" doc:"Of the plan."`
	}
	// CallPrompts are those of a company, and the system's own.
	CallPrompts struct {
		Items  []CallPrompt `json:"items"`
		System []string     `json:"system" doc:"Keys of the system's own prompts: in the company's language, read only. A prompt of the company with such a name is said instead."`
	}
	// PromptIn names a prompt in an address.
	PromptIn struct {
		Prompt string `path:"prompt" maxLength:"40"`
	}
	promptSetBody struct {
		Revision int64  `json:"revision" doc:"Of the prompt that was read."`
		Name     string `json:"name" minLength:"1" maxLength:"240"`
		Language string `json:"language,omitempty" maxLength:"3" doc:"cmn, yue, nan, hak, en, ja, ko, vi, th, id, ms, es or und."`
	}
	// CampaignMissing is what a campaign needs before it can be started.
	CampaignMissing struct {
		Ready    bool           `json:"ready" doc:"Nothing stops it: what is found is to be looked at only."`
		Problems fault.Problems `json:"problems" doc:"Each with its path in the plan; trunks and contract are not of the plan. What is no warning stops the start."`
	}
)

func promptOf(p *app.Prompt) CallPrompt {
	out := CallPrompt{ID: p.Named(), Name: p.Name, Language: p.Language, Revision: p.Revision, Versions: make([]CallPromptSound, len(p.Versions))}
	for i, v := range p.Versions {
		out.Versions[i] = CallPromptSound{v.Version, timeOf(v.At), v.By, v.File, v.Form, v.Millis, v.SHA256, timeOf(v.Gone)}
	}
	return out
}

// PromptFile is a file with a sound, taken as it comes.
type PromptFile struct {
	RawIn
	Revision int64  `query:"revision" doc:"Of the prompt that was read, where its sound is replaced."`
	Title    string `query:"title" maxLength:"240" doc:"Name of a new prompt."`
	Language string `query:"language" maxLength:"3" doc:"Of a new prompt: cmn, yue, nan, hak, en, ja, ko, vi, th, id, ms, es or und."`
}

func (f *PromptFile) sound() (*app.NewSound, error) {
	file, err := io.ReadAll(io.LimitReader(f.body, app.MaxPromptFile+1))
	if err != nil {
		return nil, err
	}
	return app.ReadSound(f.Name, file)
}

func (a *API) promptRoutes() {
	read(a, op{id: "prompt-list", method: http.MethodGet, path: "/v1/prompts", what: "What the company has played to people, by name, and the keys of the system's own.", may: access.PromptRead},
		func(r *request, _ *none) (*CallPrompts, error) {
			all, err := r.sys.CompanyPrompts(r.ctx, r.company)
			out := &CallPrompts{Items: make([]CallPrompt, len(all)), System: []string{}}
			for i := range all {
				out.Items[i] = promptOf(&all[i])
			}
			for _, key := range r.sys.Prompts.All() {
				out.System = append(out.System, string(key))
			}
			return out, err
		})
	read(a, op{id: "prompt-get", method: http.MethodGet, path: "/v1/prompts/{prompt}", what: "One prompt with its versions and what says it.", may: access.PromptRead},
		func(r *request, in *PromptIn) (*CallPrompt, error) {
			p, err := promptIn(r, in.Prompt)
			if err != nil {
				return nil, err
			}
			uses, err := r.sys.PromptUses(r.ctx, r.company, *p)
			out := promptOf(p)
			for _, u := range uses[p.ID] {
				out.Uses = append(out.Uses, CallPromptUse{u.Campaign.Named("cmp"), u.Name, string(u.State), u.Paths})
			}
			return &out, err
		})
	change(a, op{id: "prompt-set", method: http.MethodPut, path: "/v1/prompts/{prompt}", what: "Give a prompt another name or language.", may: access.PromptWrite},
		func(r *request, in *struct {
			PromptIn
			Body promptSetBody
		}) (*CallPrompt, error) {
			before, err := promptIn(r, in.Prompt)
			if err != nil {
				return nil, err
			}
			p, err := r.sys.SetPrompt(r.ctx, r.company, app.SetPrompt{ID: before.ID, Revision: in.Body.Revision, Name: in.Body.Name, Language: in.Body.Language, By: r.actor.Name})
			if err != nil {
				return nil, err
			}
			out := promptOf(&p)
			return &out, r.did(access.Deed{Action: "prompt.set", Target: out.ID, Before: promptOf(before), After: out})
		})
	change(a, op{id: "prompt-remove", method: http.MethodDelete, path: "/v1/prompts/{prompt}", what: "Take a prompt out of use. Refused while a campaign that runs or is paused says it.", may: access.PromptWrite},
		func(r *request, in *PromptIn) (*CallPrompt, error) {
			before, err := promptIn(r, in.Prompt)
			if err != nil {
				return nil, err
			}
			if _, err := r.sys.RemovePrompt(r.ctx, r.company, before.ID); err != nil {
				return nil, err
			}
			out := promptOf(before)
			return &out, r.did(access.Deed{Action: "prompt.remove", Target: out.ID, Before: out})
		})
	a.promptSoundRoutes()
	read(a, op{id: "campaign-missing", method: http.MethodGet, path: "/v1/campaigns/{campaign}/missing", what: "What a campaign needs before it can be started, all at once: what the start refuses, and what is to be looked at.", may: access.CampaignRead},
		func(r *request, in *CampaignIn) (*CampaignMissing, error) {
			c, err := a.campaign(r, in.Campaign)
			if err != nil {
				return nil, err
			}
			found, err := r.sys.Missing(r.ctx, r.company, c.ID)
			out := &CampaignMissing{Ready: found.Err() == nil, Problems: found}
			if out.Problems == nil {
				out.Problems = fault.Problems{}
			}
			return out, err
		})
}

func promptIn(r *request, name string) (*app.Prompt, error) {
	i, err := inPath("prm", name)
	if err != nil {
		return nil, err
	}
	p, err := r.sys.GetPrompt(r.ctx, r.company, i)
	return &p, err
}

// promptSoundRoutes hand in sound, and give it.
func (a *API) promptSoundRoutes() {
	type fileIn struct {
		PromptIn
		PromptFile
	}
	type promptAnswer struct {
		Status int
		Body   CallPrompt
	}
	const what = "A WAV of any usual kind: PCM of 8 to 32 bits, floats, A-law or µ-law; 8,000 to 96,000 samples a second; mono or stereo; at most two minutes and 24 MiB."
	add := op{id: "prompt-add", method: http.MethodPost, path: "/v1/prompts", what: "Hand in a prompt. What is no WAV is refused with what was expected.", may: access.PromptWrite, status: http.StatusCreated}
	allowed(a, add, func(ctx context.Context, who *caller, c id.Company, in *PromptFile) (*promptAnswer, error) {
		p, err := a.handIn(ctx, who, c, in, id.ID{})
		return &promptAnswer{http.StatusCreated, p}, err
	})
	a.takesFile(a.huma.OpenAPI().Paths[add.path].Post, what)
	set := op{id: "prompt-sound-set", method: http.MethodPut, path: "/v1/prompts/{prompt}/sound", what: "Replace the sound of a prompt by a new version. Calls under way play the one before to their end; the same sound again changes nothing.", may: access.PromptWrite}
	allowed(a, set, func(ctx context.Context, who *caller, c id.Company, in *fileIn) (*promptAnswer, error) {
		i, err := inPath("prm", in.Prompt)
		if err != nil {
			return nil, err
		}
		p, err := a.handIn(ctx, who, c, &in.PromptFile, i)
		return &promptAnswer{http.StatusOK, p}, err
	})
	a.takesFile(a.huma.OpenAPI().Paths[set.path].Put, what)
	file(a, op{id: "prompt-sound", method: http.MethodGet, path: "/v1/prompts/{prompt}/sound", what: "The sound of a version as it is kept: a WAV in A-law, mono. The prompt may be the key of one of the system's own.", may: access.PromptRead},
		func(r *request, in *struct {
			PromptIn
			Version int      `query:"version" minimum:"0" doc:"0 or absent: the newest."`
			Lang    lang.Tag `query:"lang" enum:"en,zh-Hant,zh-Hans" default:"en" doc:"Of one of the system's own."`
		}) (*fileOut, error) {
			out := &fileOut{ContentType: "audio/wav", Disposition: `attachment; filename="prompt.wav"`}
			i, err := id.ParseNamed("prm", in.Prompt)
			if err != nil {
				out.Body, err = r.sys.SystemPrompt(in.Prompt, in.Lang)
			} else {
				out.Body, _, err = r.sys.PromptSound(r.ctx, r.company, i, in.Version)
			}
			return out, err
		})
}

// handIn keeps a new prompt, or a new sound of one. The file is read before the books are
// written.
func (a *API) handIn(ctx context.Context, who *caller, c id.Company, in *PromptFile, of id.ID) (out CallPrompt, err error) {
	sound, err := in.sound()
	if err != nil {
		return out, err
	}
	err = a.d.System.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		r := a.in(ctx, tx, who, c)
		set, action := app.SetPrompt{ID: of, Revision: in.Revision, Name: in.Title, Language: in.Language, Sound: sound, By: r.actor.Name}, "prompt.add"
		if !of.IsZero() {
			before, err := r.sys.GetPrompt(r.ctx, c, of)
			if err != nil {
				return err
			}
			set.Name, set.Language, action = before.Name, before.Language, "prompt.replace"
		}
		p, err := r.sys.SetPrompt(r.ctx, c, set)
		if err != nil {
			return err
		}
		out = promptOf(&p)
		return r.did(access.Deed{Action: action, Target: out.ID, After: out})
	})
	return out, err
}
