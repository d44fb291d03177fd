package lang

import "fmt"

// Tag is a language: en, zh-Hant or zh-Hans.
type Tag string

const (
	English     Tag = "en"
	Traditional Tag = "zh-Hant"
	Simplified  Tag = "zh-Hans"
)

// Tags lists them.
func Tags() []Tag { return []Tag{English, Traditional, Simplified} }

// ParseTag reads a language as people write it: en, zh-Hant, zh-TW, zh-HK,
// zh-Hans, zh-CN.
func ParseTag(s string) (Tag, error) {
	switch s {
	case "en", "en-US", "en-GB":
		return English, nil
	case "zh-Hant", "zh-TW", "zh-HK", "zh-hant":
		return Traditional, nil
	case "zh-Hans", "zh-CN", "zh-hans", "zh":
		return Simplified, nil
	}
	return "", fmt.Errorf("%q is not a language: write en, zh-Hant or zh-Hans", s)
}

// Text is a text in up to three languages.
type Text struct {
	En   string `json:"en,omitempty"`
	Hant string `json:"zh-Hant,omitempty"`
	Hans string `json:"zh-Hans,omitempty"`
}

// In is the text in a language, else in whichever there is.
func (t Text) In(l Tag) string {
	order := [3]string{t.En, t.Hant, t.Hans}
	switch l {
	case Traditional:
		order = [3]string{t.Hant, t.Hans, t.En}
	case Simplified:
		order = [3]string{t.Hans, t.Hant, t.En}
	}
	for _, s := range order {
		if s != "" {
			return s
		}
	}
	return ""
}

// Or is the text, or s in English where there is none.
func (t Text) Or(s string) Text {
	if t == (Text{}) {
		return Text{En: s}
	}
	return t
}
