package main

import (
	"io"
	"os"
)

type healthCommand struct {
	endpoint
}

// Run asks the server how it is and prints the answer; it fails if there is no
// server or it is not well. The container's health check is this command: its
// image holds nothing else that could ask.
func (c *healthCommand) Run() error {
	body, err := c.manage("health")
	if err != nil {
		return err
	}
	defer body.Close()
	_, err = io.Copy(os.Stdout, body)
	return err
}
