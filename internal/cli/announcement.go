package cli

import (
	"fmt"
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/voice"
	"waihu/internal/voice/detect"
)

// announcementCmd is for what carriers say.
type announcementCmd struct {
	Add  announcementAddCmd  `cmd:"" help:"Label a recording, so that calls with --announcements know it."`
	Hear announcementHearCmd `cmd:"" help:"Say what is in a recording: tones, a person or a machine, announcements."`
}

// announcementAddCmd labels one recording.
type announcementAddCmd struct {
	File  string        `arg:"" help:"WAV file: a recording of waihu call --record, of which the other side counts, or one with one channel." type:"existingfile"`
	Class string        `required:"" help:"What it means: vacant, power_off, suspended, unreachable, talking, unanswered, barred, overloaded, voicemail or connecting."`
	Into  string        `required:"" help:"Folder of labelled announcements; it is made if absent." type:"path" placeholder:"FOLDER"`
	From  time.Duration `help:"Where it begins in the file." placeholder:"TIME"`
	To    time.Duration `help:"Where it ends; the end of the file if absent." placeholder:"TIME"`
	Lang  string        `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
}

// Run keeps it.
func (c *announcementAddCmd) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	class, ok := detect.ParseClass(c.Class)
	if !ok {
		return coded{exitUsage, fmt.Errorf("--class %s: expected one of %s", c.Class, detect.ClassNames())}
	}
	samples, err := voice.ReadTheirs(c.File)
	if err != nil {
		return err
	}
	if samples, err = voice.Cut(samples, c.From, c.To); err != nil {
		return coded{exitUsage, err}
	}
	path, err := voice.AddAnnouncement(c.Into, class, samples)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.Out, lang.Phrase(tag, "announcement.added", map[string]string{"file": path, "class": string(class)}))
	return nil
}

// announcementHearCmd hears a recording.
type announcementHearCmd struct {
	File     string `arg:"" help:"WAV file; of one with two channels the right one counts." type:"existingfile"`
	Known    string `name:"announcements" help:"Folder of labelled announcements." type:"existingdir" placeholder:"FOLDER"`
	Answered bool   `help:"The recording begins with the answer; before it if absent."`
	JSON     bool   `help:"Write what was heard as JSON."`
	Lang     string `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
}

// Run tells what was heard.
func (c *announcementHearCmd) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	config, err := knowing(c.Known)
	if err != nil {
		return err
	}
	samples, err := voice.ReadTheirs(c.File)
	if err != nil {
		return err
	}
	heard := voice.Overhear(samples, c.Answered, *config)
	if c.JSON {
		return writeJSON(e.Out, jsonOfHeard(&heard))
	}
	var b strings.Builder
	tellHeard(&b, tag, &heard)
	_, err = fmt.Fprint(e.Out, b.String())
	return err
}

// knowing is detection that knows the announcements of a folder; of none if it
// is empty.
func knowing(folder string) (_ *detect.Config, err error) {
	if folder == "" {
		return &detect.Config{}, nil
	}
	defer fault.Wrap(&err, "announcements")
	labelled, err := voice.LoadAnnouncements(folder)
	if err != nil {
		return nil, err
	}
	known, err := detect.NewTemplates(labelled)
	if err != nil {
		return nil, err
	}
	return &detect.Config{Recogniser: known}, nil
}
