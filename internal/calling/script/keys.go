package script

import "strings"

// KeyOrder are the keys of a telephone, as they are listed.
const KeyOrder = "1234567890*#"

// Keys counts which keys people pressed in the calls of a broadcast. It belongs to one
// goroutine.
type Keys struct {
	Calls int            // that a person answered, or nobody knows by whom
	None  int            // of those: no key was pressed
	Of    map[string]int // of those, by key: it was pressed, once or more
	Does  []KeyDoes      // what keys do by the menu as it is now, step by step
	Typed bool           // the menu takes numbers, whose digits are keys as well
	Cut   bool           // there are older calls, which were not counted
}

// KeyDoes is what a key does in one step of a menu.
type KeyDoes struct {
	Key, Does       string
	Question, Value string // of a key that answers
}

// Add counts one call with the keys pressed in it.
func (k *Keys) Add(pressed string) {
	k.Calls++
	if pressed == "" {
		k.None++
		return
	}
	if k.Of == nil {
		k.Of = map[string]int{}
	}
	for _, key := range strings.Split(KeyOrder, "") {
		if strings.Contains(pressed, key) {
			k.Of[key]++
		}
	}
}

// Shown are the keys that were pressed or that the menu listens for, in their order.
func (k *Keys) Shown() (out []string) {
	listens := map[string]bool{}
	for i := range k.Does {
		listens[k.Does[i].Key] = true
	}
	for _, key := range strings.Split(KeyOrder, "") {
		if k.Of[key] > 0 || listens[key] {
			out = append(out, key)
		}
	}
	return out
}
