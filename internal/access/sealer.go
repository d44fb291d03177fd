package access

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"waihu/internal/fault"
)

// Sealer encrypts what must be stored and used again, such as the secret of
// one-time codes, so that a copy of the database is not enough to use it.
type Sealer struct{ aead cipher.AEAD }

// SealerKeySize is the size of its key in bytes.
const SealerKeySize = 32

// NewSealer makes one over a key of 32 random bytes.
func NewSealer(key []byte) (*Sealer, error) {
	if len(key) != SealerKeySize {
		return nil, fault.New(fault.Invalid, "the system's key has %d bytes, %d were expected", len(key), SealerKeySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &Sealer{aead}, nil
}

// Seal encrypts a secret for one purpose; opening it for another fails.
func (s *Sealer) Seal(secret []byte, purpose string) string {
	nonce := make([]byte, s.aead.NonceSize())
	rand.Read(nonce)
	return base64.RawStdEncoding.EncodeToString(s.aead.Seal(nonce, nonce, secret, []byte(purpose)))
}

// Open gives back what was sealed.
func (s *Sealer) Open(sealed, purpose string) ([]byte, error) {
	b, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(b) < s.aead.NonceSize() {
		return nil, fault.New(fault.Internal, "a sealed secret cannot be read")
	}
	n := s.aead.NonceSize()
	plain, err := s.aead.Open(nil, b[:n], b[n:], []byte(purpose))
	if err != nil {
		return nil, fault.New(fault.Mismatch, "a sealed secret does not belong to this system's key: is it the key that belongs to this database?")
	}
	return plain, nil
}

// tokenHash is how tokens, keys and codes with at least 64 random bits are kept:
// they cannot be guessed, so a quick hash is enough.
func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// newToken is 32 random bytes as text for a cookie or an address.
func newToken() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}
