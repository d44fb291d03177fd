// Package trunk decides over which trunk a call goes and with which calling
// number. It is pure: it is told the time and what came of each call; package
// voice places the calls, planfile reads the file.
//
// It owns which destinations may be called, the order of trunks for a number,
// what each trunk may carry at once and in a second, when a trunk rests, and the
// calling numbers: their daily caps, their turn and their health. It does not
// own what a call costs a customer, nor who may place one.
//
// What always holds: a trunk never has more calls than channels, nor begins more
// of them in any second than its rate, whoever asks at once; a call that rang is
// never placed again over another trunk; the same calls, instants and seed give
// the same trunks and numbers.
//
// A trunk's states:
//
//	ready --503 with Retry-After, or failures in a row--> resting --its time is over--> ready
//	ready --pings unanswered--> down --a ping is answered--> ready
package trunk
