//go:build linux || darwin

package serve

import (
	"errors"
	"os"
	"syscall"
)

// lock takes a file for the process, until it is closed.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errLocked
	}
	return err
}
