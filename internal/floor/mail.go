package floor

import "sync"

// mail is what a driver is to do next, in its order. What is posted never waits: a
// telephone line must not. It is bounded by what can happen to calls and agents; more
// than maxMail is a driver that hangs.
type mail struct {
	mu     sync.Mutex
	list   []func()
	closed bool
	bell   chan struct{}
}

func newMail() *mail { return &mail{bell: make(chan struct{}, 1)} }

// post adds something; false: nobody looks any more.
func (m *mail) post(do func()) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed || len(m.list) >= maxMail {
		return false
	}
	m.list = append(m.list, do)
	select {
	case m.bell <- struct{}{}:
	default: // it rang already
	}
	return true
}

// take gives what there is.
func (m *mail) take() []func() {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.list
	m.list = nil
	return out
}

// close gives what nobody will do.
func (m *mail) close() []func() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	out := m.list
	m.list = nil
	return out
}
