package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/management/client"
)

// manager asks the server management questions. raw is the last answer, the original
// JSON.
type manager struct {
	*client.Client
	url string
	raw json.RawMessage
}

// manage makes a manager of the server at the address.
func (e *endpoint) manage() (*manager, error) {
	url, err := e.url()
	if err != nil {
		return nil, err
	}
	m, err := managerOf(client.Options{URL: url})
	if err != nil {
		return nil, usageError{fmt.Errorf("--addr: %w", err)}
	}
	return m, nil
}

func managerOf(o client.Options) (m *manager, err error) {
	m = &manager{url: o.URL}
	o.Raw = func(raw json.RawMessage) { m.raw = raw }
	m.Client, err = client.New(o)
	return m, err
}

// told gives an error of the client its exit code, and adds what to do.
func (m *manager) told(err error) error {
	var fault *management.Fault
	switch {
	case errors.As(err, &fault) && fault.Status == http.StatusBadRequest:
		return usageError{fault}
	case errors.Is(err, client.ErrNoServer):
		return noServerError{fmt.Errorf("no server answers at %s; start one with understudy serve, or give its address with --addr (%w)",
			m.url, textfile.RootCause(err))}
	case errors.Is(err, client.ErrForeign):
		return noServerError{fmt.Errorf("%w; is it an understudy server? give its address with --addr", err)}
	}
	return err
}

// end ends a command: with the error of the last call, if it failed, and otherwise by
// printing its answer unchanged.
func (m *manager) end(err error) error {
	if err != nil {
		return m.told(err)
	}
	return m.printRaw()
}

// printRaw prints the last answer unchanged.
func (m *manager) printRaw() error {
	_, err := os.Stdout.Write(append(m.raw, '\n'))
	return err
}
