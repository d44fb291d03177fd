package main

import (
	"errors"
	"os"
	"time"
)

const (
	barePage  = 8 << 10
	barePages = 8_000 // of the file: as a log does, it begins anew at its end
	bareQueue = 4_000 // writes that wait; more than a round has
)

// bareDisk writes pages to a file and to disk, those that wait together: the least
// that anything durable must do, and what it is measured against.
type bareDisk struct {
	file  *os.File
	queue chan chan error
	ended chan error
}

func newBareDisk(path string) (*bareDisk, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if _, err := f.Write(make([]byte, barePages*barePage)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	d := &bareDisk{file: f, queue: make(chan chan error, bareQueue), ended: make(chan error, 1)}
	go d.run()
	return d, nil
}

// run ends when the queue is closed.
func (d *bareDisk) run() {
	page, at := make([]byte, barePage), int64(0)
	for first := range d.queue {
		group := []chan error{first}
		for more := len(d.queue); more > 0; more-- {
			group = append(group, <-d.queue)
		}
		var err error
		for range group {
			_, e := d.file.WriteAt(page, at%barePages*barePage)
			err, at = errors.Join(err, e), at+1
		}
		err = errors.Join(err, d.file.Sync())
		for _, done := range group {
			done <- err
		}
	}
	d.ended <- d.file.Close()
}

func (d *bareDisk) writeSingly() ([]time.Duration, error) {
	return atPace(singleCalls, func(int) error {
		done := make(chan error, 1)
		d.queue <- done
		return <-done
	})
}

func (d *bareDisk) close() error {
	close(d.queue)
	return <-d.ended
}
