package cdr

import (
	"strings"
)

// Mapping describes separated values of any make, so that they can be read
// without a program: which column holds which field, and how its values are
// written.
type Mapping struct {
	Name      string                       `plan:"name" doc:"Name of the mapping, as --format takes it."`
	Fact      FactKind                     `plan:"fact,required" doc:"Kind of fact a record is."`
	Separator Separator                    `plan:"separator" doc:"What stands between columns; guessed from the first line if absent."`
	Header    bool                         `plan:"header" doc:"Whether the first line names the columns."`
	Columns   map[string]string            `plan:"columns,required" doc:"Field of the fact, and the column it stands in: its name in the header, or its number from 1."`
	Times     []string                     `plan:"times" doc:"Forms of times, tried in order: YYYY-MM-DD HH:mm:ss, DD/MM/YYYY HH:mm, iso, unix, unix_ms; if absent iso, which needs no zone in the stamp."`
	Zone      string                       `plan:"zone" doc:"IANA zone of times that name none; that of the command if absent."`
	Duration  DurationUnit                 `plan:"duration" doc:"How durations are written; s if absent."`
	Values    map[string]map[string]string `plan:"values" doc:"For a field, its values as the file has them and what they mean; * stands for all others, an empty meaning for no value."`
	Constants map[string]string            `plan:"constants" doc:"Fields that have one value for the whole file."`
	ToRule    NumberRule                   `plan:"to_number" doc:"How to mend the called number."`
	FromRule  NumberRule                   `plan:"from_number" doc:"How to mend the calling number."`
	Source    string                       `plan:"source" doc:"System the records came from; part of what makes a record unique. The name if absent."`
}

// NumberRule mends telephone numbers.
type NumberRule struct {
	Strip []string `plan:"strip" doc:"Prefixes of which the first that fits is taken off: a trunk's 9, an international 00."`
	Add   string   `plan:"add" doc:"Prefix put before what is left, unless it begins with a plus sign or is empty."`
}

func (r *NumberRule) apply(number string) string {
	for _, prefix := range r.Strip {
		if rest, ok := strings.CutPrefix(number, prefix); ok {
			number = rest
			break
		}
	}
	if number == "" || number[0] == '+' {
		return number
	}
	return r.Add + number
}

func (r *NumberRule) isZero() bool { return len(r.Strip) == 0 && r.Add == "" }

// Separator is what stands between columns.
type Separator string

const (
	Comma     Separator = "comma"
	Semicolon Separator = "semicolon"
	Tab       Separator = "tab"
	Bar       Separator = "bar"
)

// Choices lists them; empty is guessed.
func (Separator) Choices() []string { return []string{"comma", "semicolon", "tab", "bar"} }

func (s Separator) byte() byte {
	switch s {
	case Comma:
		return ','
	case Semicolon:
		return ';'
	case Tab:
		return '\t'
	case Bar:
		return '|'
	}
	return 0
}
