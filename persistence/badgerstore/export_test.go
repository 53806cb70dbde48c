package badgerstore

import (
	"os"
	"time"

	"github.com/understudy-iam/understudy/persistence"
)

// Dir returns the directory of a store on disk.
func Dir(s persistence.Store) string { return s.(*store).directory.path }

// WriteOut writes out what a store on disk has committed, as it does by itself
// within a second.
func WriteOut(s persistence.Store) error { return s.(*store).writeOut() }

// Quick makes a store that would wait for the medium not wait, for tests that write a
// lot.
func Quick(o Options) Options {
	o.medium = medium{file: noFile, content: noFile, directory: func(string) error { return nil }}
	return o
}

// Still makes a store write out only when WriteOut asks for it, and at its end.
func Still(o Options) Options {
	o.after = func(time.Duration) <-chan time.Time { return nil }
	return o
}

// OnMedium makes a store call wrote after it has written out a file.
func OnMedium(o Options, wrote func(*os.File) error) Options {
	o.medium = medium{file: wrote, content: wrote, directory: syncDirectory}
	return o
}

func noFile(*os.File) error { return nil }
