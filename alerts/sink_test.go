package alerts_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/internal/linefile"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func alert(id string) *alerts.Alert {
	return &alerts.Alert{ID: id, Time: noon, Rule: "root-used", Severity: "high", Sentence: "root was used",
		Event: alerts.Envelope{Detail: &events.Record{RequestID: "r-" + id}}}
}

func TestAlertsInTheLog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := alerts.NewLog(slog.New(slog.NewTextHandler(&out, nil)))
	l.Send(alert("a1"))
	if err := l.Close(t.Context()); err != nil {
		t.Error(err)
	}
	_, line, _ := strings.Cut(out.String(), " ")
	want := "level=WARN msg=alert rule=root-used severity=high sentence=\"root was used\" id=a1 request_id=r-a1\n"
	if line != want {
		t.Errorf("%s\nwant %s", line, want)
	}
}

func TestAlertsInAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "alerts.jsonl")
	for _, id := range []string{"a1", "a2"} { // the second is appended
		f, err := alerts.NewFile(alerts.FileOptions{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		f.Send(alert(id))
		if err := f.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"a1", "a2"}, alertIDs(t, path)); diff != "" {
		t.Errorf("the file (-want +got):\n%s", diff)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v: %v", info.Mode(), err)
	}
	if _, err := alerts.NewFile(alerts.FileOptions{Path: filepath.Dir(path)}); err == nil {
		t.Error("a directory was opened as a file")
	}
}

func alertIDs(t *testing.T, path string) []string {
	t.Helper()
	ids := []string{}
	for _, a := range readLines[alerts.Alert](t, path) {
		ids = append(ids, a.ID)
	}
	return ids
}

func readLines[T any](t *testing.T, path string) []T {
	t.Helper()
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []T
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var one T
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatalf("%s: %v: %s", path, err, lines.Bytes())
		}
		list = append(list, one)
	}
	return list
}

// disk is a file that is full while it has something in its channel.
type disk struct {
	linefile.Opened
	full <-chan struct{}
}

func (d disk) Write(p []byte) (int, error) {
	select {
	case <-d.full:
		return 0, syscall.ENOSPC
	default:
		return d.Opened.Write(p)
	}
}

// An alert that meets a full disk is in the log, and the next one in the file again.
func TestAFileOnAFullDisk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "alerts.jsonl")
	var out bytes.Buffer
	full := make(chan struct{}, 1)
	full <- struct{}{}
	f, err := alerts.NewFile(alerts.FileOptions{
		Path: path, Logger: slog.New(slog.NewTextHandler(&out, nil)),
		Open: func(path string) (linefile.Opened, error) {
			f, err := linefile.Open(path)
			return disk{f, full}, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Send(alert("a1"))
	f.Send(alert("a2"))
	if err := f.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a2"}, alertIDs(t, path)); diff != "" {
		t.Errorf("the file (-want +got):\n%s", diff)
	}
	log := out.String()
	if !strings.Contains(log, "id=a1") || !strings.Contains(log, "no space left on device") || strings.Contains(log, "id=a2") {
		t.Errorf("the log is %s", log)
	}
}

// stuck is a file whose writing does not end before the test does.
type stuck struct {
	linefile.Opened
	begun chan<- struct{}
	end   <-chan struct{}
}

func (s stuck) Write(p []byte) (int, error) {
	s.begun <- struct{}{}
	<-s.end
	return len(p), nil
}

// A disk that does not answer keeps nobody: Send returns, and Close by its context.
func TestAFileThatIsStuck(t *testing.T) {
	t.Parallel()
	begun, end := make(chan struct{}, 2), make(chan struct{})
	open := func(path string) (linefile.Opened, error) {
		f, err := linefile.Open(path)
		return stuck{f, begun, end}, err
	}
	f, err := alerts.NewFile(alerts.FileOptions{Path: filepath.Join(t.TempDir(), "stuck"), Open: open})
	if err != nil {
		t.Fatal(err)
	}
	f.Send(alert("a1"))
	<-begun
	f.Send(alert("a2"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Close: %v", err)
	}
	close(end)
	if err := f.Close(t.Context()); err != nil {
		t.Errorf("Close when the disk answers: %v", err)
	}
}
