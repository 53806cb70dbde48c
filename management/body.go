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

// maxBody bounds the bodies of requests, in bytes; seeds have a bound of their own.
const maxBody = 1 << 20

// readJSON reads a body that must say that it is JSON: a page in a browser cannot
// send that to another origin without asking first.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	raw, err := readBody(w, r)
	if err != nil {
		return err
	}
	return decodeJSON(r, raw, into)
}

// readOptionalJSON is readJSON for a body that may be left out. Whether there is
// one is known when it has been read: a client may not say how long it is.
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

// decodeJSON decodes one value with members that are known. Go takes what is not
// UTF-8 too, but keeps it in a json.RawMessage as it is.
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

// writeJSON answers with a value. It returns no error: the client has gone if it
// fails.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
	return nil
}
