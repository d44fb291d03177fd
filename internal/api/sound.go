package api

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/voice/record"
)

// Bounds of sound that is given. It is streamed: its length has none.
const soundPatience = 60 * time.Second // for a client to take a piece; then it is given up

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
	allowed(a, op{id: "recording-sound", method: http.MethodGet, path: "/v1/recordings/{recording}/sound", may: access.RecordLoad,
		what: "The sound of a recording, whole or in part: a stereo WAV, the agent left, the customer right. Who is given it stands in its access log."},
		func(ctx context.Context, who *caller, c id.Company, in *soundIn) (*soundOut, error) {
			i, err := inPath("rec", in.Recording)
			if err != nil {
				return nil, err
			}
			x, f, err := a.d.System.SoundOf(ctx, c, i)
			if err != nil {
				return nil, err
			}
			if err := a.givenOut(ctx, who, c, &x, in.Range); err != nil {
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

// givenOut notes in the access log who is given which part, before it goes, and in the
// audit log that it began.
func (a *API) givenOut(ctx context.Context, who *caller, c id.Company, x *app.Recording, asked string) error {
	from, to, _ := record.Range(asked, x.Bytes)
	return a.d.System.DB.Update(ctx, func(tx store.Tx) error {
		began, err := a.d.System.NoteHearing(store.Within(ctx, tx), c, app.Hearing{Recording: x.ID, Who: who.actor.Name, From: who.actor.From, How: app.DownloadedRecording}, app.Part{From: record.At(from), To: record.At(to)})
		if err != nil || !began {
			return err
		}
		return access.Record(tx, who.actor, access.Deed{Company: c, Action: "recording.download", Target: x.ID.Named("rec")})
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
