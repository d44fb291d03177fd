// Package script is what is said and asked in a call, step by step: texts with the
// lead's own words in them, questions, and where the answers lead.
//
// It owns scripts and their check, the path that answers take, what an answer may
// be, quotas, and counts of answers. It does not own who may change a script, its
// versions or how many places of a quota are taken (package app), how steps look
// (the pages), or what a call came to (a step may propose a disposition).
//
//	script --Replay(sheet, fields, which quotas are full)--> run: path, place, answers, end
//
// What always holds: the same sheet gives the same run; a path never has more than
// MaxPath steps, whatever is answered, since a jump back counts how often it is
// taken and that is checked when the script is kept; an answer that was not asked
// for is in no run; a required one is there or the run stands at its step; a person
// is counted in a quota only once all its questions are answered; what is filled into
// a text is never read as a part of the text.
//
// Its times are dates that a person says: 2026-11-26, without a zone.
package script
