package testkit

import (
	"iter"
	"os"
	"strconv"
	"testing"
	"time"
)

// torture is the environment variable that asks for the long tests: "make torture"
// sets it to the number of minutes that all of them together may take.
const torture = "UNDERSTUDY_TORTURE"

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

// Rounds counts the rounds of a test from 0; a normal run has the short number of
// rounds. When torture is wanted, it continues for the test's share of each of
// torture's minutes, ends after a whole round or one that failed, and logs how many
// there were.
//
// The shares of the tests of a package that run side by side overlap. All packages
// together should take about 20 seconds of each minute.
func Rounds(t testing.TB, short int, share time.Duration) iter.Seq[int] {
	return func(yield func(int) bool) {
		t.Helper()
		n := minutes()
		begin, round := time.Now(), 0
		for ; round < short || n > 0 && !t.Failed() && time.Since(begin) < time.Duration(n)*share; round++ {
			if !yield(round) {
				return
			}
		}
		if n > 0 {
			t.Logf("%d rounds in %v", round, time.Since(begin).Round(time.Second))
		}
	}
}

// Thorough reports whether torture is wanted. A test then checks all cases where it
// otherwise checks some.
func Thorough() bool { return minutes() > 0 }

// Long skips a test that cannot be short, unless torture is wanted.
func Long(t testing.TB) {
	t.Helper()
	if !Thorough() {
		t.Skip("a long test: make torture runs it")
	}
}
