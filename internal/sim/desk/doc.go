// Package desk is simulated agents who work at the desks of a running service: they
// log in over its interface as people do, stand on its floor with telephones of their
// own, talk for a while and say what a call came to. So campaigns are tried with real
// signalling and sound, and a demonstration has a floor that works.
//
// It owns what such an agent does when. It does not own who is called (the service) and
// who answers (a carrier that plays a script).
//
// What always holds: a seed gives the same lengths and dispositions in the same order;
// who is told to stop logs out. Its times are this machine's.
package desk
