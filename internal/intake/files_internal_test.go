package intake

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestConnectionsFitTheFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wanted int
		files  uint64
		want   int
	}{
		"there are more files than anybody needs": {10_000, 1 << 20, 10_000},
		"unlimited":                       {10_000, 1<<64 - 1, 10_000},
		"just enough":                     {300, 400, 300},
		"one too few":                     {301, 400, 300},
		"the usual limit of a shell":      {10_000, 1024, 768},
		"few, of which others need some":  {10_000, 100, 68},
		"very few, of which others half":  {10_000, 20, 10},
		"none to speak of, and yet it is": {10_000, 1, 1},
	} {
		if got := fitting(c.wanted, c.files); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// A user who gets fewer connections than the flag says is told once, at the start.
func TestFewFilesAreSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files uint64
		known bool
		says  []string
	}{
		"enough":    {1 << 20, true, nil},
		"few":       {1024, true, []string{"connections=768", "max_connections=10000", "files=1024", "ulimit -n"}},
		"not known": {0, false, nil},
	} {
		var log bytes.Buffer
		i := New(Limits{Connections: 1}, slog.New(slog.NewTextHandler(&log, nil)))
		i.limits.Connections = 10_000
		i.fit(func() (uint64, bool) { return c.files, c.known })
		if said := log.String(); strings.Count(said, "\n") != min(1, len(c.says)) {
			t.Errorf("%s: the log has\n%s", name, said)
		}
		for _, part := range c.says {
			if !strings.Contains(log.String(), part) {
				t.Errorf("%s: the log lacks %s:\n%s", name, part, &log)
			}
		}
	}
}
