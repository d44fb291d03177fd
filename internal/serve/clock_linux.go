package serve

import "syscall"

// unsteered is what Linux says of a clock that nothing keeps right (STA_UNSYNC of
// adjtimex).
const unsteered = 0x40

// clockState tells whether the clock is steered, and whether that is known.
func clockState() (steered, known bool) {
	var t syscall.Timex
	if _, err := syscall.Adjtimex(&t); err != nil {
		return false, false
	}
	return t.Status&unsteered == 0, true
}
