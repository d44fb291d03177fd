package app

import (
	"cmp"
	"context"
	"sync"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/prompt"
)

// PromptSound is the sound of a version of a prompt as a WAV; 0: the newest. One that
// was deleted is of kind Conflict.
func (s *System) PromptSound(ctx context.Context, c id.Company, i id.ID, version int) (file []byte, out PromptVersion, err error) {
	defer fault.Wrap(&err, "sound of a prompt")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		p, _, err := keptPrompt(tx, c, i)
		if err != nil {
			return err
		}
		version := cmp.Or(version, len(p.Versions))
		if version < 1 || version > len(p.Versions) {
			return fault.New(fault.NotFound, "prompt %q has no version %d", p.Name, version)
		}
		out = p.Versions[version-1]
		sound, err := soundOf(tx, c, &p, &out)
		file = wav(sound)
		return err
	})
	return file, out, err
}

func soundOf(tx store.Tx, c id.Company, p *Prompt, v *PromptVersion) ([]byte, error) {
	if !v.Gone.IsZero() {
		return nil, fault.New(fault.Conflict, "the sound of version %d of prompt %q was deleted at %s: another took its place long before", v.Version, p.Name, v.Gone)
	}
	kept, _, err := find[promptSound](tx, c, KindPromptSound, "version", soundName(p.ID, v.Version))
	return kept.Sound, err
}

// SystemPrompt is the sound of one of the system's own as a WAV. A key nobody knows is
// of kind NotFound.
func (s *System) SystemPrompt(key string, tag lang.Tag) ([]byte, error) {
	samples, err := s.ownPrompts().Sound(prompt.Key(key), tag)
	if err != nil {
		return nil, err
	}
	sound := make([]byte, len(samples))
	audio.ALaw.EncodeTo(sound, samples)
	return wav(sound), nil
}

func (s *System) ownPrompts() *prompt.Set {
	if s.Prompts != nil {
		return s.Prompts
	}
	return prompt.Generated()
}

// Spoken asks for what is played to somebody.
type Spoken struct {
	Prompt string        // identifier or name of a company's, or the key of one of the system's
	Lang   lang.Tag      // of the system's
	Began  timex.Instant // of the call: versions behind it are for other calls
}

// PlayPrompt is the sound of a prompt, to be played and not changed. A prompt of the
// company comes before one of the system's that has its name.
func (s *System) PlayPrompt(ctx context.Context, c id.Company, in Spoken) (sound []int16, err error) {
	defer fault.Wrap(&err, "prompt %q", fault.Shorten(in.Prompt, 60))
	own := false
	err = s.DB.View(ctx, func(tx store.Tx) error {
		p, err := promptNamed(tx, c, in.Prompt)
		if err != nil && fault.KindOf(err) == fault.NotFound {
			own = true
			return nil
		}
		if err != nil {
			return err
		}
		v := p.at(in.Began)
		if sound = s.heard.find(v.SHA256); sound != nil {
			return nil
		}
		kept, err := soundOf(tx, c, &p, v)
		if err != nil {
			return err
		}
		sound = make([]int16, len(kept))
		audio.ALaw.DecodeTo(sound, kept)
		s.heard.keep(v.SHA256, sound)
		return nil
	})
	if own {
		return s.ownPrompts().Sound(prompt.Key(in.Prompt), in.Lang)
	}
	return sound, err
}

// promptNamed finds a prompt by its identifier, also one that was removed while a call
// went on that says it, or by its name.
func promptNamed(tx store.Tx, c id.Company, named string) (p Prompt, err error) {
	if i, wrong := id.ParseNamed("prm", named); wrong == nil {
		p, _, err = get[Prompt](tx, c, KindPrompt, i)
		return p, err
	}
	p, _, err = find[Prompt](tx, c, KindPrompt, "name", named)
	return p, err
}

// heardPrompts are sounds that were played, by their digest: a broadcast says one a
// hundred times a second. What has another digest is another sound, so nothing is ever
// stale.
type heardPrompts struct {
	mu      sync.Mutex
	sounds  map[string][]int16
	samples int
}

// maxHeardSamples bounds them: half an hour of sound, some 30 MB.
const maxHeardSamples = 30 * 60 * audio.Rate

func (h *heardPrompts) find(digest string) []int16 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sounds[digest]
}

func (h *heardPrompts) keep(digest string, sound []int16) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.samples += len(sound); h.sounds == nil || h.samples > maxHeardSamples {
		h.sounds, h.samples = map[string][]int16{}, len(sound)
	}
	h.sounds[digest] = sound
}
