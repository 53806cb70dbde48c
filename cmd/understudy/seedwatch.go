package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"log/slog"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/seed"
	"github.com/understudy-iam/understudy/server"
)

// settleTime is how long files must have been left alone before they are read
// again: editors write a file in several steps.
const settleTime = 100 * time.Millisecond

// reseed applies the seeds again on SIGHUP and, if they are watched, whenever
// they have changed, until ctx is done. A fault is logged and changes nothing.
func (c *serveCommand) reseed(ctx context.Context, s *server.Server, logger *slog.Logger) error {
	if len(c.Seed) == 0 {
		if c.WatchSeed {
			return usageError{errors.New("--watch-seed has no effect without --seed; name the file to watch with " +
				"--seed FILE, or leave --watch-seed out")}
		}
		return nil
	}
	w := &seedWatch{
		files: c.Seed, apply: s.ApplySeeds, logger: logger,
		after: func() <-chan time.Time { return time.After(settleTime) },
	}
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	if !c.WatchSeed {
		go w.run(ctx, nil, hangup)
		return nil
	}
	// Directories are watched, not files: editors put a new file in the place of
	// the old one.
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("--watch-seed: %w", err)
	}
	w.watch = watcher.Add
	w.digest = w.read()
	go func() {
		defer watcher.Close()
		w.run(ctx, watcher.Events, hangup)
	}()
	return nil
}

// seedWatch applies seeds again.
type seedWatch struct {
	files  []string
	apply  func(context.Context) error
	watch  func(directory string) error // nil: nothing is watched
	after  func() <-chan time.Time      // tells when files have been left alone
	logger *slog.Logger

	digest [sha256.Size]byte // of what was applied last
}

// run goes on until ctx is done.
func (w *seedWatch) run(ctx context.Context, events <-chan fsnotify.Event, hangup <-chan os.Signal) {
	var settled <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			w.again(ctx)
		case <-events:
			settled = w.after()
		case <-settled:
			settled = nil
			if digest := w.read(); digest != w.digest {
				w.digest = digest
				w.again(ctx)
			}
		}
	}
}

// again applies the seeds.
func (w *seedWatch) again(ctx context.Context) {
	err := w.apply(ctx)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		w.logger.Error("the seed was not applied, and nothing has changed", "error", err)
		return
	}
}

// read is a digest of the seeds and of the files that they refer to, whose
// directories it watches.
func (w *seedWatch) read() (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, name := range w.files {
		w.note(h, name)
		text, err := textfile.Read(name, textfile.Seed)
		if err != nil {
			fmt.Fprintf(h, "%v", err)
			continue
		}
		h.Write(text)
		others, _ := seed.Files(name, text) // a fault is found when it is applied
		for _, other := range slices.Sorted(maps.Keys(others)) {
			w.note(h, seed.Beside(name, other))
			h.Write(others[other])
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// note adds the name of a file to the digest and watches its directory.
func (w *seedWatch) note(h hash.Hash, name string) {
	fmt.Fprintf(h, "\x00%s\x00", name)
	if w.watch == nil {
		return
	}
	if err := w.watch(filepath.Dir(name)); err != nil {
		w.logger.Warn("a directory of seeds cannot be watched", "directory", filepath.Dir(name), "error", err)
	}
}
