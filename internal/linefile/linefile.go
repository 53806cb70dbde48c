// Package linefile appends lines to a file that others read, move and empty, and whose
// disk may be full.
//
// It guarantees that
//   - a line that was written is whole: a part of a line on a full disk is removed
//     again, and a line that a crash has cut is ended before the next one;
//   - a file that was moved or deleted is created again;
//   - a new file can be read by its owner only.
//
// # Caveats
//
// Only one goroutine may use a File, and there may be only one File for a path. Data is
// synced to the disk only on Close.
package linefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
)

// Options configures a File. Path is required.
type Options struct {
	Path string

	// Size is the largest size of the file, in bytes. Before it gets larger it is rotated:
	// PATH becomes PATH.1, PATH.1 becomes PATH.2, and so on up to Kept. 0 means no limit.
	Size int64
	Kept int

	// Open opens the file to append to it; nil means the system's.
	Open func(path string) (Opened, error)
}

// File is a file of lines, which is rotated when it becomes large. Each call of Write
// first looks at the file, which may have been moved or emptied.
type File struct {
	o    Options
	file Opened // nil if it has to be opened
	now  int64  // bytes in the file
}

// Opened is a file that is open for appending. Tests make it fail.
type Opened interface {
	io.Writer
	io.ReaderAt
	Stat() (fs.FileInfo, error)
	Truncate(size int64) error
	Sync() error
	Close() error
}

// errNotAFile is returned when a path does not name a regular file.
var errNotAFile = errors.New("it is not a regular file; give one, or a name that is new")

// New opens the file, so that a wrong name is found at once.
func New(o Options) (*File, error) {
	if o.Open == nil {
		o.Open = Open
	}
	f := &File{o: o}
	if err := f.ready(); err != nil {
		return nil, err
	}
	return f, nil
}

// Open opens a regular file of the system to append to it.
func Open(path string) (Opened, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() { // opening a pipe could block forever
		return nil, fmt.Errorf("%s: %w", path, errNotAFile)
	}
	return os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
}

// Write appends lines, each with its newline. It returns how many bytes were written:
// whole lines only.
func (f *File) Write(lines []byte) (written int, err error) {
	for written < len(lines) {
		if err := f.ready(); err != nil {
			return written, err
		}
		part := f.fitting(lines[written:])
		if len(part) == 0 {
			if err := f.rotate(); err != nil {
				return written, err
			}
			continue
		}
		n, err := f.append(part)
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// fitting returns the first lines for which the file has room. A line that is
// longer than the limit fits into an empty file.
func (f *File) fitting(lines []byte) []byte {
	if room := f.o.Size - f.now; f.o.Size > 0 && room < int64(len(lines)) {
		end := bytes.LastIndexByte(lines[:max(room, 0)], '\n')
		if end < 0 && f.now == 0 {
			end = bytes.IndexByte(lines, '\n')
		}
		return lines[:end+1]
	}
	return lines
}

// append writes whole lines. If it fails, part of a line may have been written; it is
// removed again.
func (f *File) append(lines []byte) (int, error) {
	n, err := f.file.Write(lines)
	if err == nil {
		return n, nil
	}
	whole := bytes.LastIndexByte(lines[:n], '\n') + 1
	if whole < n {
		_ = f.file.Truncate(f.now + int64(whole)) // if it fails, ready ends the line
	}
	return whole, errors.Join(err, f.Close())
}

// ready opens the file if it is not open, or is no longer the file at the path.
func (f *File) ready() error {
	if f.file != nil {
		info, err := f.file.Stat()
		there, missing := os.Stat(f.o.Path)
		if err == nil && missing == nil && os.SameFile(info, there) {
			f.now = info.Size()
			return nil
		}
		_ = f.Close() // what was written to it is no longer ours
	}
	file, err := f.o.Open(f.o.Path)
	if err != nil {
		return err
	}
	f.file = file
	return f.begin()
}

// begin looks at a file that was opened. If its last line has no newline, as after a
// crash, it gets one, so that it does not damage the next line.
func (f *File) begin() error {
	info, err := f.file.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	f.now = info.Size()
	if f.now == 0 {
		return nil
	}
	last := make([]byte, 1)
	if _, err = f.file.ReadAt(last, f.now-1); err == nil && last[0] != '\n' {
		_, err = f.file.Write([]byte{'\n'})
		f.now++
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	return nil
}

// rotate renames the file.
func (f *File) rotate() error {
	if err := f.Close(); err != nil {
		return err
	}
	for i := f.o.Kept; i > 0; i-- {
		if err := os.Rename(f.aside(i-1), f.aside(i)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// aside returns the path of a file that was rotated that many times.
func (f *File) aside(times int) string {
	if times == 0 {
		return f.o.Path
	}
	return f.o.Path + "." + strconv.Itoa(times)
}

// Close syncs the file to the disk and closes it. Write opens it again.
func (f *File) Close() error {
	if f.file == nil {
		return nil
	}
	err := errors.Join(f.file.Sync(), f.file.Close())
	f.file = nil
	return err
}
