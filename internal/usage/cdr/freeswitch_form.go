package cdr

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// isForm tells whether a line begins a form post.
func isForm(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	return bytes.HasPrefix(line, []byte("cdr=")) || bytes.Contains(line, []byte("&cdr="))
}

// base64LineBytes bounds a line that may go on a base64 body; encoders break
// lines at 60 to 76 characters.
const base64LineBytes = 256

// restOfForm adds the further lines of a base64 body that was broken into lines.
func (s *jsonObjects) restOfForm(form []byte) ([]byte, error) {
	for !bytes.ContainsRune(form, '%') && len(form) < maxRecordBytes {
		ahead, _ := s.r.Peek(base64LineBytes)
		line, _, found := bytes.Cut(ahead, []byte("\n"))
		if len(line) == 0 || !found && len(ahead) == base64LineBytes || !isBase64Line(line) {
			break
		}
		var err error
		if form, err = s.appendLine(form); err != nil {
			return form, err
		}
	}
	return form, nil
}

func isBase64Line(line []byte) bool {
	line = bytes.TrimRight(line, "\r=")
	for _, c := range line {
		if c-'0' > 9 && (c|0x20 < 'a' || c|0x20 > 'z') && c != '+' && c != '/' {
			return false
		}
	}
	return len(line) > 0
}

// formBody is the record inside a form post: after "cdr=", up to "&". "+" is
// no space, since FreeSWITCH writes "%20" for one and leaves the plus of
// telephone numbers alone.
func formBody(form []byte) ([]byte, bool) {
	text := string(bytes.TrimSpace(form))
	if i := strings.Index(text, "&cdr="); i >= 0 && !strings.HasPrefix(text, "cdr=") {
		text = text[i+1:]
	}
	text, _, _ = strings.Cut(strings.TrimPrefix(text, "cdr="), "&")
	text = percentDecode(text)
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		return []byte(text), true
	}
	text = strings.NewReplacer("\n", "", "\r", "", " ", "+", "-", "+", "_", "/", "=", "").Replace(text)
	body, err := base64.RawStdEncoding.DecodeString(text)
	body = bytes.Trim(body, "\x00 \r\n\t") // the module encodes the C string's end as well
	return body, err == nil && bytes.HasPrefix(body, []byte("{"))
}

// formHead is as much of the record as the beginning of a form post shows.
func formHead(form []byte) []byte {
	form = bytes.TrimSpace(form)
	const step = 8 // base64 decodes in fours, URL-encoding in threes
	for cut := len(form); cut > 0 && cut > len(form)-step; cut-- {
		if body, ok := formBody(form[:cut]); ok {
			return body
		}
	}
	return nil
}
