package webrtc

import (
	"slices"
	"strings"

	"waihu/internal/fault"
)

// far is what the other side says about its half of the path.
type far struct {
	ufrag, pwd string   // of ICE
	prints     []string // digests of its certificate, as we write them
	setup      string   // who begins the handshake: actpass, active, passive
	mid        string   // how it calls the media line
	mux        bool     // RTCP comes on the same path
	lite       bool
	candidates []string
}

// Bounds of what is kept of a description.
const (
	maxPrints     = 8
	maxCandidates = 32
	maxSecret     = 256 // characters of each half of the ICE secret (RFC 8839)
)

// readFar reads the attributes of a path; those of the media line and those of the
// session are the same to us, for we speak over one line.
func readFar(b []byte) (*far, error) {
	f := &far{}
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		switch name {
		case "a=ice-ufrag":
			f.ufrag = value
		case "a=ice-pwd":
			f.pwd = value
		case "a=setup":
			f.setup = value
		case "a=mid":
			f.mid = value
		case "a=rtcp-mux":
			f.mux = true
		case "a=ice-lite":
			f.lite = true
		case "a=fingerprint":
			if kind, digest, ok := strings.Cut(value, " "); ok && len(f.prints) < maxPrints {
				f.prints = append(f.prints, strings.ToLower(kind)+" "+strings.ToUpper(digest))
			}
		case "a=candidate":
			if len(f.candidates) < maxCandidates {
				f.candidates = append(f.candidates, value)
			}
		}
	}
	return f, f.check()
}

// check refuses what no browser says, as 488.
func (f *far) check() error {
	missing := ""
	switch {
	case len(f.ufrag) < 4 || len(f.ufrag) > maxSecret || len(f.pwd) < 22 || len(f.pwd) > maxSecret:
		missing = "a=ice-ufrag of 4 and a=ice-pwd of 22 characters or more"
	case !slices.ContainsFunc(f.prints, func(p string) bool { return strings.HasPrefix(p, "sha-256 ") }):
		missing = "a=fingerprint:sha-256"
	case !f.mux:
		missing = "a=rtcp-mux"
	case f.setup != "actpass" && f.setup != "active" && f.setup != "passive":
		missing = "a=setup of actpass, active or passive"
	case f.lite:
		missing = "an ICE agent that makes checks (we make none)"
	}
	if missing != "" {
		return fault.New(fault.Conflict, "the description is none of a browser; expected %s", missing)
	}
	return nil
}
