//go:build citus

package storetest

import (
	"errors"
	"fmt"
	"path/filepath"
)

// Citus is a coordinator and two workers, thrown away after the tests. Debian
// has no package of Citus: what uses this is built with the tag citus, by hand.
type Citus struct{ nodes []*Cluster } // the coordinator first

// StartCitus makes the servers.
func StartCitus(options ...string) (_ *Citus, err error) {
	c := &Citus{}
	for range 3 {
		n, err := StartCluster(append(options, "shared_preload_libraries=citus", "max_prepared_transactions=100", "citus.node_conninfo=sslmode=prefer")...)
		if err != nil {
			return nil, errors.Join(err, c.Close())
		}
		c.nodes = append(c.nodes, n)
	}
	return c, nil
}

// Database makes an empty database on all of them and gives its address.
func (c *Citus) Database(name string) (dsn string, err error) {
	for _, n := range c.nodes {
		if _, err := n.Database(name); err != nil {
			return "", err
		}
		if err := n.psql(name, "-c", "CREATE EXTENSION citus"); err != nil {
			return "", err
		}
	}
	first := c.nodes[0]
	if err := first.psql(name, "-c", fmt.Sprintf("SELECT citus_set_coordinator_host('%s', 5432)", first.dir)); err != nil {
		return "", err
	}
	for _, n := range c.nodes[1:] {
		if err := first.psql(name, "-c", fmt.Sprintf("SELECT citus_add_node('%s', 5432)", n.dir)); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("host=%s user=waihu dbname=%s", first.dir, name), nil
}

// LayOut runs the file that lays a database out, as an operator does.
func (c *Citus) LayOut(name, file string) error {
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	return c.nodes[0].psql(name, "-f", file)
}

// Close stops the servers.
func (c *Citus) Close() (err error) {
	for _, n := range c.nodes {
		err = errors.Join(err, n.Close())
	}
	return err
}

func (c *Cluster) psql(name string, args ...string) error {
	out, err := c.command("psql", append([]string{"-h", c.dir, "-U", "waihu", "-v", "ON_ERROR_STOP=1", "-d", name}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("psql %v: %w: %s", args, err, out)
	}
	return nil
}
