package tomledit

import (
	"bytes"
	"time"
)

// The functions here say what is wrong with a date or time of TOML 1.1, in words; an empty string means
// nothing is. The parser only delimits such tokens and leaves their contents open.

const (
	badTime   = "expected a time as in 07:30 or 07:30:59.5"
	badOffset = "expected a time offset as in Z or +02:00"
)

// dateTimeFault is for a token of one of the four kinds of dates and times.
func dateTimeFault(kind Kind, token []byte) (fault string) {
	rest := token
	if kind != LocalTime {
		if rest, fault = date(rest); fault != "" || kind == LocalDate && len(rest) == 0 {
			return fault
		}
		if len(rest) == 0 || bytes.IndexByte([]byte("Tt "), rest[0]) < 0 {
			return "expected T or a space between date and time"
		}
		rest = rest[1:]
	}
	rest, fault = clock(rest)
	switch {
	case fault != "":
		return fault
	case kind == DateTime:
		return offsetFault(rest)
	case len(rest) > 0:
		return badTime
	}
	return ""
}

// date reads a date. It returns what follows.
func date(token []byte) (rest []byte, fault string) {
	n, rest, ok := numbers(token, "0000-00-00")
	year, month, day := n[0], n[1], n[2]
	switch {
	case !ok:
		return nil, "expected a date as in 2026-01-31"
	case month < 1 || month > 12:
		return nil, "the month must be 01 to 12"
	case day < 1 || day > time.Date(year, time.Month(month+1), 0, 0, 0, 0, 0, time.UTC).Day():
		return nil, "the month has no such day"
	}
	return rest, ""
}

// clock reads hours, minutes and, if there, seconds and their fraction. It returns what follows. A leap second
// is a second 60.
func clock(token []byte) (rest []byte, fault string) {
	n, rest, ok := numbers(token, "00:00")
	switch {
	case !ok:
		return nil, badTime
	case n[0] > 23:
		return nil, "the hour must be 00 to 23"
	case n[1] > 59:
		return nil, "the minute must be 00 to 59"
	case !bytes.HasPrefix(rest, []byte(":")):
		return rest, ""
	}
	n, rest, ok = numbers(rest[1:], "00")
	switch {
	case !ok:
		return nil, badTime
	case n[0] > 60:
		return nil, "the second must be 00 to 59, or 60 for a leap second"
	case !bytes.HasPrefix(rest, []byte(".")):
		return rest, ""
	}
	if _, _, ok := numbers(rest[1:], "0"); !ok {
		return nil, badTime
	}
	return bytes.TrimLeft(rest[1:], "0123456789"), ""
}

func offsetFault(token []byte) string {
	if string(token) == "Z" || string(token) == "z" {
		return ""
	}
	if len(token) == 0 || token[0] != '+' && token[0] != '-' {
		return badOffset
	}
	n, rest, ok := numbers(token[1:], "00:00")
	switch {
	case !ok || len(rest) > 0:
		return badOffset
	case n[0] > 23 || n[1] > 59:
		return "the time offset must be at most 23:59"
	}
	return ""
}

// numbers reads the numbers of a shape such as 00:00, in which 0 stands for any digit. It returns what follows.
func numbers(token []byte, shape string) (n [3]int, rest []byte, ok bool) {
	if len(token) < len(shape) {
		return n, nil, false
	}
	i := 0
	for at := range len(shape) {
		switch c := token[at]; {
		case shape[at] == '0' && '0' <= c && c <= '9':
			n[i] = 10*n[i] + int(c-'0')
		case shape[at] == c && c != '0':
			i++
		default:
			return n, nil, false
		}
	}
	return n, token[len(shape):], true
}
