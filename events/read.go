package events

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
)

// maxLine bounds a line of a file of records, in bytes: CloudTrail's own files have many
// records in one.
const maxLine = 64 << 20

// FileFault is the error of a file that holds something other than records.
type FileFault struct {
	Line  int // from 1
	Cause error
}

// Error says where, and what to give.
func (f *FileFault) Error() string {
	return fmt.Sprintf("line %d is not an event in JSON (%v); give a file of --events-file, or what understudy events --json prints",
		f.Line, f.Cause)
}

// Unwrap returns the cause.
func (f *FileFault) Unwrap() error { return f.Cause }

// ReadRecords reads records with the number of their line, as a File writes them: a line
// of JSON each. A line may also be a file of CloudTrail, an object whose member Records
// has many; empty lines are left out. A line that holds something else, such as one that a
// crash has cut, is a *FileFault, and the lines after it are read; any other error is the
// last.
func ReadRecords(from io.Reader) iter.Seq2[ReadRecord, error] {
	return func(yield func(ReadRecord, error) bool) {
		lines := bufio.NewScanner(from)
		lines.Buffer(nil, maxLine)
		n := 0
		for lines.Scan() {
			n++
			list, err := recordsIn(lines.Bytes())
			if err != nil && !yield(ReadRecord{}, &FileFault{n, err}) {
				return
			}
			for _, r := range list {
				if !yield(ReadRecord{n, r}, nil) {
					return
				}
			}
		}
		switch err := lines.Err(); {
		case errors.Is(err, bufio.ErrTooLong):
			yield(ReadRecord{}, &FileFault{n + 1, err})
		case err != nil:
			yield(ReadRecord{}, err)
		}
	}
}

// ReadRecord is a Record that was read.
type ReadRecord struct {
	Line   int // from 1
	Record *Record
}

var errNoEvent = errors.New("it has no eventName and eventSource")

// recordsIn are the records in a line.
func recordsIn(line []byte) ([]*Record, error) {
	if len(bytes.TrimSpace(line)) == 0 {
		return nil, nil
	}
	var file struct{ Records []*Record }
	var one Record
	if err := json.Unmarshal(line, &file); err != nil {
		return nil, err
	}
	if file.Records == nil {
		if err := json.Unmarshal(line, &one); err != nil {
			return nil, err
		}
		file.Records = []*Record{&one}
	}
	for _, r := range file.Records {
		if r == nil || r.EventName == "" || r.EventSource == "" {
			return nil, errNoEvent
		}
	}
	return file.Records, nil
}
