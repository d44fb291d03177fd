package campaign

import "fmt"

// Said is a place of a plan that says a prompt.
type Said struct {
	Path   string // of the plan
	Prompt string // identifier of a company's, or the key of one of the system's
}

// Prompts are the prompts a plan says, each place of it.
func (c *Campaign) Prompts() (out []Said) {
	add := func(path, prompt string) {
		if prompt != "" {
			out = append(out, Said{path, prompt})
		}
	}
	add("message", c.Message)
	add("voicemail", c.Voicemail)
	add("notice", c.Notice)
	add("menu.machine", c.Menu.Machine)
	add("menu.no_agent", c.Menu.NoAgent)
	add("menu.closed", c.Menu.Closed)
	add("robot.fallback", c.Robot.Fallback)
	for i := range c.Menu.Steps {
		st := &c.Menu.Steps[i]
		add(fmt.Sprintf("menu.steps[%d].prompt", i), st.Prompt)
		for j := range st.Keys {
			add(fmt.Sprintf("menu.steps[%d].keys[%d].prompt", i, j), st.Keys[j].Prompt)
		}
	}
	return out
}

// Refusable tells whether a menu has a key by which people say that they are not to be
// called again.
func (m *Menu) Refusable() bool {
	for i := range m.Steps {
		for j := range m.Steps[i].Keys {
			if m.Steps[i].Keys[j].Does == KeyRefuse {
				return true
			}
		}
	}
	return false
}
