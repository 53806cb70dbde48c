package main

import (
	"log/slog"
	"net/http"

	"github.com/understudy-iam/understudy/management/console"
)

// console returns what makes the web pages of a server.
func (c *serveCommand) console(logger *slog.Logger) func(http.Handler) (http.Handler, error) {
	return func(server http.Handler) (http.Handler, error) {
		return console.New(console.Options{
			Server: server, Account: c.Account, RootAccessKeyID: c.RootAccessKeyID, RootSecretAccessKey: c.RootSecretAccessKey,
			Partition: c.partition(), AllowHosts: c.AllowHost, Logger: logger,
		})
	}
}
