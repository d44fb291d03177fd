package voice

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/detect"
)

// Announcements are recordings an operator has labelled, one WAV each in a
// folder, named by class and digest: vacant-1f09a3bc.wav.

// LoadAnnouncements reads the labelled recordings of a folder. Files that are no
// WAV are left alone; a WAV without a class in its name is of kind Invalid.
func LoadAnnouncements(folder string) (_ []detect.Labelled, err error) {
	defer fault.Wrap(&err, "%s", folder)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var out []detect.Labelled
	for _, e := range entries {
		if e.IsDir() || filepath.Ext(e.Name()) != ".wav" {
			continue
		}
		if len(out) == detect.MaxTemplates {
			return nil, fault.New(fault.Invalid, "more than %d announcements; take some away", detect.MaxTemplates)
		}
		class, _, _ := strings.Cut(strings.TrimSuffix(e.Name(), ".wav"), "-")
		known, ok := detect.ParseClass(class)
		if !ok {
			return nil, fault.New(fault.Invalid, "%s: no class of announcement is %q; expected a name that begins with one of %s", e.Name(), class, detect.ClassNames())
		}
		samples, err := ReadTheirs(filepath.Join(folder, e.Name()))
		if err != nil {
			return nil, err
		}
		out = append(out, detect.Labelled{Class: known, Name: e.Name(), Samples: samples})
	}
	return out, nil
}

// ReadTheirs reads what the other side said out of a WAV: the right channel of
// a recording of ours, or all of a file with one channel.
func ReadTheirs(path string) ([]int16, error) {
	w, err := readWAV(path)
	if err != nil {
		return nil, err
	}
	return w.Channels[len(w.Channels)-1], nil
}

// Cut is a part of sound; a to of 0 is its end.
func Cut(samples []int16, from, to time.Duration) ([]int16, error) {
	whole := time.Duration(len(samples)) * time.Second / audio.Rate
	if to == 0 {
		to = whole
	}
	if from < 0 || from >= to || to > whole {
		return nil, fault.New(fault.Invalid, "%v to %v is no part of %v of sound", from, to, whole)
	}
	at := func(d time.Duration) int { return int(d * audio.Rate / time.Second) }
	return samples[at(from):at(to)], nil
}

// AddAnnouncement keeps a recording of a class in a folder and gives its file.
// One that cannot be recognised again is of kind Invalid; one that is
// recognised as another class already is of kind Conflict.
func AddAnnouncement(folder string, class detect.Class, samples []int16) (string, error) {
	data := make([]byte, len(samples))
	audio.ALaw.EncodeTo(data, samples)
	digest := sha256.Sum256(data)
	name := fmt.Sprintf("%s-%s.wav", class, hex.EncodeToString(digest[:4]))
	if _, err := detect.NewTemplates([]detect.Labelled{{Class: class, Name: name, Samples: samples}}); err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	kept, err := LoadAnnouncements(folder)
	if err != nil {
		return "", err
	}
	known, err := detect.NewTemplates(kept)
	if err != nil {
		return "", err
	}
	if m, ok := recognise(known, samples); ok && m.Class != class {
		return "", fault.New(fault.Conflict, "this sounds like %s, which is %s; listen to both, and cut out what tells them apart with --from and --to", m.Name, m.Class)
	}
	path := filepath.Join(folder, name)
	return path, writeNew(path, append(audio.Header(audio.ALaw, 1, int64(len(data))), data...))
}

// recognise is the surest match in a whole recording.
func recognise(known detect.Recogniser, samples []int16) (best detect.Match, ok bool) {
	l := known.Listen()
	rest := make([]int16, audio.Rate) // a match is told a little after its end
	samples = append(append([]int16(nil), samples...), rest...)
	for ; len(samples) >= audio.FrameSamples; samples = samples[audio.FrameSamples:] {
		if m, is := l.Hear(samples[:audio.FrameSamples]); is && m.Confidence > best.Confidence && m.Confidence >= detect.Sure {
			best, ok = m, true
		}
	}
	return best, ok
}

// writeNew writes a file whole or not at all; the same file again is no error.
func writeNew(path string, data []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	part := path + ".part"
	if err := os.WriteFile(part, data, 0o644); err != nil {
		return err
	}
	return os.Rename(part, path)
}

// Overhear says what is in sound as if it were the other side of a call, answered
// at its beginning or never.
func Overhear(samples []int16, answered bool, c detect.Config) detect.Result {
	d := detect.New(c)
	if answered {
		d.Answered()
	}
	for ; len(samples) >= audio.FrameSamples; samples = samples[audio.FrameSamples:] {
		d.Frame(samples[:audio.FrameSamples], true)
	}
	return d.Result()
}
