// Package lang holds every sentence a customer or manager reads, in
// Traditional Chinese, Simplified Chinese and English, and writes numbers,
// money and dates the way each language does.
//
// It owns the phrases (phrases_*.tsv: key, en, zh-Hant, zh-Hans) and the Text
// type for names that come from plans. It does not own logs and developers'
// errors: those are English.
//
// What always holds: a key exists in all three languages or in none; no
// Simplified character stands in a Traditional phrase or the other way round.
package lang
