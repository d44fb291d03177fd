package cli

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/planfile"
	"waihu/internal/timex"
	"waihu/internal/voice"
	"waihu/internal/voice/sip"
	"waihu/internal/voice/trunk"
)

// trunkFile is a file of trunks that was read.
type trunkFile struct {
	*trunk.Config
	zone *time.Location
}

// paidFlags make a call one that a company pays for.
type paidFlags struct {
	configFlags
	Company  string `help:"Company that pays for the call: co_...; with --trunks." placeholder:"ID"`
	Contract string `help:"Its contract, by the customer's word for it; the only one if absent." placeholder:"WORD"`
}

// trunkFlags are where a call goes without an address.
type trunkFlags struct {
	Trunks string `help:"Place the call over the trunks of this file, with failover." type:"existingfile" placeholder:"FILE"`
	State  string `help:"Keep in this file which trunks rest and what calling numbers did today." placeholder:"FILE"`
}

// trunks reads the file of --trunks; nil where there is none.
func (c *callCmd) trunks() (*trunkFile, error) {
	if c.Trunks == "" {
		return nil, nil
	}
	return readTrunks(c.Trunks)
}

func readTrunks(path string) (*trunkFile, error) {
	cfg, problems := planfile.LoadTrunks(os.DirFS(filepath.Dir(path)), filepath.Base(path))
	if problems.Err() != nil {
		return nil, problems
	}
	zone, err := timex.LoadZone(cfg.Zone)
	return &trunkFile{cfg, zone}, err
}

// board is the trunks as they were left; calling numbers take turns in an order
// of this run.
func (t *trunkFile) board(state string) (*trunk.Board, error) {
	b := trunk.NewBoard(t.Config, t.zone, rand.Uint64())
	if state == "" {
		return b, nil
	}
	text, err := os.ReadFile(state)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	var m trunk.Memory
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s does not tell how trunks were left: %v; take it away to begin anew", state, err)
	}
	b.Recall(m)
	return b, nil
}

// keepBoard writes how the trunks were left; the file is whole or as it was.
func keepBoard(state string, b *trunk.Board) error {
	if state == "" {
		return nil
	}
	f, err := createFile(state)
	if err != nil {
		return err
	}
	return f.end(writeJSON(f, b.Memory(time.Now())))
}

// tellTries is what came of the trunks before the last, in words.
func tellTries(tag lang.Tag, tries []voice.Try) string {
	var b strings.Builder
	for _, t := range tries {
		if t.Reason != "" {
			b.WriteString(lang.Phrase(tag, "voice.skipped", map[string]string{"trunk": t.Trunk, "why": string(t.Reason)}) + "\n")
			continue
		}
		args := map[string]string{"trunk": t.Trunk, "from": t.From, "why": string(t.Ending.Why)}
		if t.Ending.Code != 0 {
			args["code"] = strconv.Itoa(t.Ending.Code)
		}
		b.WriteString(lang.Phrase(tag, "voice.tried", args) + "\n")
		if t.Ending.Why == sip.Unreachable {
			b.WriteString(lang.Phrase(tag, "voice.unsent", unsentOf(t.Trunk, t.Ending)) + "\n")
		}
	}
	return b.String()
}

// tryJSON is one trunk, for programs.
type tryJSON struct {
	Trunk   string  `json:"trunk"`
	From    string  `json:"from,omitempty"`
	Skipped string  `json:"skipped,omitempty"`
	EndedBy string  `json:"ended_by,omitempty"`
	Why     string  `json:"why,omitempty"`
	Code    int     `json:"sip,omitempty"`
	Unsent  string  `json:"unsent,omitempty"`
	Detail  string  `json:"detail,omitempty"`
	Retry   float64 `json:"retry_after,omitempty"`
}

func triesOf(tries []voice.Try) (out []tryJSON) {
	for _, t := range tries {
		out = append(out, tryJSON{t.Trunk, t.From, string(t.Reason), string(t.Ending.By), string(t.Ending.Why), t.Ending.Code, string(t.Ending.Unsent), detailOf(t.Ending), t.Ending.Retry.Seconds()})
	}
	return out
}
