package testkit

import (
	"os"
	"testing"
)

// torture is the environment variable that asks for the long tests: "make
// torture" sets it.
const torture = "UNDERSTUDY_TORTURE"

// Rounds is how often a test repeats what it does: the short number in every
// run, and the long one when torture is wanted.
func Rounds(short, long int) int {
	if os.Getenv(torture) != "" {
		return long
	}
	return short
}

// Long skips a test that cannot be short, when torture is not wanted.
func Long(t testing.TB) {
	t.Helper()
	if os.Getenv(torture) == "" {
		t.Skip("a long test: make torture runs it")
	}
}
