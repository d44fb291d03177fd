// Package attempt is one try to reach one number of one lead, from the moment it
// is decided to its disposition.
//
// It owns the states of a try, its instants, what it came to, and the
// dispositions a company chooses from. It does not own whom to try and when
// (package campaign and the dialer), what the outcome does to the lead (package
// lead), or the sound of the call (voice).
//
//	decided --dial--> dialing --ring--> ringing
//	   |                 |                 |
//	   | withhold        +----- answer ----+--> answered --join--> talking
//	   v                 |                 |       |                  |
//	withheld             +----- end -------+--> ended <-----end-------+
//	                                             |
//	                                             +--dispose--> closed
//
// What always holds: a state is left only along an arrow, so no try is answered
// twice or disposed of twice; a try is kept before it is dialed, so one that was
// lost in a crash still counts against every limit; its instants never go back;
// it is abandoned when a person answered and nobody and nothing spoke to them;
// withheld and closed are the ends, and a closed try has a disposition.
//
// Its times are instants of the dialer's clock; how long its call was charged for is told by the
// fact of that (Billed). Where a local hour counts, the lead's zone decides.
package attempt
