// Package invoice turns priced lines into what a customer is asked to pay:
// totals, tax, numbers, credit notes.
//
// It owns the Invoice, its taxes and its digest. It does not own how lines were
// priced (package rating) nor how an invoice looks (package document).
//
// What always holds: Subtotal is the sum of the rounded lines, exactly; Total is
// Net + Tax; an issued invoice never changes, a correction is a credit note that
// points to it; no credit exceeds what was billed.
//
//	draft --Issue--> issued --Credit--> (credit notes beside it)
//
// Its times: First and After are local dates of the period in Zone; IssuedOn and
// DueOn are local dates; Period is the same period in UTC.
package invoice
