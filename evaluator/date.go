package evaluator

import (
	"math"
	"strings"
)

// parseDate returns an instant in milliseconds since 1970, the precision at
// which AWS compares (recorded). It reads whole seconds since 1970 with an
// optional sign, and the ISO 8601 profile of
// https://www.w3.org/TR/NOTE-datetime as generously as AWS does (recorded): month,
// day and every part of the time may be absent, "T" may be in lower case and
// stand alone, the hour may have one digit, and no offset means UTC.
func parseDate(s string) (int64, bool) {
	if seconds, ok := parseInt(s, math.MaxInt64); ok {
		return saturate(seconds), true
	}
	d := dateReader{rest: s}
	days := d.date()
	if d.bad {
		return 0, false
	}
	clock := int64(0)
	if d.skip('T') || d.skip('t') {
		clock = d.clock() - d.offset()
	}
	if d.bad || d.rest != "" {
		return 0, false
	}
	return days*86400000 + clock, true
}

// saturate turns seconds into milliseconds without overflow.
func saturate(seconds int64) int64 {
	switch {
	case seconds > math.MaxInt64/1000:
		return math.MaxInt64
	case seconds < math.MinInt64/1000:
		return math.MinInt64
	}
	return seconds * 1000
}

// dateReader reads from the front of rest; bad is sticky.
type dateReader struct {
	rest string
	bad  bool
}

func (d *dateReader) skip(c byte) bool {
	if d.rest == "" || d.rest[0] != c {
		return false
	}
	d.rest = d.rest[1:]
	return true
}

// number reads from min to max digits whose value lies between low and high.
func (d *dateReader) number(min, max int, low, high int64) int64 {
	n := 0
	for n < len(d.rest) && n < max && d.rest[n] >= '0' && d.rest[n] <= '9' {
		n++
	}
	v, ok := parseInt(d.rest[:n], math.MaxInt64)
	d.rest = d.rest[n:]
	if !ok || n < min || v < low || v > high {
		d.bad = true
	}
	return v
}

// maxYear keeps milliseconds within 64 bits: years reach 292278993, as in AWS.
const maxYear = 292278993

func (d *dateReader) date() (days int64) {
	negative := d.skip('-')
	if !negative {
		d.skip('+')
	}
	year, month, day := d.number(1, 9, 0, maxYear), int64(1), int64(1)
	if negative {
		year = -year
	}
	if d.skip('-') {
		month = d.number(1, 2, 1, 12)
		if d.skip('-') && !d.bad {
			day = d.number(1, 2, 1, daysIn(year, month))
		}
	}
	return civilDays(year, month, day)
}

func (d *dateReader) clock() (ms int64) {
	unit := int64(3600000)
	for i, high := range [...]int64{23, 59, 59} {
		if i > 0 && !d.skip(':') || i == 0 && (d.rest == "" || strings.IndexByte("Zz+-", d.rest[0]) >= 0) {
			break
		}
		ms += d.number(1, 2, 0, high) * unit
		if d.skip('.') || d.skip(',') {
			return ms + d.fraction(unit)
		}
		unit /= 60
	}
	return ms
}

// fraction reads up to nine digits as a part of the unit and cuts the result
// to milliseconds.
func (d *dateReader) fraction(unit int64) int64 {
	before := len(d.rest)
	v := d.number(1, 9, 0, 999999999)
	for range 9 - (before - len(d.rest)) {
		v *= 10
	}
	return v * unit / 1000000000
}

func (d *dateReader) offset() (ms int64) {
	if d.rest == "" || d.skip('Z') || d.skip('z') {
		return 0
	}
	negative := d.skip('-')
	if !negative && !d.skip('+') {
		d.bad = true
		return 0
	}
	ms = d.number(2, 2, 0, 23) * 3600000
	if d.skip(':') || d.rest != "" {
		ms += d.number(2, 2, 0, 59) * 60000
	}
	if negative {
		return -ms
	}
	return ms
}

func daysIn(year, month int64) int64 {
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

// civilDays counts days from 1970-01-01 in the Gregorian calendar. Years are
// taken to begin in March, so that the leap day comes last, and are counted in
// eras of 400 years.
func civilDays(year, month, day int64) int64 {
	if month <= 2 {
		year--
	}
	era := year / 400
	if year < 0 {
		era = (year - 399) / 400
	}
	inEra := year - era*400
	inYear := (153*((month+9)%12)+2)/5 + day - 1
	return era*146097 + inEra*365 + inEra/4 - inEra/100 + inYear - 719468
}
