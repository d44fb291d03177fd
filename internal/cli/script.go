package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"waihu/internal/calling/script"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/planfile"
)

// scriptCmd groups what can be done with a script of what agents say and ask.
type scriptCmd struct {
	Check  scriptCheck  `cmd:"" help:"Say everything that is wrong with scripts, with file, line and remedy."`
	Walk   scriptWalk   `cmd:"" help:"Go through a script step by step, as an agent does."`
	Schema scriptSchema `cmd:"" help:"Print the JSON Schema of scripts."`
}

type scriptCheck struct {
	Files []string `arg:"" help:"Scripts, YAML or JSON."`
	JSON  bool     `help:"Write the findings as JSON."`
}

// Run checks each file and counts.
func (c *scriptCheck) Run(e *env) error {
	all := fault.Problems{}
	for _, path := range c.Files {
		_, problems, err := loadCallScript(path)
		if err != nil {
			return err
		}
		all = append(all, problems...)
		if !c.JSON {
			printFindings(e.Out, path, problems)
		}
	}
	if c.JSON {
		if err := writeJSON(e.Out, all); err != nil {
			return err
		}
	}
	if len(all.Errors()) > 0 {
		return coded{exitFailed, errors.New("")}
	}
	return nil
}

// loadCallScript reads a script in its own folder; links out of it are not followed.
func loadCallScript(path string) (*script.Script, fault.Problems, error) {
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, nil, fault.New(fault.NotFound, "%s: %v", path, err)
	}
	defer root.Close()
	s, problems := planfile.LoadCallScript(root.FS(), filepath.Base(path))
	return s, inFolder(problems, path), nil
}

type scriptWalk struct {
	File  string            `arg:"" help:"The script." type:"existingfile"`
	Field map[string]string `help:"Words of the lead: --field name=Li --field city=Taipei." placeholder:"NAME=WORD"`
	Full  []string          `help:"Quotas that are taken to be full." placeholder:"QUOTA"`
	Lang  string            `help:"Language: en, zh-Hant, zh-Hans; the script's own if absent." default:""`
}

// Help is what the short help leaves out.
func (scriptWalk) Help() string {
	return "Each question takes one line: a choice by its name, several with commas between; an empty line passes it over, and < goes back a step. Where the answers end, it tells where the script stands."
}

// Run asks and shows until the script or the answers end.
func (c *scriptWalk) Run(e *env) error {
	s, problems, err := loadCallScript(c.File)
	if err != nil {
		return err
	}
	if problems.Err() != nil {
		return problems.Err()
	}
	tag := s.Tag(c.Lang)
	if c.Lang != "" {
		if tag, err = lang.ParseTag(c.Lang); err != nil {
			return coded{exitUsage, err}
		}
	}
	w := walker{scriptWalk: c, s: s, tag: tag, e: e, in: bufio.NewScanner(e.In)}
	for {
		run, err := w.stand()
		if err != nil {
			return err
		}
		if run.IsOver() {
			return w.end(&run)
		}
		if more, err := w.step(&run); err != nil || !more {
			return err
		}
	}
}

// walker is one walk.
type walker struct {
	*scriptWalk
	s     *script.Script
	tag   lang.Tag
	e     *env
	in    *bufio.Scanner
	sheet script.Sheet
}

func (w *walker) stand() (script.Run, error) {
	return w.s.Replay(&w.sheet, w.Field, func(q string) bool { return slices.Contains(w.Full, q) })
}

// step shows a step, takes its answers, and goes on or back. It is false where there
// are no more lines.
func (w *walker) step(run *script.Run) (bool, error) {
	w.sheet.Open = script.Answers{}
	st := w.s.Step(run.At)
	fmt.Fprintf(w.e.Out, "[%s] %s\n", st.ID, script.Fill(st.Text.In(w.tag), w.Field, run.Answers))
	for i := range st.Ask {
		q := &st.Ask[i]
		if !w.s.Asks(q, w.Field, run.Answers, w.sheet.Open) {
			continue
		}
		for { // until the answer is one, or there are no more lines
			fmt.Fprintf(w.e.Out, "  %s %s ", script.Fill(q.Label.In(w.tag), w.Field, run.Answers), q.Hint())
			if !w.in.Scan() {
				fmt.Fprintf(w.e.Out, "\n\nIt stands at step %s.\n", st.ID)
				return false, w.in.Err()
			}
			line := strings.TrimSpace(w.in.Text())
			if line == "<" {
				w.sheet = script.Sheet{Moves: w.sheet.Moves[:max(len(w.sheet.Moves)-1, 0)]}
				return true, nil
			}
			delete(w.sheet.Open, q.ID)
			if line != "" {
				w.sheet.Open[q.ID] = answerWords(q, line)
			}
			now, err := w.stand()
			if err == nil && line == "" && slices.Contains(now.Missing, q.ID) {
				err = errors.New("it must be answered")
			}
			if err == nil {
				break
			}
			fmt.Fprintf(w.e.Out, "  ! %v\n", err)
			delete(w.sheet.Open, q.ID)
		}
	}
	w.sheet = script.Sheet{Moves: append(w.sheet.Moves, script.Move{Step: st.ID, Answers: w.sheet.Open})}
	return true, nil
}

func answerWords(q *script.Question, line string) (out []string) {
	if q.Kind != script.Some {
		return []string{line}
	}
	for one := range strings.SplitSeq(line, ",") {
		out = append(out, strings.TrimSpace(one))
	}
	return out
}

func (w *walker) end(run *script.Run) error {
	fmt.Fprintf(w.e.Out, "\nThe end: %s", run.End.As)
	if run.Full != "" {
		fmt.Fprintf(w.e.Out, ", quota %s is full", run.Full)
	}
	if run.End.Disposition != "" {
		fmt.Fprintf(w.e.Out, ", disposition %s", run.End.Disposition)
	}
	fmt.Fprintf(w.e.Out, ".\nThe way: %s.\n", strings.Join(run.Path, ", "))
	if len(run.Quotas) > 0 {
		fmt.Fprintf(w.e.Out, "Counted in: %s.\n", strings.Join(run.Quotas, ", "))
	}
	return nil
}

type scriptSchema struct{}

// Run prints the schema.
func (scriptSchema) Run(e *env) error {
	_, err := e.Out.Write(planfile.Schema(script.Script{}, "script.schema.json"))
	return err
}
