package main

import (
	"errors"
	"fmt"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/server"
)

// eventFlags are the flags of serve for the calls that are kept and written to a file.
type eventFlags struct {
	Kept      int    `group:"Events:" default:"10000" name:"events" aliases:"decisions" env:"UNDERSTUDY_EVENTS,UNDERSTUDY_DECISIONS" placeholder:"N" help:"@eventsKept"`
	Memory    size   `group:"Events:" default:"64MiB" name:"events-memory" aliases:"decisions-memory" env:"UNDERSTUDY_EVENTS_MEMORY,UNDERSTUDY_DECISIONS_MEMORY" placeholder:"SIZE" help:"@eventsMemory"`
	File      string `group:"Events:" complete:"file" name:"events-file" env:"UNDERSTUDY_EVENTS_FILE" placeholder:"FILE" help:"@eventsFile"`
	FileSize  size   `group:"Events:" default:"64MiB" name:"events-file-size" env:"UNDERSTUDY_EVENTS_FILE_SIZE" placeholder:"SIZE" help:"@eventsFileSize"`
	FilesKept int    `group:"Events:" default:"5" name:"events-files-kept" env:"UNDERSTUDY_EVENTS_FILES_KEPT" placeholder:"N" help:"@eventsFilesKept"`
}

// set copies the flags to the options.
func (f *eventFlags) set(o *server.Options) error {
	switch {
	case f.Kept < 0:
		return fmt.Errorf("--events %d is negative; give 0 to keep none", f.Kept)
	case f.Kept == 0 && f.File != "":
		return fmt.Errorf("--events-file %s is made of the calls that are kept, and --events 0 keeps none; leave one of them out", f.File)
	case f.FilesKept < 1:
		return fmt.Errorf("--events-files-kept %d is below 1; give how many files are kept beside the one that is written", f.FilesKept)
	}
	o.EventsMemory = int(f.Memory)
	if o.Events = f.Kept; f.Kept == 0 {
		o.Events = -1 // 0 would mean the default of the server
	}
	o.EventsFile = events.FileOptions{Path: f.File, Size: int64(f.FileSize), Kept: f.FilesKept}
	return nil
}

// told turns an error of server.New into an error of the flag that caused it.
func (f *eventFlags) told(err error) error {
	var fault *server.EventsFileError
	if !errors.As(err, &fault) {
		return err
	}
	return usageError{fmt.Errorf("--events-file %s: %w", f.File, textfile.RootCause(fault))}
}
