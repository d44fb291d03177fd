package cli

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"

	"waihu/internal/lang"
	"waihu/internal/serve"
)

// doctorVoiceCmd looks at what calls need.
type doctorVoiceCmd struct {
	Trunks     string `help:"File of trunks, each of which is asked whether it is there." type:"existingfile" placeholder:"FILE"`
	Listen     string `help:"Our own address for SIP; the one that reaches the first trunk, and any port, if absent." placeholder:"ADDRESS:PORT"`
	Ports      string `default:"40200-40399" help:"Ports for sound." placeholder:"FIRST-LAST"`
	Recordings string `help:"Folder that recordings are kept in." placeholder:"DIR"`
	JSON       bool   `help:"Write what was found as JSON."`
	Lang       string `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
}

// Run looks, and says in sentences what was found and what to do.
func (c *doctorVoiceCmd) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	setup, err := c.setup()
	if err != nil {
		return err
	}
	found := serve.ExamineVoice(e.ctx, setup)
	if c.JSON {
		err = writeJSON(e.Out, told(tag, found))
	} else {
		for _, f := range told(tag, found) {
			fmt.Fprintf(e.Out, "%-8s %s\n", lang.Choice(tag, "doctor_level", string(f.Level)), f.Says)
			if f.Fix != "" {
				fmt.Fprintf(e.Out, "         %s\n", lang.Phrase(tag, "doctor.fix", map[string]string{"what": f.Fix}))
			}
		}
	}
	if err == nil && slices.ContainsFunc(found, func(f serve.VoiceFinding) bool { return f.Level == serve.Problem }) {
		err = coded{exitMismatch, errors.New("")}
	}
	return err
}

func (c *doctorVoiceCmd) setup() (v serve.VoiceSetup, err error) {
	v = serve.VoiceSetup{Secret: os.Getenv, Recordings: c.Recordings}
	var trunks *trunkFile
	if c.Trunks != "" {
		if trunks, err = readTrunks(c.Trunks); err != nil {
			return v, err
		}
		v.Trunks = trunks.Config
	}
	if v.First, v.Last, err = (portsFlag{c.Ports}).span(); err != nil {
		return v, err
	}
	switch {
	case c.Listen != "":
		if v.Listen, err = netip.ParseAddrPort(c.Listen); err != nil {
			return v, coded{exitUsage, fmt.Errorf("--listen %s: expected an address and a port such as 192.0.2.1:5060", c.Listen)}
		}
	case trunks != nil:
		v.Listen, err = toward(trunks.Trunks[0].Host())
	default:
		return v, coded{exitUsage, errors.New("name the address for SIP with --listen, or the trunks with --trunks")}
	}
	return v, err
}

// toldFinding is a finding with its sentences.
type toldFinding struct {
	serve.VoiceFinding
	Says string `json:"says"`
	Fix  string `json:"fix,omitempty"`
}

func told(tag lang.Tag, found []serve.VoiceFinding) (out []toldFinding) {
	for _, f := range found {
		t := toldFinding{VoiceFinding: f, Says: lang.Phrase(tag, "doctor."+f.What, f.Args)}
		if f.Level != serve.Well {
			t.Fix = lang.Phrase(tag, "doctor."+f.What+"_fix", f.Args)
		}
		out = append(out, t)
	}
	return out
}
