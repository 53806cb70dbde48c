package policytest

import (
	"cmp"
	"context"
	"time"

	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/principal"
)

// Options says how tests are run. Every zero value works.
type Options struct {
	// Open reads the files that the tests name, with their paths below the folder of the
	// file of tests, and standard input as "-"; nil: the files of the system, where "-" is
	// one like others.
	Open func(path string) ([]byte, error)

	// Warn hears of what a seed says that was left out, and of rows that say nothing; nil
	// drops it.
	Warn func(*Fault)

	// Now is the time of the requests, where the file does not say one; zero: the time at
	// which Run is called.
	Now time.Time

	// Partition is where the accounts are, unless the file or its state says it; "" is
	// principal.AWS.
	Partition principal.Partition

	// Coverage also finds out which statements the rows test.
	Coverage bool
}

// Run reads the state of a file and decides its rows. That a row fails is not an error. The
// error is a *Fault if the file, or a file that it names, is wrong.
func Run(ctx context.Context, f *File, o Options) (*Report, error) {
	if o.Open == nil {
		o.Open = func(path string) ([]byte, error) { return textfile.Read(path, textfile.Seed) }
	}
	if o.Warn == nil {
		o.Warn = func(*Fault) {}
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if !f.at.IsZero() {
		o.Now = f.at
	}
	o.Partition = principal.Partition(cmp.Or(f.partition.value, string(o.Partition)))
	w, err := newWorld(ctx, f, o)
	if err != nil {
		return nil, asFault(err, f.name)
	}
	report, err := w.run(ctx)
	return report, asFault(err, f.name)
}
