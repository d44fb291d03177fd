// Package notify tells the world outside what happened: signed webhooks to a
// company's own systems, mail to its people.
//
// It owns webhook endpoints and their secrets, the signing and sending, what is
// tried again and when it is given up, the guard that keeps deliveries away from
// inner networks, and the letters in three languages. It does not own what
// happened: whoever made it happen puts a message into the outbox in the same
// transaction.
//
// What always holds: a message is sent at least once or is dead and seen as such;
// its identifier stays the same however often it is sent, so that a receiver can
// tell; messages are not in order (their timestamp is); no connection is made to
// an address of an inner network unless the installation allows it by name; an
// endpoint that fails for five days is switched off, and its company is told;
// companies take turns, so that nobody waits for another's receiver.
//
// Its times: Due is when a message is tried next; the ladder of tries counts
// from the last one.
package notify
