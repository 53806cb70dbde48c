package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/principal"
)

type healthCommand struct {
	endpoint
	JSON bool `name:"json" help:"Print JSON."`
}

// Help is the end of the help text.
func (*healthCommand) Help() string {
	return `The exit code is 0 if the server is well and 1 if it is not or does not answer, as container health checks want it.
A warning names each upstream that does not answer within two seconds; the server is well all the same.

    understudy health
    until understudy health >/dev/null 2>&1; do sleep 0.1; done  # wait for it`
}

// Run asks the server for its health and prints the answer; it fails if there is no
// server or it is not healthy. The container's health check runs this command, because
// its image has no other program that could ask.
func (c *healthCommand) Run() error {
	m, err := c.manage()
	if err != nil {
		return err
	}
	h, err := m.Health(context.Background())
	if err != nil {
		err = m.told(err)
		var nobody noServerError
		if errors.As(err, &nobody) {
			return nobody.error // that there is no server is an answer to this question
		}
		return err
	}
	if c.JSON {
		err = m.printRaw()
	} else {
		account := h.Account
		if p := principal.Partition(h.Partition); p.Mark() != "" {
			account += ", partition " + p.String()
		}
		_, err = fmt.Printf("%s: understudy %s, account %s, enforcement %s\n", decisions.Clean(h.Status), decisions.Clean(h.Version),
			decisions.Clean(account), decisions.Clean(h.Enforcement))
		printUpstreams(h)
	}
	if err == nil && h.Status != "ok" {
		err = fmt.Errorf("the server says that it is %q", h.Status)
	}
	return err
}
