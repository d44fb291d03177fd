// Package forecast knows usage as it was and as it may become: a profile that
// describes usage, facts made from a profile, a profile gathered from real
// facts, and the next months with the range they may fall in.
//
// It owns profiles, their expansion into facts, and the forecasting methods with
// their back-tests. It does not own prices: a forecast is usage, and what it
// costs is worked out by the ordinary meter and rating from facts made here.
//
// What always holds: facts made from a profile hit its stated totals exactly
// (calls, attempts and seconds of every month and type); the same profile,
// months and seed give the same facts; floats are statistics and never money.
//
// Its times: a Month is a calendar month in the profile's zone; hours are
// wall-clock times of the days a row names; a call belongs to the month it
// begins in, as everywhere in charging.
package forecast
