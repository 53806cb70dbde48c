package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// instrumented lists the packages whose coverage guides the fuzzers: ours, and
// other packages that read input from an attacker. "go test -fuzz" instruments
// every package, the SDK and the standard library too: the build then takes
// minutes, and code that only the tests use gets slow.
var instrumented = []string{
	"github.com/understudy-iam/understudy/...", "go.yaml.in/yaml/...", "github.com/beevik/etree/...",
	"github.com/russellhaering/goxmldsig/...",
	"github.com/crewjam/saml/...", "github.com/go-jose/go-jose/...", "github.com/gorilla/mux/...",
}

// leastTime is the least time that a fuzzer runs, however many there are.
const leastTime = time.Second

// fuzz runs all fuzzers of the module, one after the other.
type fuzz struct {
	each     time.Duration // for each fuzzer; 0 means a share of what is left of within
	within   time.Duration // for all of them and their builds
	minimize string        // time or number of tries (10x) for minimizing an input
	only     *regexp.Regexp
	out      io.Writer
}

func (f *fuzz) run(ctx context.Context) (err error) {
	if f.each == 0 && f.within == 0 {
		return errors.New("fuzz needs -each or -within, for how long it runs")
	}
	begun := time.Now()
	list, err := findFuzzers(".")
	if err != nil {
		return err
	}
	list = f.wanted(list)
	if len(list) == 0 {
		return errors.New("there is no fuzzer of that name")
	}
	dir, err := os.MkdirTemp("", "understudy-fuzz")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err = buildFuzzers(ctx, dir, list); err != nil {
		return err
	}
	built := time.Since(begun)
	each := f.each
	if each == 0 {
		each = max((f.within-built)/time.Duration(len(list))-startTime, leastTime)
	}
	fmt.Fprintf(f.out, "fuzz: %d fuzzers, built in %s, %s each\n", len(list), built.Round(time.Second), each.Round(time.Millisecond))
	if err = f.runEach(ctx, dir, list, each); err != nil {
		return err
	}
	fmt.Fprintf(f.out, "fuzz: all in %s\n", time.Since(begun).Round(time.Second))
	return nil
}

// startTime is the time that a fuzzer takes in addition to the time that it is
// given.
const startTime = 500 * time.Millisecond

func (f *fuzz) wanted(list []fuzzer) []fuzzer {
	if f.only == nil {
		return list
	}
	var wanted []fuzzer
	for _, one := range list {
		if f.only.MatchString(one.String()) {
			wanted = append(wanted, one)
		}
	}
	return wanted
}

// runEach runs each fuzzer for the given time, and stops at the first that fails.
func (f *fuzz) runEach(ctx context.Context, bin string, list []fuzzer, each time.Duration) error {
	cache, err := output(ctx, ".", "go", "env", "GOCACHE")
	if err != nil {
		return err
	}
	module, err := output(ctx, ".", "go", "list", "-m")
	if err != nil {
		return err
	}
	for _, one := range list {
		corpus := filepath.Join(cache, "fuzz", module, one.dir) // where go test keeps it
		c := exec.CommandContext(ctx, one.binary(bin), "-test.run=^$", "-test.fuzz=^"+one.name+"$", "-test.fuzzcachedir="+corpus,
			"-test.fuzztime="+each.String(), "-test.fuzzminimizetime="+f.minimize)
		c.Dir = one.dir
		said, err := c.CombinedOutput()
		if err := judgeFuzz(one, string(said), err); err != nil {
			return err
		}
		fmt.Fprintf(f.out, "  %-50s %s\n", one, progress(string(said)))
	}
	return nil
}

// onlyLate matches what package testing prints for a fuzzer whose workers were
// still busy when its time was over: a failure without a failing input.
// https://github.com/golang/go/issues/75804
var onlyLate = regexp.MustCompile(`(?m)^--- FAIL: Fuzz\w+ \([0-9.]+s\)\n +context deadline exceeded\nFAIL\s*(exit status 1\s*)?\z`)

// endedInTime reports whether a failed run found nothing, but its time ran out in
// the middle of an input.
func endedInTime(said string) bool {
	return onlyLate.MatchString(said) && !strings.Contains(said, "Failing input") && strings.Count(said, "--- FAIL") == 1
}

// judgeFuzz returns an error unless a fuzzer ran and found nothing.
func judgeFuzz(one fuzzer, said string, err error) error {
	switch {
	case err != nil && !endedInTime(said):
		return fmt.Errorf("%s: %w\n%s", one, err, said)
	case strings.Contains(said, "testing: warning:"): // such as: no fuzz tests to fuzz
		return fmt.Errorf("%s did not run:\n%s", one, said)
	case strings.Contains(said, "without coverage guidance"):
		return fmt.Errorf("%s is not instrumented:\n%s", one, said)
	}
	return nil
}

var progressLine = regexp.MustCompile(`execs: [0-9]+ .*`)

// progress returns how far a fuzzer got, from its last line that reports progress.
func progress(said string) string {
	lines := progressLine.FindAllString(said, -1)
	if len(lines) == 0 {
		return "ran its corpus only: give it more time"
	}
	return lines[len(lines)-1]
}
