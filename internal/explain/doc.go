// Package explain tells a price plan in words, in Traditional Chinese, Simplified
// Chinese and English: what is charged, how it is counted, at which prices and
// by which rules, those that hold because the plan says nothing included. It tells
// contracts, profiles, forecasts, seats needed and the smallest bill the same way.
//
// It owns the order of the telling. It does not own the words (package lang) or
// what a period costs (packages rating and invoice).
//
// What always holds: every component is told, with its price or the word that
// nobody knows it; the same plan gives the same text.
package explain
