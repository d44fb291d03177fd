package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"waihu/internal/fault"
)

// cost is what one hash of a password takes.
type cost struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
}

// The costs: the floor is the OWASP choice of 19 MiB, staff take 64 MiB.
var (
	floorCost = cost{19 << 10, 2, 1}
	staffCost = cost{64 << 10, 3, 4}
)

// Bounds of a password, in characters. There are no rules of composition: they
// make passwords worse (NIST SP 800-63B).
const (
	PasswordMin = 8
	PasswordMax = 128
)

const saltSize, hashSize = 16, 32

// Hasher hashes passwords, at most one a core at a time, so that a storm of
// log-ins takes bounded memory.
type Hasher struct {
	turn         chan struct{}
	floor, staff cost
}

// NewHasher makes one.
func NewHasher() *Hasher {
	return &Hasher{turn: make(chan struct{}, runtime.NumCPU()), floor: floorCost, staff: staffCost}
}

// NewQuickHasher makes one that costs next to nothing: for tests, whose passwords
// guard nothing and whose log-ins are many.
func NewQuickHasher() *Hasher {
	return &Hasher{turn: make(chan struct{}, runtime.NumCPU()), floor: cost{8, 1, 1}, staff: cost{16, 1, 1}}
}

// cost is what a password of somebody takes.
func (h *Hasher) cost(staff bool) cost {
	if staff {
		return h.staff
	}
	return h.floor
}

// Hash makes the stored form of a password, in the PHC string format.
func (h *Hasher) Hash(ctx context.Context, password string, staff bool) (string, error) {
	c := h.cost(staff)
	salt := make([]byte, saltSize)
	rand.Read(salt)
	sum, err := h.key(ctx, password, salt, c)
	if err != nil {
		return "", err
	}
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.passes, c.lanes, b.EncodeToString(salt), b.EncodeToString(sum)), nil
}

// Verify tells whether a password is the stored one, and whether its hash
// should be made again because it costs less than it should by now. An empty
// stored form takes as long as a real one and never matches.
func (h *Hasher) Verify(ctx context.Context, password, stored string, staff bool) (ok, again bool, err error) {
	want := h.cost(staff)
	if stored == "" || utf8.RuneCountInString(password) > PasswordMax {
		_, err := h.key(ctx, "nobody", make([]byte, saltSize), h.floor)
		return false, false, err
	}
	c, salt, sum, err := readHash(stored)
	if err != nil {
		return false, false, err
	}
	got, err := h.key(ctx, password, salt, c)
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(got, sum) == 1
	return ok, ok && c != want, nil
}

func (h *Hasher) key(ctx context.Context, password string, salt []byte, c cost) ([]byte, error) {
	select {
	case h.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.turn }()
	return argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.lanes, hashSize), nil
}

// readHash reads the PHC string format, within bounds that a tampered record
// cannot leave.
func readHash(s string) (c cost, salt, sum []byte, err error) {
	bad := fault.New(fault.Internal, "the stored hash of a password cannot be read")
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return c, nil, nil, bad
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.lanes); err != nil {
		return c, nil, nil, bad
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(sum) != hashSize || c.memory > 1<<20 || c.passes == 0 || c.passes > 10 || c.lanes == 0 {
		return c, nil, nil, bad
	}
	return c, salt, sum, nil
}

// CheckPassword says what is wrong with a new password; known are words an
// attacker would try for this person: the address, the name, the company.
func CheckPassword(password string, known ...string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < PasswordMin:
		return fault.Problem{Path: "password", What: fmt.Sprintf("it has %d characters", n), Expected: fmt.Sprintf("at least %d, better 15 or more", PasswordMin), Fix: "take a few words that do not belong together"}
	case n > PasswordMax:
		return fault.Problem{Path: "password", What: fmt.Sprintf("it has %d characters", n), Expected: fmt.Sprintf("at most %d", PasswordMax)}
	case common(password, known...):
		return fault.Problem{Path: "password", What: "it is among the first that are tried", Fix: "take a few words that do not belong together"}
	}
	return nil
}
