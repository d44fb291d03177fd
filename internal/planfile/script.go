package planfile

import (
	"io/fs"

	"waihu/internal/fault"
	"waihu/internal/voice/script"
)

// LoadScript reads and checks the script of a carrier. It is nil if there is an
// error.
func LoadScript(fsys fs.FS, file string) (*script.Script, fault.Problems) {
	s := &script.Script{}
	where, problems := LoadInto(fsys, file, s)
	if problems.Err() != nil {
		return nil, problems
	}
	if problems = inOrder(append(problems, where.Locate(s.Validate())...)); problems.Err() != nil {
		return nil, problems
	}
	return s, problems
}
