package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"text/tabwriter"

	"waihu/internal/serve"
)

// configFlags say how a service is configured.
type configFlags struct {
	Config string   `help:"Configuration file (YAML)." placeholder:"FILE" type:"existingfile" env:"WAIHU_CONFIG"`
	Data   string   `help:"Data folder; the same as --set data=DIR." placeholder:"DIR"`
	Set    []string `help:"A value of the configuration: http.listen=127.0.0.1:8420. Can be repeated." placeholder:"KEY=VALUE" sep:"none"`
}

// ofCommands are what the environment says to commands; the service has no such keys.
var ofCommands = []string{"WAIHU_CONFIG", "WAIHU_SERVICE", "WAIHU_API_KEY", "WAIHU_SIP_SECRET", "WAIHU_CARRIER_SECRET"}

// load gathers the configuration.
func (f *configFlags) load() (serve.Config, []serve.Setting, error) {
	set := f.Set
	if f.Data != "" {
		set = append([]string{"data=" + f.Data}, set...)
	}
	var environ []string
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); !slices.Contains(ofCommands, name) {
			environ = append(environ, e)
		}
	}
	return serve.Load(f.Config, environ, set)
}

// serveCmd runs the service.
type serveCmd struct {
	configFlags
	Listen string `help:"Address to listen on; the same as --set http.listen=HOST:PORT." placeholder:"HOST:PORT"`
}

// heapGrowth is by how many percent the heap of a service may grow before it is
// cleared up, unless GOGC says otherwise. Its heap is small and what comes in is
// soon done with: with the 25 that suit a bill of many records, clearing up takes
// more than half of the processor time of usage by HTTP.
const heapGrowth = 200

// heapFloor is held and never touched, so it takes no memory; but it counts as
// heap, so that a service with little on its own is cleared up once it has some 200
// MB, and not every other second: while that goes on, on two cores, one call in a
// hundred waits for its turn.
const heapFloor = 64 << 20

// growHeap lets the heap of a service grow.
func growHeap() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
}

// Run serves until it is told to stop.
func (c *serveCmd) Run(e *env) error {
	growHeap()
	floor := make([]byte, heapFloor)
	defer runtime.KeepAlive(floor)
	if c.Listen != "" {
		c.Set = append(c.Set, "http.listen="+c.Listen)
	}
	config, _, err := c.load()
	if err != nil {
		return err
	}
	return serve.Run(e.ctx, &config, serve.Logger(e.Err, config.Log), e.Out)
}

// configCmd prints the configuration in force.
type configCmd struct {
	configFlags
	JSON bool `help:"Write it as JSON."`
	Docs bool `help:"Say what each key is for."`
}

// Run prints every key, its value and where it came from.
func (c *configCmd) Run(e *env) error {
	_, settings, err := c.load()
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(e.Out)
		enc.SetIndent("", "  ")
		return enc.Encode(settings)
	}
	if c.Docs {
		settings = append(settings, serve.SourceKeys()...)
	}
	w := tabwriter.NewWriter(e.Out, 0, 0, 2, ' ', 0)
	for _, s := range settings {
		if c.Docs {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Key, s.Value, s.Origin, s.Doc)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", s.Key, s.Value, s.Origin)
	}
	return w.Flush()
}
