package cdr_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"waihu/internal/timex"
	"waihu/internal/usage/cdr"
)

// A table written by hand becomes facts, written as our own file.
func ExampleIntake() {
	shanghai, err := timex.LoadZone("Asia/Shanghai")
	if err != nil {
		fmt.Println(err)
		return
	}
	facts := cdr.NewWriter(os.Stdout)
	in := cdr.NewIntake(facts, cdr.Options{Zone: shanghai})
	table := "fact,id,user,type,from,to\nseat,1,mei,agent,2026-03-01,2026-03-16\nseat,1,mei,agent,2026-03-01,2026-03-16\nseat,2,,agent,2026-03-01,\n"
	report, err := in.Read(context.Background(), strings.NewReader(table), "seats.csv", int64(len(table)))
	if err != nil {
		fmt.Println(err)
	}
	facts.Flush()
	fmt.Println(report.Counts)
	for _, t := range report.Tallies {
		fmt.Println(t.Outcome, t.Sample[0].Error())
	}
	// Output:
	// {"fact":"seat","id":"1","source":"waihu","user":"mei","type":"agent","from":"2026-02-28T16:00:00Z","to":"2026-03-15T16:00:00Z"}
	// 3 read = 1 accepted + 1 rejected + 1 duplicate + 0 ignored; 0 flagged
	// rejected seats.csv:4: user: facts of kind seat need this field; expected a value
	// duplicate seats.csv:3: id: this record came before (found "1")
}
