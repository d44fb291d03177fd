package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/planfile"
)

// CallScript is what agents say and ask, in versions that never change.
type CallScript struct {
	ID       string `json:"id" example:"scr_01jd8..."`
	Name     string `json:"name"`
	Versions int    `json:"versions" doc:"They are numbered from 1 to this one."`
	Retired  bool   `json:"retired,omitempty" doc:"No campaign takes it any more."`
	Revision int64  `json:"revision"`
}

func scriptOf(s *app.Script) CallScript {
	return CallScript{s.ID.Named("scr"), s.Name, s.Versions, s.Retired, s.Revision}
}

// CallScriptVersion is one version.
type CallScriptVersion struct {
	Version int    `json:"version"`
	By      string `json:"by"`
	At      Time   `json:"at" format:"date-time"`
	File    string `json:"file,omitempty" doc:"The text, YAML or JSON; not in lists."`
}

// CallScriptAt is a script with one of its versions.
type CallScriptAt struct {
	CallScript
	Version CallScriptVersion `json:"version"`
}

func scriptAt(s *app.Script, v *app.ScriptVersion) *CallScriptAt {
	return &CallScriptAt{scriptOf(s), CallScriptVersion{v.Version, v.By, timeOf(v.At), v.File}}
}

// Findings is what is wrong with a text.
type Findings struct {
	Problems fault.Problems `json:"problems" doc:"With line, column and remedy; none: it is right."`
}

type (
	scriptBody struct {
		File string `json:"file" minLength:"1" maxLength:"1048576" doc:"The text of the script, YAML or JSON; docs/script.schema.json."`
	}
	scriptSetBody struct {
		Revision int64  `json:"revision" doc:"Of the script that was read."`
		File     string `json:"file" minLength:"1" maxLength:"1048576" doc:"The text of the new version."`
	}
	// ScriptIn names a script in an address.
	ScriptIn struct {
		Script string `path:"script" maxLength:"40"`
	}
)

// scriptBytes bounds a request with a script in it.
const scriptBytes = 4 << 20

func (a *API) scriptRoutes() {
	read(a, op{id: "script-list", method: http.MethodGet, path: "/v1/scripts", what: "Scripts of what agents say and ask, newest first.", may: access.CampaignRead},
		func(r *request, in *PageIn) (*List[CallScript], error) {
			p, err := in.page(true)
			if err != nil {
				return nil, err
			}
			all, err := r.sys.Scripts(r.ctx, r.company, p)
			if err != nil {
				return nil, err
			}
			return paged(in, all, func(s app.Script) id.ID { return s.ID }, func(s app.Script) CallScript { return scriptOf(&s) }), nil
		})
	read(a, op{id: "script-check", method: http.MethodPost, path: "/v1/scripts/check", what: "Say everything that is wrong with a script, with its place. Nothing is kept.", may: access.CampaignRead, body: scriptBytes},
		func(_ *request, in *bodyOf[scriptBody]) (*Findings, error) {
			_, problems := planfile.ReadCallScript(in.Body.File)
			if problems == nil {
				problems = fault.Problems{}
			}
			return &Findings{problems}, nil
		})
	change(a, op{id: "script-add", method: http.MethodPost, path: "/v1/scripts", what: "Keep a new script: its first version.", may: access.CampaignWrite, status: http.StatusCreated, body: scriptBytes, once: true},
		func(r *request, in *bodyOf[scriptBody]) (*CallScriptAt, error) {
			return a.setScript(r, app.SetScript{File: in.Body.File, By: r.actor.Name}, "script.add")
		})
	type setIn struct {
		ScriptIn
		Body scriptSetBody
	}
	change(a, op{id: "script-set", method: http.MethodPut, path: "/v1/scripts/{script}", what: "Add a version. Calls that are going on keep theirs; the text of the newest version again changes nothing.", may: access.CampaignWrite, body: scriptBytes},
		func(r *request, in *setIn) (*CallScriptAt, error) {
			i, err := inPath("scr", in.Script)
			if err != nil {
				return nil, err
			}
			return a.setScript(r, app.SetScript{ID: i, Revision: in.Body.Revision, File: in.Body.File, By: r.actor.Name}, "script.set")
		})
	a.scriptVersionRoutes()
}

func (a *API) setScript(r *request, in app.SetScript, action string) (*CallScriptAt, error) {
	s, v, err := r.sys.SetScript(r.ctx, r.company, in)
	if err != nil {
		return nil, err
	}
	out := scriptAt(&s, &v)
	return out, r.did(access.Deed{Action: action, Target: out.ID, After: out.CallScript})
}

func (a *API) scriptVersionRoutes() {
	type getIn struct {
		ScriptIn
		Version int `query:"version" minimum:"0" doc:"0 or absent: the newest."`
	}
	read(a, op{id: "script-get", method: http.MethodGet, path: "/v1/scripts/{script}", what: "One script with the text of a version.", may: access.CampaignRead},
		func(r *request, in *getIn) (*CallScriptAt, error) {
			i, err := inPath("scr", in.Script)
			if err != nil {
				return nil, err
			}
			s, v, err := r.sys.GetScript(r.ctx, r.company, i, in.Version)
			if err != nil {
				return nil, err
			}
			return scriptAt(&s, &v), nil
		})
	type versionsIn struct {
		ScriptIn
		PageIn
	}
	read(a, op{id: "script-versions", method: http.MethodGet, path: "/v1/scripts/{script}/versions", what: "The versions of a script, newest first.", may: access.CampaignRead},
		func(r *request, in *versionsIn) (*List[CallScriptVersion], error) {
			i, err := inPath("scr", in.Script)
			if err != nil {
				return nil, err
			}
			p, err := in.page(true)
			if err != nil {
				return nil, err
			}
			if _, _, err := r.sys.GetScript(r.ctx, r.company, i, 0); err != nil {
				return nil, err
			}
			all, err := r.sys.ScriptVersions(r.ctx, r.company, i, p)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageIn, all, func(v app.ScriptVersion) id.ID { return v.ID }, func(v app.ScriptVersion) CallScriptVersion {
				return CallScriptVersion{Version: v.Version, By: v.By, At: timeOf(v.At)}
			}), nil
		})
	change(a, op{id: "script-retire", method: http.MethodPost, path: "/v1/scripts/{script}/retire", what: "Take a script out of use. What was answered stays; a new version brings it back.", may: access.CampaignWrite, once: true},
		func(r *request, in *ScriptIn) (*CallScript, error) {
			i, err := inPath("scr", in.Script)
			if err != nil {
				return nil, err
			}
			s, err := r.sys.RetireScript(r.ctx, r.company, i)
			if err != nil {
				return nil, err
			}
			out := scriptOf(&s)
			return &out, r.did(access.Deed{Action: "script.retire", Target: out.ID, After: out})
		})
}
