package demo

import (
	"context"
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"waihu/internal/app"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/record"
	"waihu/internal/voice/retention"
)

// inspecting is the firm whose plan has quality inspection.
const inspecting = 2

// Recorded calls of the demonstration: so many a day, over the last days.
const (
	tapeDays   = 6
	tapesADay  = 4
	tapeAgents = 3
)

// voices are two made-up speakers, some seconds of each in A-law: syllables of a hum. They
// are said over and over.
type voices [2][]byte

func newVoices() (v voices) {
	const seconds = 4
	for i, hertz := range []float64{175, 115} {
		samples := make([]int16, seconds*audio.Rate)
		for n := range samples {
			t := float64(n) / audio.Rate
			syllable := math.Pow(math.Abs(math.Sin(2*math.Pi*1.7*t)*math.Sin(2*math.Pi*0.41*t+0.6)), 0.7)
			hum := 0.6*math.Sin(2*math.Pi*hertz*t) + 0.3*math.Sin(4*math.Pi*hertz*t) + 0.2*math.Sin(10*math.Pi*hertz*t)
			samples[n] = int16(12_000 * syllable * hum)
		}
		v[i] = make([]byte, len(samples))
		audio.ALaw.EncodeTo(v[i], samples)
	}
	return v
}

// talk is a conversation of so many seconds: who speaks changes, now and then nobody does.
func (v voices) talk(rng *rand.Rand, seconds int) (sides [2][]byte) {
	for i := range sides {
		sides[i] = make([]byte, seconds*audio.Rate)
		audio.ALaw.Fill(sides[i])
	}
	for at, who := 0, 0; at < len(sides[0]); who = 1 - who {
		turn := (2 + rng.IntN(5)) * audio.Rate
		for n := at; n < min(at+turn, len(sides[0])); n++ {
			sides[who][n] = v[who][n%len(v[who])]
		}
		if at += turn; rng.IntN(4) == 0 {
			at += 3 * audio.Rate
		}
	}
	return sides
}

// tapes records calls of the firm that is inspected, on those of the last days that are
// among some days. Where nothing can be recorded, nothing is.
func (t *teller) tapes(ctx context.Context, from, to timex.Date) error {
	if t.sys.Vault == nil {
		return nil
	}
	v := newVoices()
	for day := max(from, t.today-tapeDays+1); day < to; day++ {
		rng := rand.New(rand.NewPCG(t.o.Seed, uint64(day)))
		for n := range tapesADay {
			at := day.Start(time.UTC).Add(time.Duration(90*n+rng.IntN(60)) * time.Minute)
			seconds := 30 + rng.IntN(60)
			if at.Add(time.Duration(seconds)*time.Second) > t.upTo {
				break
			}
			t.clock.set(at)
			if err := t.tape(ctx, v, rng, n, seconds); err != nil {
				return err
			}
		}
	}
	return nil
}

// tape records one call, and tells it as usage.
func (t *teller) tape(ctx context.Context, v voices, rng *rand.Rand, n, seconds int) error {
	call, err := t.sys.IDs.At(t.clock.Now())
	if err != nil {
		return err
	}
	c, start := &t.who[inspecting], t.clock.Now()
	about := app.RecordingAbout{Agent: "modules-" + strconv.Itoa(1+n%tapeAgents), Campaign: "autumn-survey", Number: "+88691" + strconv.Itoa(2_000_000+rng.IntN(7_000_000)), Direction: usage.Outbound,
		Disposition: []string{"DONE", "NI", "CALLBACK"}[rng.IntN(3)]}
	marks := []record.Mark{{What: record.Paused, From: 12_000, To: 18_000}, {What: record.Held, From: 20_000, To: 25_000}}[:rng.IntN(3)]
	r, err := keepTape(ctx, t.sys, c, call.Named("call"), about, v.talk(rng, seconds), marks)
	if err != nil {
		return err
	}
	fact := &usage.Call{ID: call.Named("call"), Source: "waihu", Direction: usage.Outbound, Mode: usage.Manual, Result: usage.Answered, By: usage.Person, To: about.Number, From: c.Calling.From, Trunk: c.Calling.Trunk,
		Agent: about.Agent, Campaign: about.Campaign, Outcome: about.Disposition, Start: start, Answer: start, End: start.Add(time.Duration(seconds) * time.Second), Talk: time.Duration(seconds) * time.Second, Total: time.Duration(seconds) * time.Second,
		Course: &usage.Course{EndedBy: usage.TheirSide, Why: "bye", Recording: r.ID.Named("rec"), RecordingSHA256: r.SHA256}}
	receipt, err := t.sys.Ingest(ctx, c.Company, []usage.Fact{fact})
	if err == nil && receipt.Count(store.Added) != 1 {
		t.tell("a recorded call is not among the usage")
	}
	return err
}

// keepTape keeps a conversation as a recording.
func keepTape(ctx context.Context, sys *app.System, c *Customer, call string, about app.RecordingAbout, sides [2][]byte, marks []record.Mark) (out app.Recording, err error) {
	r, f, err := sys.BeginRecording(ctx, c.Company, app.BeginRecording{Call: call, Rules: []retention.Rule{{Name: "installation", Days: 90}}, About: about})
	if err != nil {
		return out, err
	}
	sum, err := record.Write(f, audio.ALaw, sides[0], sides[1], marks...)
	if failed := f.Close(); err == nil {
		err = failed
	}
	if err != nil {
		return out, err
	}
	return sys.FinishRecording(ctx, c.Company, r.ID, sum)
}
