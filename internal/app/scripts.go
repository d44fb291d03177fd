package app

import (
	"context"
	"fmt"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/script"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/planfile"
	"waihu/internal/store"
	"waihu/internal/timex"
)

const (
	// KindScript holds a Script; unique "name".
	KindScript store.Kind = "script"
	// KindScriptVersion holds a ScriptVersion; unique "version", index "script".
	KindScriptVersion store.Kind = "script_version"
)

// Script is what agents say and ask, in versions that never change.
type Script struct {
	ID       id.ID  `json:"id"`
	Name     string `json:"name"`
	Versions int    `json:"versions"` // 1 to this
	Retired  bool   `json:"retired,omitempty"`
	Revision int64  `json:"revision"`
}

// ScriptVersion is one version with its text.
type ScriptVersion struct {
	ID      id.ID         `json:"id"`
	Script  id.ID         `json:"script"`
	Version int           `json:"version"`
	File    string        `json:"file"` // as it was written, YAML or JSON
	By      string        `json:"by"`
	At      timex.Instant `json:"at"`
	Read    script.Script `json:"read"` // the file as it was read
}

// Bounds of scripts on the books.
const (
	maxScriptBytes    = 1 << 20
	maxScriptVersions = 10_000
)

// SetScript is a new script, or a new version of one.
type SetScript struct {
	ID       id.ID // zero: a new script
	Revision int64 // of the script that was read
	File     string
	By       string
}

// SetScript keeps a script: a new one, or a version more of one, which then has the
// name the version says. The text of the newest version again changes nothing.
func (s *System) SetScript(ctx context.Context, c id.Company, in SetScript) (out Script, v ScriptVersion, err error) {
	defer fault.Wrap(&err, "script")
	if len(in.File) > maxScriptBytes {
		return out, v, fault.New(fault.Invalid, "the script has %d bytes: at most %d were expected", len(in.File), maxScriptBytes)
	}
	read, problems := planfile.ReadCallScript(in.File)
	if err := problems.Err(); err != nil {
		return out, v, err
	}
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) (err error) {
		if err := here(tx, c); err != nil {
			return err
		}
		r := &store.Record{Company: c, Kind: KindScript}
		if in.ID.IsZero() {
			if out.ID, err = s.newID(tx); err != nil {
				return err
			}
			r.ID = out.ID
		} else if out, r, err = get[Script](tx, c, KindScript, in.ID); err != nil {
			return err
		} else if r.Revision != in.Revision {
			return store.Outdated("the script", r.Revision, in.Revision, r.Updated)
		}
		if out.Versions > 0 {
			if v, err = scriptVersion(tx, c, out.ID, out.Versions); err != nil || v.File == in.File && !out.Retired {
				return err
			}
		}
		if out.Versions == maxScriptVersions {
			return fault.New(fault.Conflict, "script %q has %d versions: no more are kept", out.Name, maxScriptVersions)
		}
		out.Name, out.Versions, out.Retired = read.Name, out.Versions+1, false
		v = ScriptVersion{Script: out.ID, Version: out.Versions, File: in.File, By: in.By, At: tx.Now(), Read: *read}
		if v.ID, err = s.newID(tx); err != nil {
			return err
		}
		if err := save(tx, &store.Record{Company: c, Kind: KindScriptVersion, ID: v.ID, Unique: []store.Key{{Name: "version", Value: scriptVersionName(out.ID, v.Version)}}, Index: []store.Key{{Name: "script", Value: out.ID.String()}}}, &v); err != nil {
			return err
		}
		return putScript(tx, r, &out)
	})
	return out, v, err
}

func scriptVersionName(script id.ID, version int) string {
	return fmt.Sprintf("%s@%d", script, version)
}

func putScript(tx store.Tx, r *store.Record, out *Script) error {
	r.Unique = []store.Key{{Name: "name", Value: out.Name}}
	out.Revision = r.Revision + 1
	return save(tx, r, out)
}

// RetireScript takes a script out of use: no campaign takes it any more. What was
// answered stays. A campaign that may still run with it is a Conflict.
func (s *System) RetireScript(ctx context.Context, c id.Company, i id.ID) (out Script, err error) {
	defer fault.Wrap(&err, "retire script")
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		now, r, err := get[Script](tx, c, KindScript, i)
		if err != nil {
			return err
		}
		err = each(tx, c, KindCampaign, store.Key{}, func(p Campaign, _ *store.Record) error {
			if p.Guide.Script == i && p.CanChange() == nil {
				return fault.New(fault.Conflict, "campaign %q is led through script %q: give it another one first", p.Name, now.Name)
			}
			return nil
		})
		if err != nil {
			return err
		}
		now.Retired = true
		out = now
		return putScript(tx, r, &out)
	})
	return out, err
}

// GetScript reads a script and one of its versions; 0: the newest.
func (s *System) GetScript(ctx context.Context, c id.Company, i id.ID, version int) (out Script, v ScriptVersion, err error) {
	defer fault.Wrap(&err, "script")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		var r *store.Record
		if out, r, err = get[Script](tx, c, KindScript, i); err != nil {
			return err
		}
		out.Revision = r.Revision
		if version == 0 {
			version = out.Versions
		}
		v, err = scriptVersion(tx, c, i, version)
		return err
	})
	return out, v, err
}

func scriptVersion(tx store.Tx, c id.Company, i id.ID, version int) (ScriptVersion, error) {
	v, _, err := find[ScriptVersion](tx, c, KindScriptVersion, "version", scriptVersionName(i, version))
	return v, err
}

// Scripts lists them, the newest first.
func (s *System) Scripts(ctx context.Context, c id.Company, p store.Page) (out []Script, err error) {
	defer fault.Wrap(&err, "scripts")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		list, err := tx.Records().List(c, KindScript, store.Key{}, p)
		if err != nil {
			return err
		}
		out = make([]Script, len(list))
		for i := range list {
			if out[i], _, err = load[Script](&list[i], nil); err != nil {
				return err
			}
			out[i].Revision = list[i].Revision
		}
		return nil
	})
	return out, err
}

// ScriptVersions lists the versions of a script, the newest first.
func (s *System) ScriptVersions(ctx context.Context, c id.Company, i id.ID, p store.Page) (out []ScriptVersion, err error) {
	defer fault.Wrap(&err, "versions of a script")
	err = s.DB.View(ctx, func(tx store.Tx) (err error) {
		out, err = pageOf[ScriptVersion](tx, c, KindScriptVersion, store.Key{Name: "script", Value: i.String()}, p)
		return err
	})
	return out, err
}

// checkGuide sees that a campaign's script is there, has that version, and proposes
// dispositions the campaign has.
func (s *System) checkGuide(tx store.Tx, c id.Company, plan *campaign.Campaign) error {
	g := plan.Guide
	if g.Script.IsZero() {
		return nil
	}
	bad := func(at, value, what, expected string) error {
		return fault.Problems{{Path: "guide." + at, Value: value, What: what, Expected: expected}}.Err()
	}
	of, _, err := get[Script](tx, c, KindScript, g.Script)
	switch {
	case fault.KindOf(err) == fault.NotFound && err != nil:
		return bad("script", g.Script.Named("scr"), "there is no such script", "a script of the company")
	case err != nil:
		return err
	case of.Retired:
		return bad("script", of.Name, "the script is out of use", "another script, or a new version of this one")
	case g.Version < 0 || g.Version > of.Versions:
		return bad("version", fmt.Sprint(g.Version), "the script has no such version", fmt.Sprintf("1 to %d, or 0 for the newest", of.Versions))
	}
	version := g.Version
	if version == 0 {
		version = of.Versions
	}
	v, err := scriptVersion(tx, c, g.Script, version)
	if err != nil {
		return err
	}
	company, err := dispositionsOf(tx, c)
	if err != nil {
		return err
	}
	codes := attempt.Over(company, plan.Dispositions)
	for _, code := range v.Read.Dispositions() {
		if d, known := attempt.Find(codes, code); !known || d.Auto || d.Off {
			return bad("script", code, fmt.Sprintf("version %d of the script proposes a disposition that agents of the campaign cannot choose", version), "a disposition of the campaign or of the company")
		}
	}
	for question, values := range plan.Menu.Questions() {
		q, _ := v.Read.Question(question)
		if q == nil {
			return bad("script", question, fmt.Sprintf("the menu answers a question that version %d of the script has not", version), "the id of a question")
		}
		for _, value := range values {
			if _, wrong := q.Read([]string{value}); wrong != nil {
				return bad("script", value, fmt.Sprintf("question %s cannot be answered so by a key", question), wrong.Expected)
			}
		}
	}
	return nil
}
