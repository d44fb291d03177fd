package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/outbound"
)

// Health is what an examination of an installation found.
type Health struct {
	Books    *app.Examined `json:"books"`
	Findings []app.Finding `json:"findings"` // about the installation
}

// Well tells whether nothing was found.
func (h *Health) Well() bool { return len(h.Findings)+len(h.Books.Findings) == 0 }

// Bounds of what is well.
const (
	freeLeast = 1 << 30 // bytes of disk
	clockMost = 5 * time.Minute

	// providerWait is how long a log-in provider may take to say where it is.
	providerWait = 5 * time.Second
)

// Examine looks at an installation: schema, clock, disk, the key's file, and
// every rule of the books.
func Examine(ctx context.Context, c *Config, b *Books) (*Health, error) {
	h := &Health{Findings: []app.Finding{}}
	found := func(rule, format string, args ...any) {
		h.Findings = append(h.Findings, app.Finding{Rule: rule, What: fmt.Sprintf(format, args...)})
	}
	if err := b.DB.Ready(ctx); err != nil {
		found("schema", "the database is not ready: %v", err)
	}
	at, err := b.System.Moment(ctx)
	if err != nil {
		return nil, err
	}
	if d := at.Time().Sub(time.Now()); d > clockMost || d < -clockMost {
		found("clock", "the books stand at %s, this machine's clock says %s", at, time.Now().UTC().Format(time.RFC3339))
	}
	if free, known := freeBytes(c.Data); known && free < freeLeast {
		found("disk", "%d MB are left on the disk of %s: at least %d are wanted", free>>20, c.Data, freeLeast>>20)
	}
	if info, err := os.Stat(filepath.Join(c.Data, keyFile)); err != nil || info.Mode().Perm()&0o077 != 0 {
		found("key", "%s must be there and be readable for its owner only", keyFile)
	}
	waiting, refused, err := outbound.Waiting(filepath.Join(c.Data, endsFolder))
	if err != nil {
		return nil, err
	}
	if waiting+refused > 0 {
		found("ends", "%d ends of calls wait for the books in %s, and %d were refused: start the service, which tells them; look into those that are refused", waiting, filepath.Join(c.Data, endsFolder), refused)
	}
	if c.Access.Issuer != "" {
		asked, stop := context.WithTimeout(ctx, providerWait)
		defer stop()
		if err := access.NewProvider(access.ProviderConfig{Issuer: c.Access.Issuer}).Check(asked); err != nil {
			found("provider", "nobody can log in at access.issuer: %v", err)
		}
	}
	h.Books, err = b.System.Examine(ctx)
	return h, err
}

// Backup writes books and the system's key into a new folder.
func Backup(ctx context.Context, c *Config, b *Books, to string) error {
	err := os.Mkdir(to, 0o700)
	switch {
	case errors.Is(err, fs.ErrExist):
		return fault.New(fault.Conflict, "%s is there already, and a backup is written over nothing: name a folder that is not there yet, such as %s-2", to, filepath.Clean(to))
	case err != nil:
		return fault.New(fault.Conflict, "the folder of the backup cannot be made: %v; name a new one in a folder you may write to", err)
	}
	if err := b.DB.Backup(ctx, filepath.Join(to, booksFile)); err != nil {
		return err
	}
	return copyKey(c.Data, to)
}

// Restore puts a backup into a data folder that has no books yet.
func Restore(c *Config, from string) (err error) {
	free, err := Own(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, free()) }()
	at := filepath.Join(c.Data, booksFile)
	if _, err := os.Stat(at); err == nil {
		return fault.New(fault.Conflict, "there are books in %s already: name an empty folder", c.Data)
	}
	if err := copyFile(filepath.Join(from, booksFile), at); err != nil {
		return err
	}
	return copyKey(from, c.Data)
}

func copyKey(from, to string) error {
	return copyFile(filepath.Join(from, keyFile), filepath.Join(to, keyFile))
}

// TakeKey puts the key of another data folder or backup into this one, before
// there are books: what is sealed can be opened with it alone. A key that is
// there already, from an import that failed, may be the same one only.
func TakeKey(c *Config, from string) error {
	if err := c.folder(); err != nil {
		return err
	}
	there, err := os.ReadFile(filepath.Join(c.Data, keyFile))
	if err == nil {
		theirs, err := os.ReadFile(filepath.Join(from, keyFile))
		if err == nil && !bytes.Equal(there, theirs) {
			err = fault.New(fault.Conflict, "%s holds another %s already: name an empty folder with --data", c.Data, keyFile)
		}
		return err
	}
	return copyKey(from, c.Data)
}
