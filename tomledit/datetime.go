package tomledit

// The functions here say what is wrong with a date or time of TOML 1.1, in words; an empty string means
// nothing is. The parser only delimits such tokens and leaves their contents open.

const (
	badDate   = "expected a date as in 2026-01-31"
	badTime   = "expected a time as in 07:30 or 07:30:59.5"
	badOffset = "expected a time offset as in Z or +02:00"
)

func dateFault(token []byte) string {
	if len(token) != 10 || token[4] != '-' || token[7] != '-' {
		return badDate
	}
	year, month, day := number(token[:4]), number(token[5:7]), number(token[8:])
	switch {
	case year < 0 || month < 0 || day < 0:
		return badDate
	case month < 1 || month > 12:
		return "the month must be 01 to 12"
	case day < 1 || day > daysIn(year, month):
		return "the month has no such day"
	}
	return ""
}

func timeFault(token []byte) string {
	rest, fault := clock(token)
	if fault == "" && len(rest) > 0 {
		return badTime
	}
	return fault
}

func localDateTimeFault(token []byte) string {
	rest, fault := dateAndClock(token)
	if fault == "" && len(rest) > 0 {
		return badTime
	}
	return fault
}

func dateTimeFault(token []byte) string {
	rest, fault := dateAndClock(token)
	if fault != "" {
		return fault
	}
	if len(rest) == 1 && (rest[0] == 'Z' || rest[0] == 'z') {
		return ""
	}
	if len(rest) != 6 || rest[0] != '+' && rest[0] != '-' || rest[3] != ':' {
		return badOffset
	}
	hour, minute := number(rest[1:3]), number(rest[4:])
	switch {
	case hour < 0 || minute < 0:
		return badOffset
	case hour > 23 || minute > 59:
		return "the time offset must be at most 23:59"
	}
	return ""
}

// dateAndClock reads a date, T or a space, and a time of day. It returns what follows.
func dateAndClock(token []byte) (rest []byte, fault string) {
	if len(token) < 10 {
		return nil, badDate
	}
	if fault := dateFault(token[:10]); fault != "" {
		return nil, fault
	}
	if len(token) == 10 || token[10] != 'T' && token[10] != 't' && token[10] != ' ' {
		return nil, "expected T or a space between date and time"
	}
	return clock(token[11:])
}

// clock reads hours, minutes and, if there, seconds and their fraction. It returns what follows. A leap second
// is a second 60.
func clock(token []byte) (rest []byte, fault string) {
	if len(token) < 5 || token[2] != ':' {
		return nil, badTime
	}
	hour, minute := number(token[:2]), number(token[3:5])
	switch {
	case hour < 0 || minute < 0:
		return nil, badTime
	case hour > 23:
		return nil, "the hour must be 00 to 23"
	case minute > 59:
		return nil, "the minute must be 00 to 59"
	}
	rest = token[5:]
	if len(rest) == 0 || rest[0] != ':' {
		return rest, ""
	}
	if len(rest) < 3 {
		return nil, badTime
	}
	switch second := number(rest[1:3]); {
	case second < 0:
		return nil, badTime
	case second > 60:
		return nil, "the second must be 00 to 59, or 60 for a leap second"
	}
	rest = rest[3:]
	if len(rest) == 0 || rest[0] != '.' {
		return rest, ""
	}
	digits := 1
	for digits < len(rest) && isDigit(rest[digits]) {
		digits++
	}
	if digits == 1 {
		return nil, badTime
	}
	return rest[digits:], ""
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// number returns the value of a few decimal digits, or -1 if there is something else among them.
func number(digits []byte) int {
	n := 0
	for _, c := range digits {
		if !isDigit(c) {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
