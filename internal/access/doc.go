// Package access tells who is asking and what they may do.
//
// It owns users and how they prove themselves (passwords, one-time codes,
// passkeys, another system's log-in), sessions, API keys, roles and the table
// of permissions, the second person that some changes need, and what is written
// into the audit log. It does not own what is done once it is allowed, nor how
// a request comes in.
//
// What always holds: no password, code, token or key is stored as it is, only a
// hash of it or, where it must be used again, sealed under the system's own
// key; a session begins anew with every step that gives it more rights; whether
// an account exists cannot be seen from a failed log-in; a permission that is
// not in the table is not given.
//
// Its times: all are of the transaction they belong to. An idle session ends a
// while after it was last used, every session a day after it began.
//
//	            password           second factor
//	nobody ───────────────> proving ─────────────> full ──> ended
//	   │                      │ none enrolled        ^
//	   │                      └──────> enrolling ────┤
//	   └───────── passkey, or another system's log-in┘
package access
