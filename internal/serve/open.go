package serve

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/store/postgres"
	"waihu/internal/store/sqlite"
	"waihu/internal/voice/prompt"
	"waihu/internal/voice/vault"
)

// Books is an opened database with what belongs to it.
type Books struct {
	DB     store.DB // joins transactions
	System *app.System
	Gate   *access.Gate
	Seal   *access.Sealer
}

const (
	booksFile = "books.db"
	keyFile   = "system.key"
)

// IsPostgres tells which database is configured.
func (c *Config) IsPostgres() bool {
	return strings.HasPrefix(c.Database, "postgres://") || strings.HasPrefix(c.Database, "postgresql://")
}

// Open opens the database of a configuration; made beforehand where there is
// none.
func Open(ctx context.Context, c *Config) (_ *Books, err error) {
	if err := c.folder(); err != nil {
		return nil, err
	}
	if c.Database != "" && !c.IsPostgres() {
		return nil, fault.Problem{Path: "database", What: "this is no address of a database", Expected: "postgres://user@host/name, or nothing for SQLite in the data folder"}
	}
	fresh := c.IsPostgres()
	if _, err := os.Stat(filepath.Join(c.Data, booksFile)); errors.Is(err, fs.ErrNotExist) {
		fresh = true
	}
	seal, err := sealer(filepath.Join(c.Data, keyFile), fresh)
	if err != nil {
		return nil, err
	}
	var db store.DB
	if c.IsPostgres() {
		db, err = postgres.Open(ctx, c.Database, postgres.Options{})
	} else {
		db, err = sqlite.Open(filepath.Join(c.Data, booksFile), sqlite.Options{})
	}
	if err != nil {
		return nil, err
	}
	node := c.Node
	if node == "" {
		if node, err = os.Hostname(); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	b := &Books{DB: store.Joining(db), Seal: seal}
	ids := id.NewMaker(rand.Reader)
	b.System = &app.System{DB: b.DB, IDs: ids, Node: node, Fraud: fraudOf(c), KeepDays: c.Voice.KeepDays}
	if c.Voice.Prompts != "" {
		if b.System.Prompts, err = prompt.Read(os.DirFS(c.Voice.Prompts)); err != nil {
			return nil, errors.Join(fault.New(fault.Invalid, "voice.prompts: %v", err), b.DB.Close())
		}
	}
	if c.Recordings != "" {
		if b.System.Vault, err = vault.Open(c.Recordings); err != nil { // it is open as long as the process is there
			return nil, errors.Join(err, b.DB.Close())
		}
	}
	b.Gate = &access.Gate{DB: b.DB, IDs: ids, Seal: seal, Hasher: access.NewHasher(), Policy: access.Policy{SecondFactor: c.Access.SecondFactor, SecondPerson: c.Access.SecondPerson}}
	b.System.People = b.Gate
	return b, nil
}

// sealer reads the system's key, or makes one for a database that is new. Nodes
// of one PostgreSQL database must have the same file.
func sealer(path string, fresh bool) (*access.Sealer, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && fresh {
		key := make([]byte, access.SealerKeySize)
		rand.Read(key)
		b = []byte(hex.EncodeToString(key) + "\n")
		err = os.WriteFile(path, b, 0o600)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "%s is not there: secrets in this database are sealed by it; put it back from where it was kept", path)
	}
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s is no key: 64 hexadecimal digits were expected", path)
	}
	return access.NewSealer(key)
}
