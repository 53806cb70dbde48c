package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// floor fails if a coverage profile has places that no test reached, and names
// them. It reads the profile instead of the percentage, because go test rounds
// that.
func floor(args []string, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("floor reads one coverage profile; name its file")
	}
	f, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	blocks, missed, err := readProfile(f)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", args[0], err)
	case len(missed) > 0:
		return fmt.Errorf("no test reaches these statements; test them or remove them:\n  %s", strings.Join(missed, "\n  "))
	}
	fmt.Fprintf(out, "floor: all of %d blocks are covered\n", blocks)
	return nil
}

// readProfile counts the blocks of a profile and returns the places of those
// that did not run. A block may be in it several times, once for each test
// program.
func readProfile(r io.Reader) (blocks int, missed []string, err error) {
	ran := map[string]bool{}
	var places []string
	lines := bufio.NewScanner(r)
	for n := 0; lines.Scan(); n++ {
		if n == 0 && strings.HasPrefix(lines.Text(), "mode: ") {
			continue
		}
		place, count, ok := readBlock(lines.Text())
		if !ok {
			return 0, nil, fmt.Errorf("line %d is not a block of a coverage profile", n+1)
		}
		if _, known := ran[place]; !known {
			places = append(places, place)
		}
		ran[place] = ran[place] || count != "0"
	}
	if err := lines.Err(); err != nil {
		return 0, nil, err
	}
	if len(places) == 0 {
		return 0, nil, errors.New("the profile is empty")
	}
	for _, place := range places {
		if !ran[place] {
			missed = append(missed, place)
		}
	}
	return len(places), missed, nil
}

// readBlock reads "file.go:1.2,3.4 statements count". A block without statements
// counts as one that ran.
func readBlock(line string) (place, count string, ok bool) {
	parts := strings.Fields(line)
	if len(parts) != 3 || !strings.Contains(parts[0], ".go:") {
		return "", "", false
	}
	if parts[1] == "0" {
		return parts[0], "1", true
	}
	return parts[0], parts[2], true
}
