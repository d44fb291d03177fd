// Package dispute says what becomes of a customer's objection to an invoice: who
// may take which step, how much can be given back, and for how long nobody is
// reminded of what is disputed.
//
// It owns the states of a dispute, its days and its amounts. It does not own what
// is left of a line, tax or credit notes (package invoice), or reminders (package
// dunning).
//
// What always holds: a dispute ends once; what is granted of a line is never more
// than was disputed of it; whoever rejects any of it says why.
//
// Its times: all are local days of the contract.
package dispute
