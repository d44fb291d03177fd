package vendorbill

import (
	"time"

	"waihu/internal/timex"
)

// Lists of calls are long, and nearly all their cells are written in the plainest
// way. What is not is left to the careful readers of value.go.

// plainDigits bounds a plain amount: twelve digits before the point stay within
// 64 bits as millionths.
const plainDigits = 12

// plainMicros reads 12 or 12.345678 as millionths.
func plainMicros(s string) (int64, bool) {
	n, i := int64(0), 0
	for ; i < len(s) && s[i]-'0' <= 9; i++ {
		n = n*10 + int64(s[i]-'0')
		if i >= plainDigits {
			return 0, false
		}
	}
	if i == 0 {
		return 0, false
	}
	decimals := 0
	if i < len(s) {
		if s[i] != '.' || i+1 == len(s) {
			return 0, false
		}
		for i++; i < len(s) && s[i]-'0' <= 9 && decimals < maxDecimals; i++ {
			n = n*10 + int64(s[i]-'0')
			decimals++
		}
	}
	for ; decimals < maxDecimals; decimals++ {
		n *= 10
	}
	return n, i == len(s)
}

// plainStamp reads 2026-03-02 09:30:00 on a wall clock. Days that only some
// months have are left to the careful reader.
func plainStamp(s string, wall *timex.Wall) (timex.Instant, bool) {
	const form = "dddd-dd-dd dd:dd:dd"
	if len(s) != len(form) {
		return 0, false
	}
	for i := range len(form) {
		if form[i] == 'd' && s[i]-'0' > 9 || form[i] != 'd' && s[i] != form[i] {
			return 0, false
		}
	}
	two := func(i int) int { return int(s[i]-'0')*10 + int(s[i+1]-'0') }
	year, month, day, hour, minute, second := two(0)*100+two(2), two(5), two(8), two(11), two(14), two(17)
	if year < 1971 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	return wall.Instant(timex.WallSeconds(year, time.Month(month), day, hour, minute, second), 0), true
}
