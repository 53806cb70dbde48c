package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// size is a number of bytes, as a flag takes it: 64MiB, 512KiB, 1GiB, or 1000000.
type size int

var sizeUnits = []struct {
	name  string
	bytes int
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}}

// UnmarshalText reads a size.
func (s *size) UnmarshalText(text []byte) error {
	number, unit := string(text), 1
	for _, u := range sizeUnits {
		if before, ok := strings.CutSuffix(number, u.name); ok {
			number, unit = before, u.bytes
			break
		}
	}
	n, err := strconv.ParseUint(number, 10, 63)
	if err != nil || n == 0 || n > uint64(math.MaxInt/unit) {
		return fmt.Errorf("%q is not a size; give one such as 64MiB, 512KiB, 1GiB or 1000000 (bytes)", text)
	}
	*s = size(n) * size(unit)
	return nil
}
