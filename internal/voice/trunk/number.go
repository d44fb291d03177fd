package trunk

import (
	"waihu/internal/phone"
)

// Class is what kind of destination a number is.
type Class string

const (
	Mobile        Class = "mobile"
	Landline      Class = "landline"
	TollFree      Class = "toll_free"
	SharedCost    Class = "shared_cost"
	Premium       Class = "premium" // wherever it is
	VoIP          Class = "voip"
	Short         Class = "short"         // service and emergency numbers
	International Class = "international" // of another country than home
	Unclear       Class = "unclear"       // a number of home that does not tell
)

// Choices lists them.
func (Class) Choices() []string {
	return []string{"mobile", "landline", "toll_free", "shared_cost", "premium", "voip", "short", "international", "unclear"}
}

// ClassOf is the class of a number seen from a country. Numbers that cost most
// and are abused most stand out first: a premium number abroad is premium.
func ClassOf(n phone.Number, home string) Class {
	c := phone.Classify(n)
	switch {
	case c.Kind == phone.Premium:
		return Premium
	case c.Region != home:
		return International
	case c.Kind == phone.Unknown:
		return Unclear
	}
	return Class(c.Kind)
}
