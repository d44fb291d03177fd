package sqlite

import (
	"embed"
	"fmt"

	"waihu/internal/fault"
	"waihu/internal/store/tables"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date, each step whole or not at all.
func migrate(c *conn) error {
	all, err := tables.Steps(migrations)
	if err != nil {
		return err
	}
	for { // ends: every round takes a step, or there is none left
		if err := c.script("BEGIN IMMEDIATE"); err != nil {
			return err
		}
		at, err := version(c)
		if err == nil && at > len(all) {
			err = fault.New(fault.Conflict, "the file has schema %d, this program knows %d: use a newer one", at, len(all))
		}
		if err == nil && at < len(all) {
			err = c.script(all[at] + fmt.Sprintf(";PRAGMA user_version=%d", at+1))
		}
		if err != nil {
			c.script("ROLLBACK")
			return fmt.Errorf("schema %d: %w", at+1, err)
		}
		if err := c.script("COMMIT"); err != nil || at == len(all) {
			return err
		}
	}
}

func version(c *conn) (n int, err error) {
	err = c.query("PRAGMA user_version", nil, func(r tables.Row) error {
		n = int(r.Int(0))
		return nil
	})
	return n, err
}
