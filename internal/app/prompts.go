package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/voice/audio"
)

const (
	// KindPrompt holds a Prompt; unique "name" while it is not removed.
	KindPrompt store.Kind = "prompt"
	// KindPromptSound holds a promptSound; unique "version" (prompt@n).
	KindPromptSound store.Kind = "prompt_sound"
)

// Bounds of prompts.
const (
	MaxPromptFile     = 24 << 20        // two minutes of a studio's stereo
	MaxPromptLength   = 2 * time.Minute // as of the system's own
	maxPrompts        = 1_000           // of a company
	maxPromptVersions = 100             // of a prompt
	maxPromptName     = 60              // characters
	DefaultKeepDays   = 180             // as of recordings
)

// PromptLanguages are the spoken languages a prompt can be marked with.
func PromptLanguages() []string {
	return []string{"cmn", "yue", "nan", "hak", "en", "ja", "ko", "vi", "th", "id", "ms", "es", "und"}
}

// Prompt is what a company has played to people, in versions that never change. Its
// sound is kept beside it, so that every node has it.
type Prompt struct {
	ID       id.ID           `json:"id"`
	Name     string          `json:"name"`
	Language string          `json:"language"` // one of PromptLanguages
	Versions []PromptVersion `json:"versions"` // 1, 2, ...; the last is played
	Removed  timex.Instant   `json:"removed,omitzero"`
	Revision int64           `json:"revision"`
}

// PromptVersion is one sound of a prompt. It is what proves what was played, and
// outlives the sound.
type PromptVersion struct {
	Version int           `json:"version"`
	At      timex.Instant `json:"at"` // since then it is played
	By      string        `json:"by"`
	File    string        `json:"file,omitempty"` // what it was called
	Form    audio.Form    `json:"form"`           // how it was written
	Millis  int64         `json:"length_ms"`
	SHA256  string        `json:"sha256"` // of the file it is kept as
	Gone    timex.Instant `json:"gone,omitzero"`
}

// Newest is the version that is played.
func (p *Prompt) Newest() *PromptVersion { return &p.Versions[len(p.Versions)-1] }

// at is the version a call plays that began at an instant: what took its place
// meanwhile is for calls that begin later.
func (p *Prompt) at(began timex.Instant) *PromptVersion {
	for i := len(p.Versions) - 1; i > 0; i-- {
		if v := &p.Versions[i]; v.At <= began {
			return v
		}
	}
	return &p.Versions[0]
}

// promptSound is the sound of a version: A-law of one channel, without a head.
type promptSound struct {
	Prompt  id.ID  `json:"prompt"`
	Version int    `json:"version"`
	Sound   []byte `json:"sound"`
}

// NewSound is a sound that was read, for SetPrompt.
type NewSound struct {
	file  string
	form  audio.Form
	sound []byte
}

// ReadSound reads a file that somebody hands in and makes of it what the lines need. It
// takes a moment, so it is done before the books are written.
func ReadSound(name string, file []byte) (*NewSound, error) {
	if len(file) > MaxPromptFile {
		return nil, fault.Problem{Path: "file", Value: fmt.Sprintf("%d MB", len(file)>>20), What: "the file is too large", Expected: fmt.Sprintf("at most %d MB", MaxPromptFile>>20)}
	}
	samples, form, err := audio.Convert(file, MaxPromptLength)
	if err != nil {
		return nil, inField("file", err)
	}
	out := &NewSound{file: fault.Shorten(strings.TrimSpace(name), maxPromptName), form: form, sound: make([]byte, len(samples))}
	audio.ALaw.EncodeTo(out.sound, samples)
	return out, nil
}

// inField says which field a problem is about.
func inField(path string, err error) error {
	if p, ok := err.(fault.Problem); ok {
		p.Path = path
		return p
	}
	return err
}

// wav is a sound as a file.
func wav(sound []byte) []byte {
	return append(audio.Header(audio.ALaw, 1, int64(len(sound))), sound...)
}

// SetPrompt is a new prompt, or what is changed of one.
type SetPrompt struct {
	ID       id.ID // zero: a new one
	Revision int64 // of the prompt that was read
	Name     string
	Language string
	Sound    *NewSound // nil: it stays
	By       string
}

// SetPrompt keeps a prompt: a new one, or another name, language or sound of one. A new
// sound is a version more; calls that are under way play the one before to their end.
func (s *System) SetPrompt(ctx context.Context, c id.Company, in SetPrompt) (out Prompt, err error) {
	defer fault.Wrap(&err, "prompt")
	if err := in.problems().Err(); err != nil {
		return out, err
	}
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) (err error) {
		if err := here(tx, c); err != nil {
			return err
		}
		r := &store.Record{Company: c, Kind: KindPrompt}
		out = Prompt{}
		if in.ID.IsZero() {
			if out.ID, err = s.roomForPrompt(tx, c); err != nil {
				return err
			}
			r.ID = out.ID
		} else if out, r, err = keptPrompt(tx, c, in.ID); err != nil {
			return err
		} else if r.Revision != in.Revision {
			return store.Outdated("the prompt", r.Revision, in.Revision, r.Updated)
		}
		out.Name, out.Language = in.Name, in.Language
		if err := nameFree(tx, c, &out); err != nil {
			return err
		}
		if in.Sound != nil {
			if err := s.addVersion(tx, c, &out, &in); err != nil {
				return err
			}
		}
		return putPrompt(tx, r, &out)
	})
	return out, err
}

func (in *SetPrompt) problems() (ps fault.Problems) {
	in.Name = strings.TrimSpace(in.Name)
	in.Language = cmp.Or(in.Language, "und")
	if n := len([]rune(in.Name)); n < 1 || n > maxPromptName {
		ps = append(ps, fault.Problem{Path: "name", Value: in.Name, What: "a name is missing or long", Expected: fmt.Sprintf("1 to %d characters", maxPromptName)})
	}
	if !slices.Contains(PromptLanguages(), in.Language) {
		ps = append(ps, fault.Problem{Path: "language", Value: in.Language, What: "there is no such language", Expected: strings.Join(PromptLanguages(), ", ")})
	}
	if in.ID.IsZero() && in.Sound == nil {
		ps = append(ps, fault.Problem{Path: "file", What: "there is no sound", Expected: "a WAV file"})
	}
	return ps
}

// roomForPrompt is the identifier of a new one, if there is room for it.
func (s *System) roomForPrompt(tx store.Tx, c id.Company) (id.ID, error) {
	n := 0
	err := each(tx, c, KindPrompt, store.Key{}, func(p Prompt, _ *store.Record) error {
		if p.Removed.IsZero() {
			n++
		}
		return nil
	})
	if err != nil {
		return id.ID{}, err
	}
	if n >= maxPrompts {
		return id.ID{}, fault.New(fault.Conflict, "the company has %d prompts: no more are kept; remove some first", n)
	}
	return s.newID(tx)
}

// nameFree says in the words of a form that another has the name.
func nameFree(tx store.Tx, c id.Company, p *Prompt) error {
	other, _, err := find[Prompt](tx, c, KindPrompt, "name", p.Name)
	switch {
	case err != nil && fault.KindOf(err) == fault.NotFound:
		return nil
	case err != nil:
		return err
	case other.ID != p.ID:
		return fault.Problems{{Path: "name", Value: p.Name, What: "another prompt has this name", Expected: "a name of its own"}}.Err()
	}
	return nil
}

// addVersion keeps a sound, unless it is the one that is there.
func (s *System) addVersion(tx store.Tx, c id.Company, p *Prompt, in *SetPrompt) error {
	sum := sha256.Sum256(wav(in.Sound.sound))
	v := PromptVersion{Version: len(p.Versions) + 1, At: tx.Now(), By: in.By, File: in.Sound.file, Form: in.Sound.form, Millis: int64(len(in.Sound.sound)) * 1000 / audio.Rate, SHA256: hex.EncodeToString(sum[:])}
	if len(p.Versions) > 0 && p.Newest().SHA256 == v.SHA256 {
		return nil
	}
	if len(p.Versions) == maxPromptVersions {
		return fault.New(fault.Conflict, "prompt %q has %d versions: no more are kept; add a new prompt", p.Name, maxPromptVersions)
	}
	i, err := s.newID(tx)
	if err != nil {
		return err
	}
	p.Versions = append(p.Versions, v)
	return save(tx, &store.Record{Company: c, Kind: KindPromptSound, ID: i, Unique: []store.Key{{Name: "version", Value: soundName(p.ID, v.Version)}}}, &promptSound{p.ID, v.Version, in.Sound.sound})
}

func soundName(prompt id.ID, version int) string { return fmt.Sprintf("%s@%d", prompt, version) }

func putPrompt(tx store.Tx, r *store.Record, p *Prompt) error {
	if r.Unique = nil; p.Removed.IsZero() {
		r.Unique = []store.Key{{Name: "name", Value: p.Name}}
	}
	p.Revision = r.Revision + 1
	return save(tx, r, p)
}

// keptPrompt reads one that was not removed.
func keptPrompt(tx store.Tx, c id.Company, i id.ID) (Prompt, *store.Record, error) {
	p, r, err := get[Prompt](tx, c, KindPrompt, i)
	if err == nil && !p.Removed.IsZero() {
		err = fault.New(fault.NotFound, "prompt %q was removed at %s", p.Name, p.Removed)
	}
	if err == nil {
		p.Revision = r.Revision
	}
	return p, r, err
}

// GetPrompt reads one.
func (s *System) GetPrompt(ctx context.Context, c id.Company, i id.ID) (out Prompt, err error) {
	defer fault.Wrap(&err, "prompt")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, _, err = keptPrompt(tx, c, i)
		return err
	})
	return out, err
}

// CompanyPrompts are all of a company, by name.
func (s *System) CompanyPrompts(ctx context.Context, c id.Company) (out []Prompt, err error) {
	defer fault.Wrap(&err, "prompts")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, err = promptsOf(tx, c)
		return err
	})
	return out, err
}

func promptsOf(tx store.Tx, c id.Company) (out []Prompt, err error) {
	err = each(tx, c, KindPrompt, store.Key{}, func(p Prompt, r *store.Record) error {
		if p.Removed.IsZero() {
			p.Revision = r.Revision
			out = append(out, p)
		}
		return nil
	})
	slices.SortFunc(out, func(a, b Prompt) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID.String(), b.ID.String()))
	})
	return out, err
}
