// Package exchange connects agents with those they call: an agent's telephone or
// browser calls in, the call goes out over a trunk, and both are joined for as long
// as either stays.
//
// It owns the two halves of such a call and what happens between them: who rings
// when, what is heard before the answer, what ends what. It does not own who may
// call whom, with which number and for how long: the desk is asked (Desk), and
// what a call costs is for those who read its fact.
//
//	agent --INVITE sip:<call>@us--> Desk.Connect --> trunk --> customer
//	      <--183, ring-back, early media------------------
//	      <--200-------------------------------- answered
//
// What always holds: nothing goes out before the desk has said yes; a browser
// names a call, it never chooses a number; when one half ends, the other does; the
// desk is told the end of every call it let begin, once.
package exchange
