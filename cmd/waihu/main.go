// Command waihu is the whole product in one binary: see waihu --help.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"waihu/internal/cli"
)

func main() { os.Exit(realMain()) }

func realMain() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return cli.Run(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
}
