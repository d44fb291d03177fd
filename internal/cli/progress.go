package cli

import (
	"io"
	"os"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"waihu/internal/usage/cdr"
)

// progressFrom is the size of all files from which a bar is worth showing.
const progressFrom = 8 << 20

// progress is a bar over the bytes of all files, on a terminal only.
type progress struct {
	container *mpb.Progress
	bar       *mpb.Bar
	done      map[string]int64
}

// newProgress starts a bar for the files if standard error is a terminal and
// they are large.
func newProgress(e *env, files []string) *progress {
	p := &progress{done: map[string]int64{}}
	total := int64(0)
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			total += info.Size()
		}
	}
	if total < progressFrom || !isTerminal(e.Err) {
		return p
	}
	p.container = mpb.New(mpb.WithOutput(e.Err), mpb.WithWidth(40))
	p.bar = p.container.AddBar(total, mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.CountersKibiByte("% .1f / % .1f")), mpb.AppendDecorators(decor.Percentage(), decor.Name(" "), decor.AverageETA(decor.ET_STYLE_GO)))
	return p
}

func (p *progress) told(at cdr.Progress) {
	if p.bar == nil {
		return
	}
	p.bar.IncrInt64(at.Done - p.done[at.File])
	p.done[at.File] = at.Done
}

// stop ends the bar, finished or not.
func (p *progress) stop() {
	if p.bar == nil {
		return
	}
	p.bar.Abort(true)
	p.container.Wait()
}

// isTerminal tells whether a stream is a terminal that wants colour.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == ""
}
