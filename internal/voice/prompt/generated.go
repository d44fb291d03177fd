package prompt

import (
	"math"
	"time"

	"waihu/internal/lang"
	"waihu/internal/voice/audio"
)

// Morse code: a dash is three dots long, signs are a dot apart, letters three.
const dot = 40 * time.Millisecond

var morse = map[rune]string{
	'a': ".-", 'b': "-...", 'c': "-.-.", 'd': "-..", 'e': ".", 'f': "..-.", 'g': "--.", 'h': "....", 'i': "..", 'j': ".---", 'k': "-.-", 'l': ".-..", 'm': "--",
	'n': "-.", 'o': "---", 'p': ".--.", 'q': "--.-", 'r': ".-.", 's': "...", 't': "-", 'u': "..-", 'v': "...-", 'w': ".--", 'x': "-..-", 'y': "-.--", 'z': "--..",
}

// Pitch is the pitch of a language in the generated set.
func Pitch(tag lang.Tag) float64 {
	switch tag {
	case lang.Traditional:
		return 700
	case lang.Simplified:
		return 800
	}
	return 600
}

// Generated is the set that needs no files.
func Generated() *Set {
	s := &Set{sounds: map[Key]map[lang.Tag][]int16{}}
	for _, key := range Keys() {
		s.sounds[key] = map[lang.Tag][]int16{}
		for _, tag := range lang.Tags() {
			s.sounds[key][tag] = spell(string(key), Pitch(tag))
		}
	}
	return s
}

// spell says a word in Morse code.
func spell(what string, hertz float64) (out []int16) {
	rest := func(dots time.Duration) { out = append(out, make([]int16, dots*dot*audio.Rate/time.Second)...) }
	for _, letter := range what {
		for _, sign := range morse[letter] {
			length := dot
			if sign == '-' {
				length *= 3
			}
			out = append(out, soft(audio.Tone{Hertz: []float64{hertz}, Level: 0.3}.Samples(length))...)
			rest(1)
		}
		rest(2)
	}
	return out
}

// soft rounds the ends of a beep, five milliseconds each.
func soft(beep []int16) []int16 {
	const edge = audio.Rate / 200
	for i := range edge {
		share := (1 - math.Cos(math.Pi*float64(i)/edge)) / 2
		beep[i] = int16(float64(beep[i]) * share)
		last := len(beep) - 1 - i
		beep[last] = int16(float64(beep[last]) * share)
	}
	return beep
}
