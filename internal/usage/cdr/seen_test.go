package cdr

import (
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"
)

func TestSeenKnowsWhatCameBefore(t *testing.T) {
	s := newSeen()
	source, other := s.sourceKey("asterisk"), s.sourceKey("freeswitch")
	const n = 50_000
	for i := range n {
		if known, _ := s.add(s.key(source, strconv.Itoa(i)), []byte{1, 1, byte(i)}); known {
			t.Fatalf("%d is known before it came", i)
		}
	}
	for i := range n {
		known, same := s.add(s.key(source, strconv.Itoa(i)), []byte{1, 1, byte(i)})
		changed, still := s.add(s.key(source, strconv.Itoa(i)), []byte{1, 1, byte(i), 7})
		if !known || !same || !changed || still {
			t.Fatalf("%d: known %v, same %v; changed: known %v, same %v", i, known, same, changed, still)
		}
	}
	if known, _ := s.add(s.key(other, "1"), []byte{1, 1}); known {
		t.Error("the ID of another source is taken for known")
	}
	if known, _ := s.add(s.key(source, "1"), []byte{1, 2}); known {
		t.Error("the ID of another kind is taken for known")
	}
	if s.n != n+2 {
		t.Errorf("%d facts counted, want %d", s.n, n+2)
	}
}

// TestSeenShard compares one shard with a map, at every size up to the one that
// ten million facts need, and holds that it then takes at most 20 bytes a fact.
func TestSeenShard(t *testing.T) {
	const most = 10_000_000 / seenShards * 21 / 20
	rng := rand.New(rand.NewPCG(7, 7))
	var h seenShard
	model := map[seenSlot]bool{}
	for h.n < most {
		e := seenSlot{rng.Uint64()>>seenShardBits | 1, rng.Uint64() << tagBits}
		if rng.IntN(50) == 0 {
			e.a = 1 << 40 // many keys that begin alike
		}
		known, _ := h.add(e)
		if known != model[e] {
			t.Fatalf("after %d: known is %v", h.n, known)
		}
		model[e] = true
	}
	for e := range model {
		if known, same := h.add(e); !known || !same {
			t.Fatalf("%x is lost", e)
		}
	}
	for i := 1; i < len(h.slots); i++ {
		if h.slots[i].a != 0 && h.slots[i-1].a > h.slots[i].a {
			t.Fatalf("slot %d is out of order", i)
		}
	}
	if perFact := float64(len(h.slots)*16) / float64(h.n); perFact > 20 {
		t.Errorf("%.1f bytes a fact", perFact)
	}
}

// BenchmarkSeen adds ten million facts and tells what they hold in memory.
func BenchmarkSeen(b *testing.B) {
	const n = 10_000_000
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		s := newSeen()
		source := s.sourceKey("asterisk")
		id := []byte("1772357400.")
		content := []byte{1, 1, 0, 0, 0, 0, 0, 0, 0, 0}
		for i := range n {
			key := strconv.AppendInt(id, int64(i), 10)
			binary.LittleEndian.PutUint64(content[2:], uint64(i))
			s.add(s.key(source, string(key)), content)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-held")
		if s.n != n {
			b.Fatal(s.n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/fact")
}
