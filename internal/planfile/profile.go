package planfile

import (
	"io/fs"

	"waihu/internal/charging/forecast"
	"waihu/internal/fault"
)

// LoadProfile reads and checks a profile of usage. It is nil if there is an
// error; warnings may come with it.
func LoadProfile(fsys fs.FS, file string) (*forecast.Profile, fault.Problems) {
	p := &forecast.Profile{}
	where, problems := LoadInto(fsys, file, p)
	if problems.Err() != nil {
		return nil, problems
	}
	if problems = inOrder(append(problems, where.Locate(p.Validate())...)); problems.Err() != nil {
		return nil, problems
	}
	return p, problems
}
