package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/understudy-iam/understudy/internal/textfile"
)

// settleTime is how long files must have been left alone before they are read
// again: editors write a file in several steps.
const settleTime = 100 * time.Millisecond

// fileWatch applies files again after changes.
type fileWatch struct {
	files  []string
	others func(name string, text []byte) map[string][]byte // the files that a file refers to; nil: none
	apply  func(context.Context) error
	failed string                       // what is logged when that fails
	watch  func(directory string) error // nil: nothing is watched
	after  func() <-chan time.Time      // tells when files have been left alone
	logger *slog.Logger

	digest [sha256.Size]byte // of what was last applied
}

// settle tells when files have been left alone.
func settle() <-chan time.Time { return time.After(settleTime) }

// start watches the files until ctx is done. It watches directories, not files, because
// editors replace a file by a new one.
func (w *fileWatch) start(ctx context.Context, hangup <-chan os.Signal) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	w.watch = watcher.Add
	w.digest = w.read()
	go func() {
		defer watcher.Close()
		w.run(ctx, watcher.Events, hangup)
	}()
	return nil
}

// run applies the files after changes, until ctx is done.
func (w *fileWatch) run(ctx context.Context, events <-chan fsnotify.Event, hangup <-chan os.Signal) {
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

// again applies the files.
func (w *fileWatch) again(ctx context.Context) {
	err := w.apply(ctx)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		w.logger.Error(w.failed, "error", err)
	}
}

// read returns a digest of the files and of those that they refer to. It watches the
// directories of all.
func (w *fileWatch) read() (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, name := range w.files {
		w.note(h, name)
		text, err := textfile.Read(name, textfile.Seed)
		if err != nil {
			fmt.Fprintf(h, "%v", err)
			continue
		}
		h.Write(text)
		if w.others == nil {
			continue
		}
		others := w.others(name, text)
		for _, other := range slices.Sorted(maps.Keys(others)) {
			w.note(h, other)
			h.Write(others[other])
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// note adds the name of a file to the digest and watches its directory.
func (w *fileWatch) note(h hash.Hash, name string) {
	fmt.Fprintf(h, "\x00%s\x00", name)
	if w.watch == nil {
		return
	}
	if err := w.watch(filepath.Dir(name)); err != nil {
		w.logger.Warn("a directory cannot be watched", "directory", filepath.Dir(name), "error", err)
	}
}
