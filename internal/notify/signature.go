package notify

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"waihu/internal/fault"
)

// Headers of a delivery, as the Standard Webhooks specification names them.
const (
	headerID        = "webhook-id"
	headerTimestamp = "webhook-timestamp"
	headerSignature = "webhook-signature"
)

// Tolerance is how far the timestamp of a delivery may be from a receiver's
// clock: older ones may be replayed by somebody who listened.
const Tolerance = 5 * time.Minute

const secretPrefix = "whsec_"

// newSecret makes the secret of an endpoint: 32 random bytes.
func newSecret() string {
	b := make([]byte, 32)
	rand.Read(b)
	return secretPrefix + base64.StdEncoding.EncodeToString(b)
}

// sign is one signature of a delivery.
func sign(secret, id string, at int64, body []byte) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil {
		return "", fault.New(fault.Internal, "the secret of an endpoint cannot be read")
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(id + "." + strconv.FormatInt(at, 10) + "."))
	m.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil)), nil
}

// NewSecret makes a secret for whoever is asked over HTTP and must know that it is us.
func NewSecret() string { return newSecret() }

// Sign puts the headers of a message in place, with a signature for each secret that
// counts: who receives it may use Verify, or any library for Standard Webhooks.
func Sign(h http.Header, secrets []string, id string, at time.Time, body []byte) error {
	var all []string
	for _, s := range secrets {
		one, err := sign(s, id, at.Unix(), body)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	h.Set(headerID, id)
	h.Set(headerTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(headerSignature, strings.Join(all, " "))
	return nil
}

// Verify tells a receiver whether a delivery came from whom it claims, unchanged
// and just now.
func Verify(secret string, h http.Header, body []byte, now time.Time) error {
	at, err := strconv.ParseInt(h.Get(headerTimestamp), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "the header %s is no time", headerTimestamp)
	}
	if d := now.Sub(time.Unix(at, 0)); d > Tolerance || d < -Tolerance {
		return fault.New(fault.Invalid, "the delivery is of %s: it is too old, or the clocks differ", time.Unix(at, 0).UTC().Format(time.RFC3339))
	}
	want, err := sign(secret, h.Get(headerID), at, body)
	if err != nil {
		return err
	}
	for _, got := range strings.Fields(h.Get(headerSignature)) {
		if hmac.Equal([]byte(got), []byte(want)) {
			return nil
		}
	}
	return fault.New(fault.Mismatch, "no signature is that of this secret")
}
