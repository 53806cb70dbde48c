package testkit

import "os"

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
