//go:build linux || darwin

package serve

import "syscall"

// freeBytes is what is left on the disk of a folder.
func freeBytes(folder string) (int64, bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true // types differ by system
}
