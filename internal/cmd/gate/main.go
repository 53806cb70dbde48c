// Command gate checks what this repository promises beyond its tests:
//
//	gate commits    each new commit builds and vets on its own, once on a machine
//	gate floor      a coverage profile leaves no statement out
//	gate fuzz       no fuzzer finds anything
//	gate vuln       no known vulnerability is called
//
// If the history or the vulnerability data cannot be reached, it says so in one
// line and succeeds: what cannot be checked is not a failure.
//
// Caveats: it runs the git and go that are on the PATH, from the root of the
// repository.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("nothing is asked for; say commits, floor, fuzz or vuln")
	}
	flags := flag.NewFlagSet("gate "+args[0], flag.ExitOnError)
	switch args[0] {
	case "commits":
		c := commits{git: gitIn("."), vet: vet, out: os.Stdout}
		flags.StringVar(&c.base, "base", "",
			"check the commits after this one; without it, those after the last tag or the gate's own commit, whichever is newer")
		flags.IntVar(&c.newest, "newest", 15, "check at most so many, the newest")
		again := flags.Bool("again", false, "check also those that have passed on this machine")
		flags.Parse(args[1:])
		if !*again {
			var err error
			if c.passed, err = passedCommits(ctx); err != nil {
				return err
			}
		}
		return c.run(ctx)
	case "floor":
		flags.Parse(args[1:])
		return floor(flags.Args(), os.Stdout)
	case "fuzz":
		f := fuzz{out: os.Stdout}
		flags.DurationVar(&f.each, "each", 0, "how long each fuzzer runs")
		flags.DurationVar(&f.within, "within", 0, "how long all fuzzers and their builds take; it is divided among them")
		flags.StringVar(&f.minimize, "minimize", "0x", "how long an input that was found is made smaller, or how often that is tried: 10x")
		only := flags.String("only", "", "run the fuzzers whose package and name match this pattern, such as seed.FuzzApply")
		flags.Parse(args[1:])
		var err error
		if f.only, err = regexp.Compile(*only); err != nil {
			return err
		}
		return f.run(ctx)
	case "vuln":
		limit := flags.Duration("limit", 3*time.Minute, "give up after this time")
		tool := flags.String("tool", "", "package and version of govulncheck")
		flags.Parse(args[1:])
		return vuln(ctx, *tool, *limit, os.Stdout)
	}
	return fmt.Errorf("%q is not a gate; say commits, floor, fuzz or vuln", args[0])
}

// gitIn returns a function that runs git in a directory.
func gitIn(dir string) func(context.Context, ...string) (string, error) {
	return func(ctx context.Context, args ...string) (string, error) {
		return output(ctx, dir, "git", args...)
	}
}

// output runs a program and returns what it prints, without the white space around
// it. The error contains what it prints on standard error.
func output(ctx context.Context, dir, program string, args ...string) (string, error) {
	var out, complaint bytes.Buffer
	c := exec.CommandContext(ctx, program, args...)
	c.Dir, c.Stdout, c.Stderr = dir, &out, &complaint
	if err := c.Run(); err != nil {
		return strings.TrimSpace(out.String()), fmt.Errorf("%s %s: %w\n%s", program, strings.Join(args, " "), err,
			strings.TrimSpace(complaint.String()))
	}
	return strings.TrimSpace(out.String()), nil
}
