package serve

import (
	"net"
	"sync"
)

// crowd is a listener that lets in so many connections at once; others wait in
// the kernel's queue.
type crowd struct {
	net.Listener
	places chan struct{}
	closed chan struct{}
	close  func()
}

func newCrowd(l net.Listener, most int) *crowd {
	closed := make(chan struct{})
	return &crowd{l, make(chan struct{}, most), closed, sync.OnceFunc(func() { close(closed) })}
}

// Accept waits for a place, then for a connection.
func (c *crowd) Accept() (net.Conn, error) {
	select {
	case c.places <- struct{}{}:
	case <-c.closed:
		return nil, net.ErrClosed
	}
	conn, err := c.Listener.Accept()
	if err != nil {
		<-c.places
		return nil, err
	}
	return &guest{Conn: conn, leave: sync.OnceFunc(func() { <-c.places })}, nil
}

// Close lets nobody in any more.
func (c *crowd) Close() error {
	c.close()
	return c.Listener.Close()
}

// guest gives its place back when it leaves.
type guest struct {
	net.Conn
	leave func()
}

func (g *guest) Close() error {
	err := g.Conn.Close()
	g.leave()
	return err
}
