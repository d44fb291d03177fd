package receive

import (
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/timex"
)

// ListFile is a file of leads, or of numbers nobody calls, that was handed in.
type ListFile struct {
	ID      id.ID
	List    id.ID // leads go into it; zero: numbers for the do-not-call list
	Import  id.ID // the import of leads; zero: its columns are asked for, or it is no such
	Name    string
	State   UploadState
	By      string
	Done    int64 // bytes
	Total   int64
	Created timex.Instant
	Error   string          // why it failed
	Numbers *app.BarredFile // once numbers are read
}

// NumberFile says what a file of numbers is.
type NumberFile struct {
	Name    string
	Country string // of numbers that are written without a country code
	Source  string // why nobody calls them, in words
}
