package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	osuser "os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// Cluster is a PostgreSQL server of our own, thrown away after the tests. It
// listens on a socket in its directory and nowhere else.
type Cluster struct {
	dir     string
	bin     string
	options []string
	as      *syscall.Credential // the server refuses to run as root; nil: as ourselves
	server  *exec.Cmd
	stopped chan error
	log     bytes.Buffer
}

// startWait is how long a server may take to answer.
const startWait = 30 * time.Second

// StartCluster makes a server, with settings such as "fsync=off". It fails where
// PostgreSQL is not installed: tools/deps.sh installs it.
func StartCluster(options ...string) (_ *Cluster, err error) {
	bins, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(bins) == 0 {
		return nil, fmt.Errorf("no PostgreSQL server is installed under /usr/lib/postgresql: run tools/deps.sh")
	}
	slices.Sort(bins)
	c := &Cluster{bin: filepath.Dir(bins[len(bins)-1]), options: options}
	if c.dir, err = os.MkdirTemp("", "waihu-pg-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	if os.Getuid() == 0 {
		if err := c.unprivileged(); err != nil {
			return nil, err
		}
	}
	init := c.command("initdb", "-D", c.data(), "-A", "trust", "-U", "waihu", "-E", "UTF8", "--locale=C", "-N")
	if out, err := init.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	return c, c.Start()
}

// unprivileged hands the directory to a user who is not root.
func (c *Cluster) unprivileged() error {
	u, err := osuser.Lookup("postgres")
	if err != nil {
		if u, err = osuser.Lookup("nobody"); err != nil {
			return err
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return err
	}
	c.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(c.dir, int(uid), int(gid))
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.as, Pdeathsig: syscall.SIGQUIT}
	return cmd
}

// Start runs the server and waits until it answers.
func (c *Cluster) Start() error {
	args := []string{"-D", c.data(), "-k", c.dir, "-c", "listen_addresses=", "-c", "max_connections=60"}
	for _, o := range c.options {
		args = append(args, "-c", o)
	}
	c.server = c.command("postgres", args...)
	c.server.Stdout, c.server.Stderr = &c.log, &c.log
	if err := c.server.Start(); err != nil {
		return err
	}
	c.stopped = make(chan error, 1)
	go func() { c.stopped <- c.server.Wait() }()
	ctx, cancel := context.WithTimeout(context.Background(), startWait)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if err := c.command("pg_isready", "-h", c.dir, "-q").Run(); err == nil {
			return nil
		}
		select {
		case err := <-c.stopped:
			c.stopped <- err
			return fmt.Errorf("the server stopped: %v: %s", err, c.log.Bytes())
		case <-ctx.Done():
			return fmt.Errorf("the server did not answer in %s: %s", startWait, c.log.Bytes())
		case <-tick.C:
		}
	}
}

// Kill stops the server at once, without a word to anybody, as a crash does.
func (c *Cluster) Kill() error { return c.stop(syscall.SIGQUIT) }

func (c *Cluster) stop(s os.Signal) error {
	if c.server == nil {
		return nil
	}
	if err := c.server.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-c.stopped
	c.server = nil
	return nil
}

// Database makes an empty database and gives its address.
func (c *Cluster) Database(name string) (string, error) {
	out, err := c.command("createdb", "-h", c.dir, "-U", "waihu", name).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("createdb %s: %w: %s", name, err, out)
	}
	return fmt.Sprintf("host=%s user=waihu dbname=%s", c.dir, name), nil
}

// Close stops the server and removes everything of it.
func (c *Cluster) Close() error {
	return errors.Join(c.stop(syscall.SIGINT), os.RemoveAll(c.dir))
}
