package badgerstore

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLogger(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	withoutTime := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	options := &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: withoutTime}
	l := logger{slog.New(slog.NewTextHandler(&out, options))}
	l.Debugf("not %s", "this")
	l.Infof("nor %s", "this")
	l.Warningf("a table of %d bytes\n", 3)
	l.Errorf("no %s", "room")
	want := "level=WARN msg=\"badger: a table of 3 bytes\"\nlevel=ERROR msg=\"badger: no room\"\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
	logger{}.Errorf("dropped, without a panic")
}
