package prompt_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/prompt"
)

// wav is a file with a tone.
func wav(hertz float64, d time.Duration) *fstest.MapFile {
	samples := audio.Tone{Hertz: []float64{hertz}, Level: 0.5}.Samples(d)
	b := make([]byte, len(samples))
	audio.ALaw.EncodeTo(b, samples)
	return &fstest.MapFile{Data: append(audio.Header(audio.ALaw, 1, int64(len(b))), b...)}
}

// TestGeneratedPromptsDiffer: every key is there in every language, each language
// at its pitch, each key of its own rhythm, and nothing begins or ends with a jump.
func TestGeneratedPromptsDiffer(t *testing.T) {
	s := prompt.Generated()
	lengths := map[int]prompt.Key{}
	for _, key := range prompt.Keys() {
		for _, tag := range lang.Tags() {
			sound, err := s.Sound(key, tag)
			if err != nil {
				t.Fatal(err)
			}
			if p := audio.Power(sound, prompt.Pitch(tag)); p < 0.3 || len(sound) > 6*audio.Rate {
				t.Errorf("%s in %s: %.2f of it is at its pitch, %d samples", key, tag, p, len(sound))
			}
			if first, last := sound[0], sound[len(sound)-1]; first != 0 || last != 0 {
				t.Errorf("%s in %s begins at %d and ends at %d", key, tag, first, last)
			}
		}
		sound, _ := s.Sound(key, lang.English)
		if other, taken := lengths[len(sound)]; taken {
			t.Errorf("%s and %s sound alike", key, other)
		}
		lengths[len(sound)] = key
	}
}

// TestOnesOwnComesFirst: what lies in the folder is taken, all else from the
// generated set.
func TestOnesOwnComesFirst(t *testing.T) {
	files := fstest.MapFS{"notes.txt": &fstest.MapFile{}}
	for i, tag := range lang.Tags() {
		files[string(tag)+"/recorded.wav"] = wav(1000+100*float64(i), time.Second)
		files[string(tag)+"/survey_2.wav"] = wav(2000, time.Second)
	}
	s, err := prompt.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	for i, tag := range lang.Tags() {
		sound, err := s.Sound(prompt.Recorded, tag)
		if err != nil || audio.Power(sound, 1000+100*float64(i)) < 0.95 {
			t.Errorf("%s: %v", tag, err)
		}
		if sound, err := s.Sound("survey_2", tag); err != nil || len(sound) != audio.Rate {
			t.Error(err)
		}
		if sound, err := s.Sound(prompt.Wait, tag); err != nil || audio.Power(sound, prompt.Pitch(tag)) < 0.3 {
			t.Errorf("%s: what it lacks: %v", tag, err)
		}
	}
	for _, c := range [][2]string{{"unknown", "en"}, {"recorded", "fr"}} {
		if _, err := s.Sound(prompt.Key(c[0]), lang.Tag(c[1])); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// TestWhatASetLacks is said all at once, with the files to add.
func TestWhatASetLacks(t *testing.T) {
	for says, files := range map[string]fstest.MapFS{
		"zh-Hans/a.wav, zh-Hans/b.wav, zh-Hant/a.wav": {"en/a.wav": wav(400, time.Second), "en/b.wav": wav(400, time.Second), "zh-Hant/b.wav": wav(400, time.Second)},
		"en/A.wav: the name is no key":                {"en/A.wav": wav(400, time.Second)},
		"en/a.wav: this is no WAV":                    {"en/a.wav": &fstest.MapFile{Data: []byte("x")}},
		"at most 120 seconds":                         {"en/a.wav": wav(400, 121*time.Second)},
		"some sound":                                  {"en/a.wav": wav(400, 0)},
	} {
		if _, err := prompt.Read(files); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
	many := fstest.MapFS{}
	for n := range 201 {
		many["en/k"+strings.Repeat("x", n%20)+string(rune('a'+n/20))+".wav"] = wav(400, time.Millisecond)
	}
	if _, err := prompt.Read(many); err == nil || !strings.Contains(err.Error(), "at most 200") {
		t.Error(err)
	}
}
