// Package sim makes seeded worlds: the records a day of calling leaves behind,
// as large as one likes and the same for the same seed.
//
// It owns made-up data for tests, benchmarks and demonstrations. It does not
// own any rule of charging or calling.
//
// What always holds: the same arguments give the same bytes, on every machine.
// Telephone numbers are made up.
package sim
