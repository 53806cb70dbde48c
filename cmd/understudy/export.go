package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/understudy-iam/understudy/management"
)

type exportCommand struct {
	endpoint
	Account []string `placeholder:"ID" help:"Only this account; may be given several times. Without it, all accounts and organizations."`
	Secrets bool     `help:"Write secrets too: with them, importing gives the same state, and old credentials and sessions work."`
	Out     string   `short:"o" complete:"file" placeholder:"FILE" help:"@exportOut"`
}

// Help is the end of the help text.
func (*exportCommand) Help() string {
	return `Writes the state of the running server in the form of a seed: serve --seed and understudy import bring it back. The state of a ` +
		`data directory is written by a server that is started on it.

    understudy export > iam.yaml
    understudy export --secrets --out state.yaml
    understudy serve --data-dir ./state --addr 127.0.0.1:4261 &
    understudy export --addr 127.0.0.1:4261`
}

// Run asks the server for its state and writes it.
func (c *exportCommand) Run() (err error) {
	m, err := c.manage()
	if err != nil {
		return err
	}
	body, err := m.Export(context.Background(), &management.Export{Accounts: c.Account, Secrets: c.Secrets})
	if err != nil {
		return m.told(err)
	}
	defer body.Close()
	if c.Out == "" {
		return copyAnswer(os.Stdout, body)
	}
	return c.save(body)
}

// copyAnswer writes the answer while it arrives.
func copyAnswer(w io.Writer, body io.Reader) error {
	read := &answerReader{Reader: body}
	_, err := io.Copy(w, read)
	if read.err != nil {
		return noServerError{fmt.Errorf("the server's answer broke off: %w", read.err)}
	}
	return err
}

// answerReader distinguishes an error of reading from an error of writing.
type answerReader struct {
	io.Reader
	err error
}

func (r *answerReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// save writes the answer to the file. An existing file stays unchanged until the answer
// is complete.
func (c *exportCommand) save(body io.Reader) error {
	name := c.Out
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0) // a pipe, or a device
		if err != nil {
			return usage(err)
		}
		return fill(f, body)
	}
	part, err := os.CreateTemp(filepath.Dir(name), ".understudy-export-*") // which only its owner may read
	if err != nil {
		return usage(err)
	}
	if err = fill(part, body); err == nil {
		err = usage(os.Rename(part.Name(), name))
	}
	if err != nil {
		_ = os.Remove(part.Name()) // nobody else knows about it
	}
	return err
}

// fill writes the answer to a file and closes it.
func fill(f *os.File, body io.Reader) error {
	err := copyAnswer(f, body)
	var broken noServerError
	if closing := f.Close(); err == nil {
		err = closing
	}
	if errors.As(err, &broken) {
		return err
	}
	return usage(err)
}

// usage is the error for the file of --out.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return usageError{fmt.Errorf("--out: %w", err)}
}
