package planfile

import (
	"io/fs"

	"waihu/internal/calling/script"
	"waihu/internal/fault"
)

// LoadCallScript reads and checks the script of a campaign: what agents say and ask.
// It is nil if there is an error; warnings may come with it.
func LoadCallScript(fsys fs.FS, file string) (*script.Script, fault.Problems) {
	s := &script.Script{}
	where, problems := LoadInto(fsys, file, s)
	return checkCallScript(s, where, problems)
}

// ReadCallScript reads a script from a text, YAML or JSON.
func ReadCallScript(text string) (*script.Script, fault.Problems) {
	s := &script.Script{}
	where, problems := Decode("script.yaml", []byte(text), s) // JSON is YAML as well
	return checkCallScript(s, where, problems)
}

func checkCallScript(s *script.Script, where Positions, problems fault.Problems) (*script.Script, fault.Problems) {
	if problems.Err() != nil {
		return nil, problems
	}
	if problems = inOrder(append(problems, where.Locate(s.Validate())...)); problems.Err() != nil {
		return nil, problems
	}
	return s, problems
}
