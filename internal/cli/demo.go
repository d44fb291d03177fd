package cli

import (
	"time"

	"waihu/internal/demo"
	"waihu/internal/serve"
)

// demoCmd shows a living company.
type demoCmd struct {
	Listen string `default:"127.0.0.1:8420" help:"Address to listen on, on this machine."`
	Seed   uint64 `default:"1" help:"One seed and day give one history."`
	Still  bool   `help:"Nobody works by themselves and no calls come in: pages stay as they are."`
}

// Run fills books with a year and serves them until it is told to stop.
func (c *demoCmd) Run(e *env) error {
	growHeap()
	config, _, err := serve.Load("", nil, []string{"http.listen=" + c.Listen, "access.second_factor=false", "access.second_person=false", "access.open_compare=true", "access.operator=nobody@demo.example", "log.level=warn"})
	if err != nil {
		return err
	}
	return demo.Run(e.ctx, &config, demo.Options{Seed: c.Seed, Now: time.Now(), Still: c.Still}, serve.Logger(e.Err, config.Log), e.Out)
}
