package api

import (
	"context"
	"math"
	"sync"
	"time"

	"waihu/internal/access"
	"waihu/internal/id"
)

// limits bound how often somebody asks: a bucket of tokens each, refilled over
// time. Whoever has no credentials is known by address.
type limits struct {
	keys, addresses *buckets
}

func newLimits(c Config) *limits {
	return &limits{keys: newBuckets(c.KeyRate, c.KeyBurst), addresses: newBuckets(c.AddressRate, c.AddressMax)}
}

// take lets a request pass (0) or says how long to wait.
func (l *limits) take(c *caller, _ context.Context) time.Duration {
	if c.actor == nil {
		return l.addresses.take(access.Network(c.client.Address), time.Now())
	}
	name := c.actor.Key
	if name == (id.ID{}) {
		name = c.actor.User
	}
	return l.keys.take(name.String(), time.Now())
}

// bucketsMost is how many are remembered; beyond it those that are full again
// are forgotten, then any until bucketsLeft are left, so that not every new
// address looks at all of them.
const (
	bucketsMost = 20_000
	bucketsLeft = 15_000
)

type bucket struct {
	tokens float64
	at     time.Time
}

type buckets struct {
	rate, burst float64
	mu          sync.Mutex
	of          map[string]bucket
}

func newBuckets(rate float64, burst int) *buckets {
	return &buckets{rate: rate, burst: float64(burst), of: map[string]bucket{}}
}

func (b *buckets) take(name string, now time.Time) time.Duration {
	if b.rate <= 0 {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	k, known := b.of[name]
	if !known {
		b.forget(now)
		k = bucket{b.burst, now}
	}
	k.tokens = math.Min(b.burst, k.tokens+b.rate*now.Sub(k.at).Seconds())
	k.at = now
	if k.tokens < 1 {
		b.of[name] = k
		return time.Duration((1 - k.tokens) / b.rate * float64(time.Second))
	}
	k.tokens--
	b.of[name] = k
	return 0
}

// forget makes room for one more.
func (b *buckets) forget(now time.Time) {
	if len(b.of) < bucketsMost {
		return
	}
	for name, k := range b.of {
		if k.tokens+b.rate*now.Sub(k.at).Seconds() >= b.burst {
			delete(b.of, name)
		}
	}
	for name := range b.of {
		if len(b.of) < bucketsLeft {
			return
		}
		delete(b.of, name)
	}
}
