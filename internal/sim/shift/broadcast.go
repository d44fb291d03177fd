package shift

import (
	"bytes"
	"context"
	"encoding/binary"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/voice/audio"
)

// news is how long what a broadcast says lasts: the keys of the scripted customers come
// while it is said, and silence ends the call.
const news = 8 * time.Second

// broadcast gives a campaign what it says, as somebody hands it in, and its keys: an
// agent, a callback, and never again.
func (x *Shift) broadcast(ctx context.Context, sys *app.System, p *campaign.Campaign) error {
	samples := audio.Tone{Hertz: []float64{440}, Level: 0.3, On: 400 * time.Millisecond, Off: 200 * time.Millisecond}.Samples(news)
	var file bytes.Buffer
	file.WriteString("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data")
	for _, part := range []any{uint32(2 * len(samples)), samples} {
		if err := binary.Write(&file, binary.LittleEndian, part); err != nil {
			return err
		}
	}
	sound, err := app.ReadSound("news.wav", file.Bytes())
	if err != nil {
		return err
	}
	said, err := sys.SetPrompt(ctx, x.company, app.SetPrompt{Name: "News", Language: "und", Sound: sound, By: "shift"})
	if err != nil {
		return err
	}
	p.Message = said.Named()
	p.Menu = campaign.Menu{NoAgent: "nobody", Steps: []campaign.MenuStep{{ID: "news", Most: 1, Keys: []campaign.KeyAct{{Key: "1", Does: campaign.KeyAgent}, {Key: "2", Does: campaign.KeyCallback, Prompt: "goodbye"}, {Key: "9", Does: campaign.KeyRefuse, Prompt: "goodbye"}}}}}
	return nil
}
