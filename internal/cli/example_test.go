package cli_test

import (
	"context"
	"fmt"
	"io"
	"strings"

	"waihu/internal/cli"
)

func ExampleRun() {
	var out strings.Builder
	code := cli.Run(context.Background(), []string{"plan", "explain", examples + "robot-lanes/plan.yaml", "--lang", "zh-Hans"}, cli.Streams{In: strings.NewReader(""), Out: &out, Err: io.Discard})
	title, _, _ := strings.Cut(out.String(), "\n")
	fmt.Println(title, "exit", code)
	// Output: 机器人通路，第 1 版 exit 0
}
