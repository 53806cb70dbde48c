package management

import (
	"bytes"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func readSent(contentType string, body []byte) (*Seed, error) {
	r := httptest.NewRequest("POST", "/", bytes.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	return readSeed(httptest.NewRecorder(), r)
}

// What Body writes is read back, whatever its names and contents are.
func TestSeedsAreReadBack(t *testing.T) {
	t.Parallel()
	want := &Seed{
		Name: `dir/a "seed".yaml`, Text: []byte("accounts: []\r\n"),
		Files: map[string][]byte{"dir/päth.json": {}, "../x": []byte("\x00--\r\n--")},
	}
	kind, body, err := want.Body()
	if err != nil {
		t.Fatal(err)
	}
	got, err := readSent(kind, body)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-sent +read):\n%s", diff)
	}
	if text, err := got.Open("dir/päth.json"); err != nil || len(text) != 0 {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := got.Open("/etc/passwd"); err == nil {
		t.Error("a file that did not come with the seed was opened")
	}
}

func TestSeedsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ kind, body string }{
		"no content type":  {"", "accounts: []"},
		"another one":      {"text/plain", "accounts: []"},
		"no boundary":      {"multipart/form-data", "accounts: []"},
		"a body that ends": {"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"seed\"\r\n\r\naccounts"},
		"no part seed": {
			"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n\r\n--x--\r\n",
		},
		"a part without name": {"multipart/form-data; boundary=x", "--x\r\n\r\n\r\n--x--\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := readSent(c.kind, []byte(c.body)); err == nil {
				t.Errorf("%+v", got)
			}
		})
	}
}

// Reading does not panic, and a seed that was read has text and can be sent again.
func FuzzReadSeed(f *testing.F) {
	kind, body, err := (&Seed{Name: "seed", Text: []byte("accounts: []"), Files: map[string][]byte{"a": []byte("b")}}).Body()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(kind, body)
	f.Add("application/yaml", []byte("accounts: []"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		got, err := readSent(kind, body)
		if err != nil {
			return
		}
		again, raw, err := got.Body()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readSent(again, raw); err != nil {
			t.Errorf("%+v cannot be sent again: %v", got, err)
		}
	})
}

// FuzzCallQuery: a query that is understood means the same when it is written
// and read again.
func FuzzCallQuery(f *testing.F) {
	f.Add("principal=ana&action=iam%3A*&decision=denied&since=5m&limit=10")
	f.Add("limit=0")
	f.Add("event-name=Create*&source=iam&error=*&read-only=false&account=000000000000&until=-1h")
	f.Fuzz(func(t *testing.T, raw string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.RawQuery = raw
		q, err := callQuery(r.URL.Query())
		if err != nil {
			return
		}
		again, err := callQuery(q.Query())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(q, again); diff != "" {
			t.Error(diff)
		}
	})
}
