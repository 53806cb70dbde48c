package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
	"github.com/understudy-iam/understudy/persistence/pgstore"
)

// checkState refuses flags about the state that do not go together.
func (c *serveCommand) checkState() error {
	name := firstGiven(givenFlag{"--sync", c.Sync}, givenFlag{"--accept-loss", c.AcceptLoss})
	switch {
	case c.Store != "" && c.DataDir != "":
		return errors.New("--store and --data-dir both say where the state is; leave one of them out")
	case c.Store != "" && name != "":
		return fmt.Errorf("%s is for --data-dir, and has no use with --store; leave it out", name)
	case c.Store != "":
		if _, err := pgstore.Where(c.Store); err != nil {
			return fmt.Errorf("--store: %w", err)
		}
	case c.DataDir == "" && name != "":
		return fmt.Errorf("%s has no use without --data-dir: the state is in memory; name a directory, or leave %s out", name, name)
	}
	return nil
}

// open opens the store that the flags name.
func (c *serveCommand) open(ctx context.Context, logger *slog.Logger) (store persistence.Store, err error) {
	keepFilesPrivate()
	if c.Store != "" {
		store, err = pgstore.Open(ctx, pgstore.Options{URL: c.Store, Logger: logger})
	} else {
		store, err = badgerstore.Open(badgerstore.Options{Dir: c.DataDir, Logger: logger, SyncWrites: c.Sync, AcceptLoss: c.AcceptLoss})
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.storeFlag(), err)
	}
	return store, nil
}

// storeFlag is the flag that errors of the store are about.
func (c *serveCommand) storeFlag() string {
	if c.Store != "" {
		return "--store"
	}
	return "--data-dir"
}

// database names the database, without the user and the password.
func (c *serveCommand) database() string {
	where, _ := pgstore.Where(c.Store) // it was checked
	return where
}

// state says where the state is.
func (c *serveCommand) state() string {
	switch {
	case c.Store != "":
		return "in database " + c.database()
	case c.DataDir != "":
		return "in " + c.DataDir
	}
	return "in memory"
}

// farewell says on standard output what is kept.
func (c *serveCommand) farewell() {
	switch {
	case c.JSON:
	case c.Store != "":
		fmt.Fprintf(os.Stdout, "Stopped. The state is kept in database %s.\n", c.database())
	case c.DataDir != "":
		fmt.Fprintf(os.Stdout, "Stopped. The state is kept in %s.\n", c.DataDir)
	default:
		fmt.Fprintln(os.Stdout, "Stopped. The state was in memory and is gone; --data-dir DIR keeps it.")
	}
}
