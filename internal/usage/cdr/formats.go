package cdr

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"waihu/internal/fault"
)

// Formats are all formats a file can be told to be, in the order in which they
// are asked. Mapped makes further ones.
func Formats() []Format {
	return []Format{
		AsteriskCSV(),
		AsteriskCustom(),
		AsteriskHeader(),
		FreeSWITCHCSV(),
		FreeSWITCHJSON(),
		FreeSWITCHXML(),
		Twilio(),
		AmazonConnect(),
		KamailioAcc(),
		KamailioCDRs(),
		VICIdial(),
		WaihuFacts(),
		WaihuCSV(),
	}
}

// Find is the format of a name. Its error, of kind Invalid, lists the names there are.
func Find(formats []Format, name string) (Format, error) {
	names := make([]string, len(formats))
	for i, f := range formats {
		if f.Name == name {
			return f, nil
		}
		names[i] = f.Name
	}
	return Format{}, fault.Problem{Path: "format", Value: name, What: "there is no such format", Expected: strings.Join(names, ", ")}
}

const (
	// sureEnough is how sure a format must be to be taken without being asked for.
	sureEnough = 50
	// worthNaming is how sure a format must be to be named as a guess.
	worthNaming = 10
)

// guess is how sure one format is.
type guess struct {
	format Format
	sure   int
	reason Why
}

// Detect tells which of the formats of this package an input is, by its first
// bytes (decompressed, UTF-8), and why. Its error, of kind Invalid, says what
// the input is instead, or which formats come close, if none is sure or two
// are equally.
func Detect(head []byte, name string) (Format, Why, error) {
	return DetectAmong(Formats(), head, name)
}

// DetectAmong is Detect with a choice of formats.
func DetectAmong(formats []Format, head []byte, name string) (Format, Why, error) {
	if err := claims(head, name); err != nil {
		return Format{}, Why{}, err
	}
	guesses := make([]guess, 0, len(formats))
	for _, f := range formats {
		if f.Sniff == nil {
			continue
		}
		if sure, reason := f.Sniff(head, name); sure >= worthNaming {
			guesses = append(guesses, guess{f, sure, reason})
		}
	}
	slices.SortStableFunc(guesses, func(a, b guess) int { return cmp.Compare(b.sure, a.sure) })
	what := ""
	switch {
	case len(guesses) == 0:
		what = "these are records of no known format"
	case guesses[0].sure < sureEnough:
		what = "no format is sure to be the right one"
	case len(guesses) > 1 && guesses[1].sure == guesses[0].sure:
		what = "two formats are equally likely"
	default:
		return guesses[0].format, guesses[0].reason, nil
	}
	return Format{}, Why{}, fault.Problem{File: name, What: what, Expected: nameGuesses(guesses),
		Fix: "name it with --format, or describe the columns in a mapping"}
}

// nameGuesses lists the likeliest formats with their reasons.
func nameGuesses(guesses []guess) string {
	parts := make([]string, 0, 3)
	for _, g := range guesses[:min(3, len(guesses))] {
		parts = append(parts, fmt.Sprintf("%s (%d %%: %s)", g.format.Name, g.sure, g.reason))
	}
	return strings.Join(parts, "; ")
}
