package management

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"unicode/utf8"
)

// maxBody is the maximum size of request bodies, in bytes. Seeds have another maximum.
const maxBody = 1 << 20

// readJSON reads a body whose content type must be JSON: a page in a browser cannot send
// that to another origin without asking first.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	raw, err := readBody(w, r)
	if err != nil {
		return err
	}
	return decodeJSON(r, raw, into)
}

// readOptionalJSON is readJSON for a body that may be left out. Reading tells whether
// there is one, since clients need not say how long it is.
func readOptionalJSON(w http.ResponseWriter, r *http.Request, into any) error {
	raw, err := readBody(w, r)
	if err != nil || len(raw) == 0 {
		return err
	}
	return decodeJSON(r, raw, into)
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, Invalid(err)
	}
	return raw, nil
}

// decodeJSON decodes one value without unknown members. It checks for UTF-8 itself: Go's
// decoder accepts other bytes, and keeps them in a json.RawMessage.
func decodeJSON(r *http.Request, raw []byte, into any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return Invalid(errors.New("the body must be application/json"))
	}
	if !utf8.Valid(raw) {
		return Invalid(errors.New("the body is not UTF-8, as JSON must be; send it as UTF-8"))
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return Invalid(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Invalid(errors.New("the body has something after its JSON value; send one value and nothing else"))
	}
	return nil
}

// writeJSON answers with a value. It returns no error, since it fails only if the client
// has gone.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
	return nil
}
