package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/understudy-iam/understudy/management"
)

// manage asks the server a management question. The caller closes the answer.
func (e *endpoint) manage(path string) (io.ReadCloser, error) {
	return e.send(http.MethodGet, path, nil)
}

// send sends the server a management request with a body of JSON, nil for none.
// The caller closes the answer.
func (e *endpoint) send(method, path string, body any) (io.ReadCloser, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	if body == nil {
		raw = nil
	}
	return e.do(method, path, "application/json", raw)
}

// sendAs posts a body of another content type. The caller closes the answer.
func (e *endpoint) sendAs(path, kind string, body []byte) (io.ReadCloser, error) {
	return e.do(http.MethodPost, path, kind, body)
}

func (e *endpoint) do(method, path, kind string, body []byte) (io.ReadCloser, error) {
	base, err := e.url()
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequest(method, base+management.Path+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", kind)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, noServerError{fmt.Errorf("no server answers at %s; start one with understudy serve, or give its address with --addr (%w)", base, rootCause(err))}
	}
	if answer.StatusCode < http.StatusMultipleChoices {
		return answer.Body, nil
	}
	defer answer.Body.Close()
	var fault struct{ Error string }
	if err := json.NewDecoder(answer.Body).Decode(&fault); err != nil || fault.Error == "" {
		return nil, noServerError{fmt.Errorf("%s answers %s; is it an understudy server? give its address with --addr", base, answer.Status)}
	}
	if answer.StatusCode == http.StatusBadRequest {
		return nil, usageError{errors.New(fault.Error)}
	}
	return nil, errors.New(fault.Error)
}

// ask asks the server a management question whose answer is JSON, and returns
// that as it came too.
func (e *endpoint) ask(path string, into any) (raw json.RawMessage, err error) {
	return e.tell(http.MethodGet, path, nil, into)
}

// tell is ask for a request with a body of JSON, nil for none.
func (e *endpoint) tell(method, path string, body, into any) (raw json.RawMessage, err error) {
	answer, err := e.send(method, path, body)
	if err != nil {
		return nil, err
	}
	defer answer.Close()
	if err := json.NewDecoder(answer).Decode(&raw); err != nil {
		return nil, noServerError{fmt.Errorf("the answer is not understudy's: %w", err)}
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return nil, noServerError{fmt.Errorf("the answer is not understudy's: %w", err)}
	}
	return append(raw, '\n'), nil
}
