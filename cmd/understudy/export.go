package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/understudy-iam/understudy/management"
)

type exportCommand struct {
	endpoint
	Account []string `placeholder:"ID" help:"Only this account; may be given several times. Without it, all accounts and organizations."`
	Secrets bool     `help:"Write secrets too: with them, importing gives the same state, and old credentials and sessions work."`
	Out     string   `short:"o" complete:"file" placeholder:"FILE" help:"Write to this file, which only its owner may read; without it, to standard output."`
}

// Help is the end of the help text.
func (*exportCommand) Help() string {
	return `Writes the state of the running server in the form of a seed: serve --seed and understudy import bring it back. The state of a data directory is written by a server that is started on it.

    understudy export > iam.yaml
    understudy export --secrets --out state.yaml
    understudy serve --data-dir ./state --addr 127.0.0.1:4261 & understudy export --addr 127.0.0.1:4261`
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
	text, err := io.ReadAll(body)
	if err != nil {
		return noServerError{fmt.Errorf("the server's answer broke off: %w", err)}
	}
	if c.Out == "" {
		_, err := os.Stdout.Write(text)
		return err
	}
	if err := os.WriteFile(c.Out, text, 0o600); err != nil {
		return usageError{fmt.Errorf("--out: %w", err)}
	}
	return nil
}
