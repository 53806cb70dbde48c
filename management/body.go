package management

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
)

// maxBody bounds the bodies of requests, in bytes; seeds have a bound of their own.
const maxBody = 1 << 20

// readJSON reads a body that must say that it is JSON: a page in a browser cannot
// send that to another origin without asking first.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return Invalid(errors.New("the body must be application/json"))
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return Invalid(err)
	}
	return nil
}

// readOptionalJSON is readJSON for a body that may be left out.
func readOptionalJSON(w http.ResponseWriter, r *http.Request, into any) error {
	if r.ContentLength == 0 {
		return nil
	}
	return readJSON(w, r, into)
}

// writeJSON answers with a value. It returns no error: the client has gone if it
// fails.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
	return nil
}
