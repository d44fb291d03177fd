// Package prompt finds what is played to people by a key and a language: that the
// call is recorded, that they should wait, that nobody is there.
//
// It owns which sounds there are and which is taken. It does not own when one is
// played (a leg, before it is bridged). It is pure: files are read from whatever
// file system it is given.
//
//	en/recorded.wav  zh-Hant/recorded.wav  zh-Hans/recorded.wav
//
// What always holds: a key that is there at all is there in every language; a set
// of one's own is looked in first, and what it lacks is taken from the generated
// one, which says its keys in Morse code, each language at a pitch of its own, so
// that everything can be tried, and told apart, before anybody has spoken it.
package prompt

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/voice/audio"
)

// Key names a prompt.
type Key string

// Keys the system itself plays.
const (
	Recorded Key = "recorded" // this call is recorded
	Wait     Key = "wait"     // somebody will be with you
	Nobody   Key = "nobody"   // nobody is free: a call that would be abandoned
	Closed   Key = "closed"   // outside the hours
	Goodbye  Key = "goodbye"
)

// Keys lists them.
func Keys() []Key { return []Key{Recorded, Wait, Nobody, Closed, Goodbye} }

// Bounds of a set.
const (
	maxKeys    = 200
	maxSamples = 120 * audio.Rate // of one prompt: two minutes
)

// word is a key that names a file.
var word = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Set is prompts by key and language. It is never changed.
type Set struct {
	sounds map[Key]map[lang.Tag][]int16
	under  *Set // looked in for what this lacks
}

// Read reads the prompts of a folder, one folder a language, and looks in the
// generated set for what it lacks. A key that is not there in every language is of
// kind Invalid; all that is wrong is said at once.
func Read(files fs.FS) (*Set, error) {
	s := &Set{sounds: map[Key]map[lang.Tag][]int16{}, under: Generated()}
	for _, tag := range lang.Tags() {
		list, err := fs.Glob(files, path.Join(string(tag), "*.wav"))
		if err != nil {
			return nil, err
		}
		for _, name := range list {
			if err := s.read(files, name, tag); err != nil {
				return nil, err
			}
		}
	}
	return s, s.whole()
}

// read reads one file.
func (s *Set) read(files fs.FS, name string, tag lang.Tag) (err error) {
	defer fault.Wrap(&err, "prompt %s", name)
	key := Key(strings.TrimSuffix(path.Base(name), ".wav"))
	if !word.MatchString(string(key)) {
		return fault.New(fault.Invalid, "the name is no key; expected small letters, digits and _, at most 40")
	}
	if s.sounds[key] == nil {
		if len(s.sounds) == maxKeys {
			return fault.New(fault.Invalid, "it is one prompt too many; a set has at most %d", maxKeys)
		}
		s.sounds[key] = map[lang.Tag][]int16{}
	}
	f, err := files.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := audio.ReadWAV(f)
	if err != nil {
		return err
	}
	sound := w.Mono()
	if len(sound) == 0 || len(sound) > maxSamples {
		return fault.New(fault.Invalid, "it has %d seconds; expected some sound, of at most %d seconds", len(sound)/audio.Rate, maxSamples/audio.Rate)
	}
	s.sounds[key][tag] = sound
	return nil
}

// whole refuses keys that are not there in every language.
func (s *Set) whole() error {
	var missing []string
	for key, sounds := range s.sounds {
		for _, tag := range lang.Tags() {
			if sounds[tag] == nil {
				missing = append(missing, string(tag)+"/"+string(key)+".wav")
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return fault.New(fault.Invalid, "prompts are not there in every language; add %s", fault.Shorten(strings.Join(missing, ", "), 500))
}

// All are the keys of a set and of what it is over, sorted. Without a set: Keys.
func (s *Set) All() []Key {
	out := Keys()
	for ; s != nil; s = s.under {
		for key := range s.sounds {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Sound is a prompt in a language. A key nobody knows is of kind NotFound.
func (s *Set) Sound(key Key, tag lang.Tag) ([]int16, error) {
	for ; s != nil; s = s.under {
		if sound := s.sounds[key][tag]; sound != nil {
			return sound, nil
		}
	}
	return nil, fault.New(fault.NotFound, "no prompt %q in %q is known", fault.Shorten(string(key), 40), fault.Shorten(string(tag), 10))
}
