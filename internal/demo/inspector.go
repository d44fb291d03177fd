package demo

import (
	"context"
	"io/fs"
	"math/rand/v2"
	"path/filepath"

	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/quality"
	"waihu/internal/id"
	"waihu/internal/serve"
	"waihu/internal/store"
	"waihu/internal/voice/retention"
)

// What is kept of the calls of the floor that works. An hour of its five agents whose calls
// are recorded is some 150 MB; nothing is recorded once there is more than mostSound, so
// that a demonstration somebody forgot does not fill the disk.
const (
	mostSound  = 300 << 20
	mostScored = 12 // calls that are inspected; every third is left to the visitor
	leastHeard = 15 // seconds of a call that is
)

// floorForm is what the working firm scores its calls by.
var floorForm = quality.Form{Name: "外呼质检", Pass: 80, Sections: []quality.Section{
	{Name: "开场", Questions: []quality.Question{
		{Key: "greets", Text: "说明公司与来意", Points: 1, Weight: 20},
		{Key: "notice", Text: "通话录音已告知", Hint: "系统在接通时播放提示音。", Points: 1, Weight: 0, Fatal: true},
	}},
	{Name: "沟通", Questions: []quality.Question{
		{Key: "listens", Text: "认真倾听，不打断客户", Points: 3, Weight: 30},
		{Key: "answers", Text: "准确回答客户问题", Points: 3, Weight: 30, NA: true},
	}},
	{Name: "结束", Questions: []quality.Question{{Key: "sums_up", Text: "复述约定并致谢", Points: 1, Weight: 20}}},
}}

// inspector hears calls of the floor: some are scored, and the disk is looked after.
type inspector struct {
	folder string // of the recordings
	chosen int
	full   bool
}

// look scores one more call, and ends recording where there is enough of it.
func (x *inspector) look(ctx context.Context, b *serve.Books, c id.Company, rng *rand.Rand) error {
	if !x.full {
		n, err := bytesIn(x.folder)
		if err == nil && n > mostSound {
			err = stopRecording(ctx, b.System, c)
			x.full = err == nil
		}
		if err != nil {
			return err
		}
	}
	if x.chosen == mostScored {
		return nil
	}
	return x.score(ctx, b.System, c, rng)
}

// score takes the newest call that nobody inspected.
func (x *inspector) score(ctx context.Context, sys *app.System, c id.Company, rng *rand.Rand) error {
	forms, err := sys.ScoreForms(ctx, c)
	if err != nil || len(forms) == 0 {
		return err
	}
	found, err := sys.FindRecordings(ctx, c, app.RecordingQuery{State: retention.Kept, Least: leastHeard, Limit: mostScored})
	if err != nil {
		return err
	}
	for i := range found.List {
		r := &found.List[i]
		if r.Inspected > 0 || r.About.Disposition == "" {
			continue
		}
		drawn, err := sys.InspectCall(ctx, c, r.ID, forms[0].ID)
		if err != nil {
			return err
		}
		if x.chosen++; x.chosen%3 == 0 {
			return nil
		}
		_, err = sys.ScoreCall(ctx, c, app.ScoreCall{Inspection: drawn.ID, By: "质检员甲", Answers: findings(rng, &floorForm, false), Comment: "整体流程完整。"})
		return err
	}
	return nil
}

// stopRecording lets the campaigns of a firm go on without.
func stopRecording(ctx context.Context, sys *app.System, c id.Company) error {
	running, err := sys.Campaigns(ctx, c, campaign.Running, store.Page{Limit: 100})
	for i := range running {
		if of := running[i]; err == nil && of.Record {
			of.Record = false
			_, err = sys.SetCampaign(ctx, c, of)
		}
	}
	return err
}

// bytesIn is how much lies in a folder and below it; a file that goes meanwhile is none.
func bytesIn(folder string) (n int64, err error) {
	err = filepath.WalkDir(folder, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if of, err := d.Info(); err == nil {
			n += of.Size()
		}
		return nil
	})
	return n, err
}
