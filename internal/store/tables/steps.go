package tables

import "io/fs"

// Steps are the migrations of a folder in order: the n-th file makes schema n of
// n-1. They only go forward, and have the same numbers for both databases.
func Steps(folder fs.FS) ([]string, error) {
	names, err := fs.Glob(folder, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	out := make([]string, len(names))
	for i, name := range names {
		b, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		out[i] = string(b)
	}
	return out, nil
}
