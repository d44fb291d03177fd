// Package outbound places calls that are paid for. It is where calling and
// charging meet: it asks the books before a call begins, asks again while it
// goes on, cuts it when nothing more is paid for, and gives the books its fact.
//
// It owns the order of these and what happens when one of them fails. It does
// not own trunks and sound (voice), nor prices, wallets and limits (app).
//
// What always holds: nothing is sent before the attempt is written down; every
// attempt ends as one fact, also after a crash; a running call never talks
// longer than was paid for, save for what its hanging up takes, and half a second
// where the books do not answer.
package outbound
