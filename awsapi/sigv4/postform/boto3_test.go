package postform

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// Forms that boto3 has signed are accepted, with and without a session token.
func TestBoto3Forms(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../testdata/s3.txt")
	check(t, err)
	for name, token := range map[string]string{"posted form": "", "posted form with a token": "FwoGZXIvYXdzEBYaDK+/=="} {
		_, wire, ok := strings.Cut(string(data), "\n=== "+name+"\n")
		if !ok {
			t.Fatalf("no %s", name)
		}
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(wire)))
		check(t, err)
		f, err := Read(r)
		check(t, err)
		s, err := f.Signature()
		check(t, err)
		check(t, s.CheckScope("s3"))
		check(t, f.Verify(s, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"))
		now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		check(t, f.Check("bucket", now))
		file, err := io.ReadAll(f.File())
		if err != nil || string(file) != "content" || f.Key() != "uploads/a.txt" || s.SessionToken != token ||
			f.Field("x-amz-meta-a") != "é" {
			t.Errorf("%s: %q, %v, key %q, token %q", name, file, err, f.Key(), s.SessionToken)
		}
		if err := f.Check("other", now); err == nil {
			t.Errorf("%s: another bucket is allowed", name)
		}
		if err := f.Check("bucket", now.Add(601*time.Second)); err == nil {
			t.Errorf("%s: it never expires", name)
		}
	}
}
