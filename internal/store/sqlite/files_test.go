package sqlite

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// files is a layer between SQLite and the disk that remembers every write and
// every sync, and can refuse to write. It is SQLite's own layer with four
// methods of each file, and two of its own, in front.
type files struct {
	name    string
	tls     *libc.TLS
	vfs     uintptr
	inner   uintptr
	keep    []any // functions that C code points to
	methods map[uintptr]uintptr
	mu      sync.Mutex
	paths   map[uintptr]string // by file
	log     []op
	room    int   // bytes that can still be written; -1: any number
	refusal int32 // what a write beyond it is answered
}

// op is one thing that was done to the files, or a mark of the test's.
type op struct {
	kind byte // w write, s sync, t truncate, d delete, m mark
	path string
	at   int64
	data []byte
}

// Places of pointers in SQLite's structures, of 64-bit machines.
const (
	vfsSize, vfsName, vfsOpen, vfsDelete           = 168, 24, 40, 48
	fileSize, fileClose, fileWrite, fileCut, fileS = 152, 8, 24, 32, 40
)

func pointer(at uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&at)) }

func word(at uintptr) *uintptr { return (*uintptr)(pointer(at)) }

// call makes a Go function of what C code points to.
func call[F any](at uintptr) F { return *(*F)(unsafe.Pointer(&struct{ uintptr }{at})) }

// put lets C code point to a function.
func put[F any](f *files, at uintptr, fn F) {
	kept := &fn
	f.keep = append(f.keep, kept)
	*word(at) = *(*uintptr)(unsafe.Pointer(kept))
}

func copied(tls *libc.TLS, from uintptr, size int) uintptr {
	to := libc.Xmalloc(tls, libc.Tsize_t(size))
	libc.Xmemcpy(tls, to, from, libc.Tsize_t(size))
	return to
}

type (
	openFunc   = func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32
	deleteFunc = func(*libc.TLS, uintptr, uintptr, int32) int32
	writeFunc  = func(*libc.TLS, uintptr, uintptr, int32, int64) int32
	cutFunc    = func(*libc.TLS, uintptr, int64) int32
	syncFunc   = func(*libc.TLS, uintptr, int32) int32
	closeFunc  = func(*libc.TLS, uintptr) int32
)

var layers sync.Mutex

func newFiles(t *testing.T) *files {
	t.Helper()
	layers.Lock()
	defer layers.Unlock()
	f := &files{name: fmt.Sprintf("test-%p", t), tls: libc.NewTLS(), methods: map[uintptr]uintptr{}, paths: map[uintptr]string{}, room: -1, refusal: sqlite3.SQLITE_FULL}
	f.inner = sqlite3.Xsqlite3_vfs_find(f.tls, 0)
	f.vfs = copied(f.tls, f.inner, vfsSize)
	cname, err := libc.CString(f.name)
	if err != nil {
		t.Fatal(err)
	}
	*word(f.vfs + vfsName) = cname
	put(f, f.vfs+vfsOpen, openFunc(f.open))
	put(f, f.vfs+vfsDelete, deleteFunc(f.remove))
	if rc := sqlite3.Xsqlite3_vfs_register(f.tls, f.vfs, 0); rc != 0 {
		t.Fatalf("registering the layer: %d", rc)
	}
	t.Cleanup(func() {
		layers.Lock()
		defer layers.Unlock()
		sqlite3.Xsqlite3_vfs_unregister(f.tls, f.vfs)
		f.tls.Close()
	})
	return f
}

func (f *files) note(o op) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log = append(f.log, o)
}

// mark notes that something was acknowledged.
func (f *files) mark(what string) { f.note(op{kind: 'm', path: what}) }

func (f *files) pathOf(file uintptr) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.paths[file]
}

func (f *files) open(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32 {
	rc := call[openFunc](*word(f.inner + vfsOpen))(tls, vfs, name, file, flags, out)
	inner := *word(file)
	if rc != 0 || inner == 0 || name == 0 {
		return rc
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.paths[file] = filepath.Base(libc.GoString(name))
	if f.methods[inner] == 0 {
		ours := copied(tls, inner, fileSize)
		put(f, ours+fileWrite, writeFunc(func(tls *libc.TLS, file, data uintptr, n int32, at int64) int32 {
			return f.write(inner, tls, file, data, n, at)
		}))
		put(f, ours+fileCut, cutFunc(func(tls *libc.TLS, file uintptr, size int64) int32 {
			f.note(op{kind: 't', path: f.pathOf(file), at: size})
			return call[cutFunc](*word(inner + fileCut))(tls, file, size)
		}))
		put(f, ours+fileS, syncFunc(func(tls *libc.TLS, file uintptr, flags int32) int32 {
			rc := call[syncFunc](*word(inner + fileS))(tls, file, flags)
			if rc == 0 {
				f.note(op{kind: 's', path: f.pathOf(file)})
			}
			return rc
		}))
		put(f, ours+fileClose, closeFunc(func(tls *libc.TLS, file uintptr) int32 {
			*word(file) = inner
			return call[closeFunc](*word(inner + fileClose))(tls, file)
		}))
		f.methods[inner] = ours
	}
	*word(file) = f.methods[inner]
	return rc
}

func (f *files) write(inner uintptr, tls *libc.TLS, file, data uintptr, n int32, at int64) int32 {
	b := bytes.Clone(libc.GoBytes(data, int(n))) // it is SQLite's memory
	f.mu.Lock()
	path := f.paths[file]
	if f.room >= 0 {
		if f.room < int(n) {
			refusal := f.refusal
			f.mu.Unlock()
			return refusal
		}
		f.room -= int(n)
	}
	f.log = append(f.log, op{kind: 'w', path: path, at: at, data: b})
	f.mu.Unlock()
	return call[writeFunc](*word(inner + fileWrite))(tls, file, data, n, at)
}

func (f *files) remove(tls *libc.TLS, vfs, name uintptr, sync int32) int32 {
	f.note(op{kind: 'd', path: filepath.Base(libc.GoString(name))})
	return call[deleteFunc](*word(f.inner + vfsDelete))(tls, vfs, name, sync)
}

// allow lets so many more bytes be written, then answers with a refusal.
func (f *files) allow(bytes int, refusal int32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.room, f.refusal = bytes, refusal
}

// sector is what a disk writes whole or not at all.
const sector = 512

// powerCut writes the files as a disk could have them if power failed after so
// many operations: what was synced is there; of what was not, each write is
// there, or is not, or is torn between two sectors.
func powerCut(dir string, log []op, rng *rand.Rand) error {
	disk, loose := map[string][]byte{}, map[string][]op{}
	settle := func(path string, keep func() bool) {
		for _, o := range loose[path] {
			if o.kind == 't' {
				disk[path] = disk[path][:min(int64(len(disk[path])), o.at)]
				continue
			}
			data := o.data
			if !keep() {
				if rng.IntN(2) == 0 {
					continue
				}
				data = data[:min(len(data), rng.IntN(len(data)/sector+1)*sector)]
			}
			if end := int(o.at) + len(data); len(data) > 0 {
				if len(disk[path]) < end {
					disk[path] = append(disk[path], make([]byte, end-len(disk[path]))...)
				}
				copy(disk[path][o.at:], data)
			}
		}
		delete(loose, path)
	}
	for _, o := range log {
		switch o.kind {
		case 'w', 't':
			loose[o.path] = append(loose[o.path], o)
		case 's':
			settle(o.path, func() bool { return true })
		case 'd':
			delete(disk, o.path)
			delete(loose, o.path)
		}
	}
	for path := range loose {
		settle(path, func() bool { return rng.IntN(2) == 0 })
	}
	for path, data := range disk {
		if err := os.WriteFile(filepath.Join(dir, path), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}
