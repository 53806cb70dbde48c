package postform

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"testing"
)

// FuzzForm gives anything for a form. What is accepted is accepted again when it is
// sent on, for the same key and with the same file.
func FuzzForm(f *testing.F) {
	head := "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na${filename}\r\n"
	f.Add([]byte(head + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nfile\r\n--b--\r\n"))
	f.Add([]byte(head +
		"--b\r\nContent-Disposition: form-data; name=\"policy\"\r\n\r\ne30=\r\n--b\r\nContent-Disposition: form-data; name=file\r\n\r\n\r\n--b--"))
	f.Add([]byte(head +
		"--b\r\nContent-Disposition: form-data; name=\"File\"; filename*=UTF-8''%24%7Bfilename%7D\r\n\r\nfile\r\n--b\r\n\r\n\r\n--b--"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := httptest.NewRequest("POST", "http://localhost/b", bytes.NewReader(body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		form, err := Read(r)
		if err != nil {
			fails(t, err)
			return
		}
		fails(t, form.Check("b", docTime))
		out := httptest.NewRequest("POST", "http://upstream/", nil)
		if err := form.Attach(out, "b", nil, docTime); err != nil {
			t.Fatal(err)
		}
		sent, err := io.ReadAll(out.Body)
		if err != nil {
			fails(t, err)
			return
		}
		if int64(len(sent)) != out.ContentLength {
			t.Fatalf("%d bytes, and %d were promised", len(sent), out.ContentLength)
		}
		out.Body = io.NopCloser(bytes.NewReader(sent))
		again, err := Read(out)
		if errors.Is(err, ErrTooMuch) { // it has grown by its boundary
			return
		}
		check(t, err)
		file, err := io.ReadAll(again.File())
		if err != nil || again.Key() != form.Key() || !bytes.Contains(body, file) {
			t.Fatalf("key %q is %q, file %q, %v", form.Key(), again.Key(), file, err)
		}
	})
}

// FuzzPolicy gives anything for a policy.
func FuzzPolicy(f *testing.F) {
	f.Add([]byte(docPolicy))
	f.Add([]byte(`{"expiration": "2016-01-01T00:00:00Z", "conditions": [{"a": "b"}, ["eq", "\$a", "\v"], ["content-length-range", 1, "2"]]}`))
	f.Add([]byte(`{"conditions": [[], {}, null, 1, "", [null, null, null]], "expiration": null}`))
	f.Fuzz(func(t *testing.T, policy []byte) {
		p, err := readPolicy(base64.StdEncoding.EncodeToString(policy))
		fails(t, err)
		if err != nil {
			return
		}
		for _, c := range p.conditions {
			if c.holds(c.operands[1], false) || c.text == "" {
				t.Fatalf("%+v holds", c)
			}
		}
	})
}

func fails(t *testing.T, err error) {
	t.Helper()
	var e *Error
	if err != nil && (!errors.As(err, &e) || e.Code == "" || e.Status < 400 || fmt.Sprint(e) == "") {
		t.Fatal(err)
	}
}
