// Package exchange connects agents with those they call: an agent's telephone or
// browser calls in, the call goes out over a trunk, and both are joined for as long
// as either stays.
//
// It owns the two halves of such a call and what happens between them: who rings
// when, what is heard before the answer, what ends what. It does not own who may
// call whom, with which number, for how long and at what cost: Connect is asked, and
// places the customer's half.
//
//	agent --INVITE sip:<call>@us--> Connect --> trunk --> customer
//	      <--183, ring-back, early media------------------
//	      <--200-------------------------------- answered
//
// And it owns the floor: an agent's telephone calls the name "floor" and stays on the
// line (standing.go), hearing nothing until it is joined with who answered a call that
// somebody else had placed (a Line). Supervisors stand likewise, and hear lines.
//
//	agent --INVITE sip:floor@us--> stands . . . joined . . . stands . . . joined
//	                                  Line <-- trunk --> customer
//
// What always holds: nothing goes out before Connect has said yes; when one half
// ends, the other does, save on the floor, where a leg outlives its calls; a person has
// one standing leg, which hears one line at most; a customer nobody speaks with is not
// left waiting without end; who does not log in is not connected.
package exchange
