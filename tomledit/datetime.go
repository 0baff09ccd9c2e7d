package tomledit

import (
	"regexp"
	"time"
)

// The parser only delimits dates and times and leaves their contents open. These are their shapes in TOML 1.1, whose days
// are checked apart. A leap second is a second 60.
const (
	dateShape   = `\d{4}-(0[1-9]|1[0-2])-\d\d`
	timeShape   = `([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)(\.\d+)?)?`
	offsetShape = `([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)`
)

// dateTimes are the shapes of the four kinds of dates and times, and an example of each.
var dateTimes = map[Kind]struct {
	shape   *regexp.Regexp
	example string
}{
	LocalDate:     {regexp.MustCompile(`^` + dateShape + `$`), "a date as in 2026-01-31"},
	LocalTime:     {regexp.MustCompile(`^` + timeShape + `$`), "a time as in 07:30 or 07:30:59.5"},
	LocalDateTime: {regexp.MustCompile(`^` + dateShape + `[Tt ]` + timeShape + `$`), "a date and a time as in 2026-01-31T07:30"},
	DateTime:      {regexp.MustCompile(`^` + dateShape + `[Tt ]` + timeShape + offsetShape + `$`), "a date, a time and its offset as in 2026-01-31T07:30Z or 2026-01-31T07:30+02:00"},
}

// dateTimeFault says what is wrong with a token of one of these kinds, or "".
func dateTimeFault(kind Kind, token []byte) string {
	if !dateTimes[kind].shape.Match(token) {
		return "expected " + dateTimes[kind].example
	}
	if kind != LocalTime {
		if _, err := time.Parse(time.DateOnly, string(token[:len(time.DateOnly)])); err != nil {
			return "the month has no such day"
		}
	}
	return ""
}
