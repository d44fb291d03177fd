// Package usage is the hinge between calling and charging: facts. A finished
// call, an agent's stay in a seat, a module switched on, a number rented, an
// event counted.
//
// It owns what a fact is, its canonical form and its digest. It does not own
// how foreign records become facts (package cdr below) nor what facts cost
// (charging).
//
// What always holds: a fact never changes; a correction is a new fact. ID is
// unique within Source, and the pair is what "the same fact" means. Every
// instant is UTC.
//
// Its times: Start is when dialing began; Answer when the called side picked
// up, zero if it never did; End when the last side hung up. Ring is the time
// from Start to Answer or End, Talk from Answer to End as the switch measured
// it, which need not be End - Answer when the switch's clock moved in mid-call.
// A Course, where there is one, has what lies between Start and Answer.
package usage
