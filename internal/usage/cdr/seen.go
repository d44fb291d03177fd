package cdr

import (
	"hash/maphash"
	"math/bits"
)

// seen remembers which facts came before, and a little of what each said, in
// 20 bytes a fact at the most: ten million in under 200 MB.
//
// It keeps 104 of the 128 bits of a hash with two random seeds, and 24 bits of
// a hash of the content. That two facts of ten million share a key by chance
// has odds of 1 to 10^17; nobody can arrange it without the seeds. A changed
// content goes unnoticed once in 16 million times.
type seen struct {
	seeds   [2]maphash.Seed
	content maphash.Seed
	shards  [seenShards]seenShard
	n       int
}

const (
	seenShards    = 256 // by the top byte of the hash: little is moved when one grows
	seenShardBits = 8
	tagBits       = 24
)

// seenShard is a table ordered by hash: an entry stands at the place its hash
// points to, or after it, and never before one with a smaller hash. So a search
// ends at the first larger one even when the table is nearly full.
type seenShard struct {
	slots []seenSlot
	n     int
	room  int // entries it takes before it grows
}

// seenSlot holds 64 bits of the first hash, never 0, and 40 of the second above
// the tag.
type seenSlot struct{ a, b uint64 }

func newSeen() *seen {
	return &seen{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, content: maphash.MakeSeed()}
}

// sourceKey is the part of a key that belongs to the source; it is the same for
// a whole file.
func (s *seen) sourceKey(source string) [2]uint64 {
	return [2]uint64{bits.RotateLeft64(maphash.String(s.seeds[1], source), 32), bits.RotateLeft64(maphash.String(s.seeds[0], source), 32)}
}

// key is what a fact is known by: hashes of its source and ID.
func (s *seen) key(source [2]uint64, id string) seenSlot {
	a := maphash.String(s.seeds[0], id) ^ source[0]
	if a == 0 {
		a = 1
	}
	return seenSlot{a, maphash.String(s.seeds[1], id) ^ source[1]}
}

// fetch lets the processor look for the place of a key while other work is done:
// it is nearly always far from its caches.
func (s *seen) fetch(key seenSlot) {
	if h := s.shard(key.a); len(h.slots) > 0 {
		prefetch(&h.slots[h.place(key.a)])
	}
}

func (s *seen) shard(a uint64) *seenShard { return &s.shards[a>>(64-seenShardBits)] }

// add remembers a fact by its key and its kind, which the canonical form has in
// its second byte. known tells that its source and ID came before, same that its
// content did too.
func (s *seen) add(key seenSlot, canonical []byte) (known, same bool) {
	b := key.b ^ uint64(canonical[1])*0x9e3779b97f4a7c15 // the odd number next to 2^64 over the golden ratio
	tag := maphash.Bytes(s.content, canonical) >> (64 - tagBits)
	known, same = s.shard(key.a).add(seenSlot{key.a, b>>tagBits<<tagBits | tag})
	if !known {
		s.n++
	}
	return known, same
}

func (h *seenShard) add(e seenSlot) (known, same bool) {
	if h.n >= h.room {
		h.grow()
	}
	for {
		i := h.place(e.a)
		for i < len(h.slots) && h.slots[i].a != 0 && h.slots[i].a <= e.a {
			if h.slots[i].a == e.a && (h.slots[i].b^e.b)>>tagBits == 0 {
				return true, h.slots[i].b == e.b
			}
			i++
		}
		if h.insert(i, e) {
			h.n++
			return false, false
		}
		h.grow() // the last entries ran over the end
	}
}

// place is where a hash points to.
func (h *seenShard) place(a uint64) int {
	hi, _ := bits.Mul64(a<<seenShardBits, uint64(len(h.slots)-seenSpare))
	return int(hi)
}

// insert moves the entries from i up to the next free slot by one.
func (h *seenShard) insert(i int, e seenSlot) bool {
	free := i
	for free < len(h.slots) && h.slots[free].a != 0 {
		free++
	}
	if free == len(h.slots) {
		return false
	}
	copy(h.slots[i+1:free+1], h.slots[i:free])
	h.slots[i] = e
	return true
}

const (
	seenSpare = 64 // slots behind the last place, for what runs over
	seenFirst = 200
	// seenDense is the size from which a shard is filled up to 88 % and grows by
	// a twelfth, instead of 75 % and doubling: 5 million facts in all. Below it
	// speed counts, above it memory.
	seenDense = 25_000
)

// grow makes the table larger. The entries are in order, so they are dealt out
// from the left.
func (h *seenShard) grow() {
	old := h.slots
	size := seenFirst
	if len(old) > 0 {
		size = h.larger(len(old))
	}
	for {
		h.slots = make([]seenSlot, size)
		if h.deal(old) {
			break
		}
		size = h.larger(size) // bounded: a sparser table holds them
	}
	h.room = size / 4 * 3
	if size > seenDense {
		h.room = size / 100 * 88
	}
}

func (h *seenShard) larger(size int) int {
	if size < seenDense {
		return 2 * size
	}
	return size + size/12
}

func (h *seenShard) deal(old []seenSlot) bool {
	next := 0
	for _, e := range old {
		if e.a == 0 {
			continue
		}
		next = max(next, h.place(e.a))
		if next == len(h.slots) {
			return false
		}
		h.slots[next] = e
		next++
	}
	return true
}
