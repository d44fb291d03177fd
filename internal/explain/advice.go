package explain

import (
	"waihu/internal/charging/cheapest"
	"waihu/internal/lang"
)

// Advice tells what was wasted and what would have been cheaper, the largest
// saving first. Each stands for itself: savings do not add up.
func Advice(list []cheapest.Advice, period string, tag lang.Tag) *Document {
	w := &writer{tag: tag}
	out := &Document{Language: tag, Title: w.say("advice.title", "period", period)}
	s := Section{Path: "advice", Title: w.say("advice.heading")}
	for _, a := range list {
		s.Sentences = append(s.Sentences, lang.Phrase(tag, "advice."+a.Key, a.Args))
	}
	if len(list) == 0 {
		s.Sentences = append(s.Sentences, w.say("advice.none"))
	} else {
		s.Sentences = append(s.Sentences, w.say("advice.apart"))
	}
	out.Sections = append(out.Sections, s)
	return out
}
