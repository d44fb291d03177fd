package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
)

// Bounds of sound that is given. It is streamed: its length has none.
const (
	soundPatience = 60 * time.Second // for a client to take a piece; then it is given up
	mostChecked   = 4096             // recordings whose digest is remembered as right
)

// soundIn asks for a recording, whole or in part.
type soundIn struct {
	Recording string `path:"recording" maxLength:"40"`
	Range     string `header:"Range" maxLength:"200" doc:"Part of it (RFC 9110), such as bytes=0-65535."`
}

// soundOut is a recording as it is streamed.
type soundOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Tag         string `header:"ETag"`
	Digest      string `header:"Repr-Digest" doc:"SHA-256 of the whole file (RFC 9530), as the books have it."`
	Body        func(huma.Context)
}

func (a *API) soundRoutes() {
	allowed(a, op{id: "recording-sound", method: http.MethodGet, path: "/v1/recordings/{recording}/sound", may: access.RecordHear,
		what: "The sound of a recording, whole or in part: a stereo WAV, the agent left, the customer right."},
		func(ctx context.Context, _ *caller, c id.Company, in *soundIn) (*soundOut, error) {
			i, err := inPath("rec", in.Recording)
			if err != nil {
				return nil, err
			}
			x, f, err := a.d.System.ReadRecording(ctx, c, i)
			if err != nil {
				return nil, err
			}
			if err := a.checked.check(&x, f); err != nil {
				_ = f.Close() // it was only read
				return nil, err
			}
			sum, err := hex.DecodeString(x.SHA256)
			if err != nil {
				_ = f.Close()
				return nil, fault.New(fault.Internal, "the digest of the recording cannot be read: %v", err)
			}
			return &soundOut{ContentType: "audio/wav", Disposition: `attachment; filename="` + x.ID.Named("rec") + `.wav"`, Tag: `"` + x.SHA256 + `"`,
				Digest: "sha-256=:" + base64.StdEncoding.EncodeToString(sum) + ":", Body: func(h huma.Context) {
					defer f.Close()
					r, w := humago.Unwrap(h)
					http.ServeContent(w, r, "", time.Time{}, &patient{f, http.NewResponseController(w)})
				}}, nil
		})
}

// patient gives a client time for every piece, for a long recording takes longer than other
// answers may.
type patient struct {
	f  *os.File
	to *http.ResponseController
}

// Read is part of io.Reader.
func (p *patient) Read(b []byte) (int, error) {
	_ = p.to.SetWriteDeadline(time.Now().Add(soundPatience)) // where it cannot be set, that of all answers holds
	return p.f.Read(b)
}

// Seek is part of io.Seeker.
func (p *patient) Seek(to int64, from int) (int64, error) { return p.f.Seek(to, from) }

// checked are recordings whose files had the digest of the books: a part of one is not given
// before the whole was looked at, and that once.
type checked struct {
	mu sync.Mutex
	is map[checkedFile]bool
}

// checkedFile is a file as it was when it was looked at.
type checkedFile struct {
	sum  string
	size int64
	at   time.Time
}

// check tells whether a file is as it was recorded, reading it piece by piece.
func (k *checked) check(x *app.Recording, f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	file := checkedFile{x.SHA256, info.Size(), info.ModTime()}
	k.mu.Lock()
	known := k.is[file]
	k.mu.Unlock()
	if known {
		return nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != x.SHA256 || info.Size() != x.Bytes {
		return fault.New(fault.Conflict, "the file of the recording is not as it was recorded: %d bytes with SHA-256 %s, and the books have %d with %s", info.Size(), got, x.Bytes, x.SHA256)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.is == nil || len(k.is) >= mostChecked {
		k.is = map[checkedFile]bool{}
	}
	k.is[file] = true
	return nil
}
