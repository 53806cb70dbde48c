package badgerstore

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// memLog is a write-ahead log of Badger, as verify found it.
type memLog struct {
	path  string
	id    int
	state logState
}

// memLogs returns the write-ahead logs in the order in which they were written.
func (d *directory) memLogs() ([]memLog, error) {
	paths, err := d.glob("*.mem")
	if err != nil {
		return nil, err
	}
	logs := make([]memLog, len(paths))
	for i, path := range paths {
		name := filepath.Base(path)
		id, err := strconv.Atoi(strings.TrimSuffix(name, ".mem"))
		if err != nil {
			return nil, damaged(d.path, "the file "+name+" is not one of its logs")
		}
		logs[i] = memLog{path: path, id: id}
	}
	slices.SortFunc(logs, func(a, b memLog) int { return a.id - b.id })
	return logs, nil
}

// follow finds how far the logs continue what is in the tables without a gap.
func (c *contents) follow(logs []memLog) {
	for _, log := range logs {
		if len(c.lost) > 0 || log.state.err != nil || log.state.first > c.number+1 {
			c.lost = append(c.lost, log.path)
			continue
		}
		c.number = max(c.number, log.state.last)
		if c.torn == "" && log.state.torn != nil {
			c.torn = fmt.Sprintf("the file %s is not readable, since %v", filepath.Base(log.path), log.state.torn)
		}
	}
	if c.torn == "" && len(c.lost) > 0 {
		c.torn = fmt.Sprintf("what was written before the file %s is missing", filepath.Base(c.lost[0]))
	}
}

// verifyContents refuses a directory that lacks data that was on the medium. After the
// mark anything may be missing: a machine writes its memory out in no particular order.
func (d *directory) verifyContents() error {
	switch {
	case d.number < d.before.number:
		return short(d.path, d.number, d.before.number)
	case !d.marked && d.number > 0:
		return damagedBut(d.path, "the file "+markFile+", which says how much there should be, is missing or not readable", acceptAdvice)
	case !d.marked && d.torn != "": // by an older version
		return damagedBut(d.path, d.torn, acceptAdvice)
	}
	return nil
}

// report says what is gone, or may be gone, since the last process did not close
// the directory.
func (d *directory) report(to *slog.Logger) {
	if to == nil || !d.old {
		return
	}
	switch {
	case d.accepted:
		to.Warn("the data directory is opened with what is left in it", "dir", d.path, "changes", d.number, "were", d.before.number)
	case d.seal != nil || d.before.each:
	case d.torn != "":
		to.Warn("the machine stopped before it had written everything to the data directory; "+
			"the last writes are gone, up to a second of them; serve --sync avoids that", "dir", d.path)
	default:
		to.Warn("the last process did not close the data directory; if the machine stopped too, "+
			"up to a second of writes may be gone; serve --sync avoids that", "dir", d.path)
	}
}

// verifyLogs reads the write-ahead logs and compares what they and the tables
// hold with the mark.
func (d *directory) verifyLogs(tables uint64) error {
	logs, err := d.memLogs()
	if err != nil {
		return err
	}
	paths := make([]string, len(logs))
	for i, log := range logs {
		paths[i] = log.path
	}
	err = d.verifyFiles(paths, func(i int, content []byte) error {
		logs[i].state = readLog(content)
		if d.acceptLoss {
			return nil
		}
		return logs[i].state.err
	})
	if err != nil {
		return err
	}
	d.number = tables
	d.follow(logs)
	if err := d.verifyContents(); !d.acceptLoss {
		return err
	} else if err != nil {
		d.accepted = true
	}
	return nil
}

// verifyTables checks the tables and returns the greatest number in them.
func (d *directory) verifyTables(paths []string) (uint64, error) {
	numbers := make([]uint64, len(paths))
	err := d.verifyFiles(paths, func(i int, content []byte) (err error) {
		if err = verifyTable(content); err == nil {
			numbers[i], err = tableNumber(content)
		}
		return err
	})
	if err != nil || len(numbers) == 0 {
		return 0, err
	}
	return slices.Max(numbers), nil
}
