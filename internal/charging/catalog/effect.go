package catalog

import (
	"reflect"
	"strings"

	"waihu/internal/exact"
)

// growth says what a larger number under a key does to bills.
func growth(path string) Effect {
	key := path[strings.LastIndexByte(path, '.')+1:]
	within := func(word string) bool {
		return strings.Contains("."+path, "."+word+".") || strings.Contains(path, word+"[")
	}
	switch key {
	case "unit_price", "price", "flat", "connect_fee", "fee_each", "minimum", "minimum_each", "maximum", "maximum_each", "commitment", "minimum_duration", "rate", "share", "leg_factor":
		return Raises
	case "trial", "ignore_below", "cap", "periods":
		return Lowers
	case "amount", "percent":
		if within("discounts") || within("discount") {
			return Lowers
		}
		return Raises
	case "quantity":
		if within("packages") || within("included") {
			return Lowers
		}
		return Raises
	}
	return Unsure
}

// absentIsNone says what a missing number under a key means: none is 0, but a most
// that is missing is no most at all.
func absentIsNone(path string) bool {
	key := path[strings.LastIndexByte(path, '.')+1:]
	return key != "maximum" && key != "maximum_each" && key != "cap"
}

// effect is what the change of one value does to bills.
func effect(path string, old, new reflect.Value, was, is bool) Effect {
	if e, ok := ofRule(old, new); ok {
		return e
	}
	grows := growth(path)
	a, known1 := numberOf(old, was)
	b, known2 := numberOf(new, is)
	if grows == Unsure || !known1 || !known2 {
		return Unsure
	}
	order := b.Cmp(a)
	if !absentIsNone(path) && was != is {
		order = 1 // a most that goes away
		if is {
			order = -1
		}
	}
	switch {
	case order > 0:
		return grows
	case order < 0:
		return opposite(grows)
	}
	return Unsure
}

func opposite(e Effect) Effect {
	if e == Raises {
		return Lowers
	}
	return Raises
}

// numberOf is a value as a number; one that is not given is 0, an unknown price
// is not known.
func numberOf(v reflect.Value, given bool) (exact.Number, bool) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return exact.Zero, true
		}
		v = v.Elem()
	}
	switch x := v.Interface().(type) {
	case exact.Number:
		return x, true
	case Price:
		return x.Number, given && !x.Unknown
	case Percent:
		return x.Number, true
	case Duration:
		return exact.Int(int64(x)), true
	case int:
		return exact.Int(int64(x)), true
	}
	return exact.Zero, false
}

// ofRule is the effect of changed rules whose choices are dear or cheap in
// every case.
func ofRule(old, new reflect.Value) (Effect, bool) {
	if old.Kind() == reflect.Pointer {
		return Unsure, false
	}
	switch a := old.Interface().(type) {
	case Increment:
		return ofIncrement(a, new.Interface().(Increment)), true
	case OffDay:
		return dearer(new.Interface() == OffDayCharged, a == OffDayCharged), true
	case SeatDecrease:
		return dearer(a == CreditDays, new.Interface() == CreditDays), true
	case PaidPeak:
		return dearer(new.Interface() == EveryIncrease, a == EveryIncrease), true
	case SeatIncrease:
		return dearer(new.Interface() == WholePeriod, a == WholePeriod), true
	}
	return Unsure, false
}

func dearer(raises, lowers bool) Effect {
	switch {
	case raises == lowers:
		return Unsure
	case raises:
		return Raises
	}
	return Lowers
}

// ofIncrement compares increments that divide each other; others can be dear
// for one call and cheap for the next. Absent is 60/60.
func ofIncrement(a, b Increment) Effect {
	if a.IsZero() {
		a = Increment{60, 60}
	}
	if b.IsZero() {
		b = Increment{60, 60}
	}
	finer := func(x, y Increment) bool { // x never bills more than y
		return x.First <= y.First && (y.First-x.First)%x.Next == 0 && y.Next%x.Next == 0 // all steps of y are steps of x
	}
	return dearer(finer(a, b), finer(b, a))
}

// ofWhole is the effect of a whole item of a list that came or went; e is that
// of something that costs.
func ofWhole(path string, e Effect) Effect {
	switch path {
	case "components", "minimum_spend":
		return e
	case "discounts", "packages", "maximum_spend":
		return opposite(e)
	}
	return Unsure
}
