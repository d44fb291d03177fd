package trunk

import "time"

// Standing is how our registration at a trunk stands.
type Standing struct {
	Until  time.Time // it is used until then; zero: it cannot be used
	Why    string    // it does not stand
	Routes []string  // proxies its registrar wants our calls to take (Service-Route)
}

// Registration notes how our registration at a trunk stands. From the first time on the
// trunk is used only while it does: a carrier that does not know us refuses every call.
func (b *Board) Registration(name string, s Standing) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.trunks {
		if b.cfg.Trunks[i].Name == name {
			b.trunks[i].standing = &s
		}
	}
}
