package iam

import (
	"errors"

	"github.com/understudy-iam/understudy/persistence"
)

// found returns the record that was looked up by a name, or noSuch's error if nothing has the name.
func found[R any](r *R, err error, noSuch func(name string) error, name string) (*R, error) {
	if err != nil {
		return nil, orMissing(err, noSuch(name))
	}
	return r, nil
}

// orMissing returns refusal if err says that nothing has the name, and otherwise err.
func orMissing(err, refusal error) error {
	if errors.Is(err, persistence.ErrNotFound) {
		return refusal
	}
	return err
}

// orTaken returns exists' error if err says that another record has the name, and otherwise err.
func orTaken(err error, exists func(name string) error, name string) error {
	if errors.Is(err, persistence.ErrExists) {
		return exists(name)
	}
	return err
}

// unlessAbsent drops the error that something does not exist.
func unlessAbsent(err error) error {
	if errors.Is(err, persistence.ErrNotFound) {
		return nil
	}
	return err
}
