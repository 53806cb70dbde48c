package testkit

import (
	"os"
	"strconv"
	"testing"
)

// torture is the environment variable that asks for the long tests: "make
// torture" sets it, to the minutes that all of it may take.
const torture = "UNDERSTUDY_TORTURE"

// whole is the number of minutes for which the long numbers are made.
const whole = 60

// minutes returns what torture is set to, 0 if it is not wanted.
func minutes() int {
	value := os.Getenv(torture)
	if value == "" {
		return 0
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		panic(torture + " is " + strconv.Quote(value) + "; set it to a number of minutes, or leave it out")
	}
	return n
}

// Rounds is how often a test repeats what it does: the short number in every
// run, and the long one when torture is wanted, or a part of it if torture may
// not take an hour.
func Rounds(short, long int) int {
	n := minutes()
	if n == 0 {
		return short
	}
	part := long * min(n, whole) / whole
	if short < long {
		return max(part, short)
	}
	return long // which is the longer test, such as each of a list and not each tenth
}

// Long skips a test that cannot be short, when torture is not wanted.
func Long(t testing.TB) {
	t.Helper()
	if minutes() == 0 {
		t.Skip("a long test: make torture runs it")
	}
}
