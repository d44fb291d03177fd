package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// sheets are the parts of the one style sheet, in the order they apply.
var sheets = []string{"tokens", "base", "shell", "parts", "table", "chart", "compare", "plan", "money", "people", "ways", "calling", "guide", "recording", "prompts", "desk", "wallboard", "print"}

// asset is a file as it is served.
type asset struct {
	kind   string // media type
	plain  []byte
	packed []byte // gzip; nil where that gains nothing
}

// assets are the files of the console under addresses that change with their
// content, so that a browser keeps them for good.
type assets struct {
	version string
	files   map[string]asset
}

func loadAssets() (*assets, error) {
	a := &assets{files: map[string]asset{}}
	digest := sha256.New()
	err := fs.WalkDir(assetFiles, "assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := assetFiles.ReadFile(name)
		if err != nil {
			return err
		}
		digest.Write(data)
		short := strings.TrimPrefix(name, "assets/")
		if strings.HasPrefix(short, "css/") {
			return nil
		}
		return a.add(short, data)
	})
	if err != nil {
		return nil, err
	}
	sheet, err := joinSheets()
	if err != nil {
		return nil, err
	}
	a.version = hex.EncodeToString(digest.Sum(nil))[:12]
	return a, a.add("css/console.css", sheet)
}

// joinSheets makes one style sheet of the parts, so that a page asks for one.
func joinSheets() ([]byte, error) {
	entries, err := fs.ReadDir(assetFiles, "assets/css")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !slices.Contains(sheets, strings.TrimSuffix(e.Name(), ".css")) {
			return nil, fmt.Errorf("console: style sheet %s is in no place of the order", e.Name())
		}
	}
	var out bytes.Buffer
	for _, s := range sheets {
		data, err := assetFiles.ReadFile("assets/css/" + s + ".css")
		if err != nil {
			return nil, err
		}
		out.Write(data)
	}
	return out.Bytes(), nil
}

func (a *assets) add(name string, data []byte) error {
	f := asset{kind: mime.TypeByExtension(path.Ext(name)), plain: data}
	switch path.Ext(name) {
	case ".woff2":
		f.kind = "font/woff2"
	case ".js":
		f.kind = "text/javascript; charset=utf-8"
	}
	if f.kind == "" {
		return fmt.Errorf("console: %s has no media type", name)
	}
	if path.Ext(name) != ".woff2" {
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := z.Write(data); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		f.packed = b.Bytes()
	}
	a.files[name] = f
	return nil
}

// address is where a file is found; a name that is no file is a mistake in a
// template, and rendering it fails.
func (a *assets) address(name string) (string, error) {
	if _, ok := a.files[name]; !ok {
		return "", fmt.Errorf("console: no asset %q", name)
	}
	return "/assets/" + a.version + "/" + name, nil
}

// ServeHTTP gives a file, packed if the client takes that. An address of
// another version is answered with what there is now, but not kept.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	version, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/assets/"), "/")
	f, ok := a.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if version == a.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	data := f.plain
	if f.packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		data = f.packed
	}
	h.Set("Content-Length", fmt.Sprint(len(data)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(data) // the client went away
	}
}
