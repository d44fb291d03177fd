package store

// Unavailable is an error of books that cannot be written or reached now: a disk
// that is full or read-only, a server that is gone. Later it may work. Nothing of the
// transaction is kept; only where the answer to its end was lost on the way from a
// server, it may be: what is sent again under the same names changes nothing then.
type Unavailable struct{ Err error }

func (u *Unavailable) Error() string { return u.Err.Error() }

func (u *Unavailable) Unwrap() error { return u.Err }
