package policytest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/seed"
)

// defaultAccount is whose users and roles are made where nothing says another account.
const defaultAccount = "000000000000"

// fill makes the state.
func (w *world) fill(ctx context.Context) error {
	s := &w.file.state
	for _, file := range s.files {
		if err := w.fillFrom(ctx, file); err != nil {
			return err
		}
	}
	if s.seed != nil {
		r := &reader{}
		raw := r.inLines(s.seed)
		if r.fault != nil {
			return r.fault
		}
		if err := w.apply(ctx, w.file.name, raw); err != nil {
			return err
		}
	}
	return w.fillPolicies(ctx, s.policies)
}

// open reads a file that the tests name.
func (w *world) open(name text) ([]byte, error) {
	raw, err := w.options.Open(w.beside(name.value))
	if err != nil {
		return nil, name.at.fault("%s: %v", name.value, textfile.RootCause(err))
	}
	return raw, nil
}

// standardInput is the name of a file that is read from standard input, as everywhere.
const standardInput = "-"

func (w *world) beside(name string) string {
	if name == standardInput {
		return name
	}
	return seed.Beside(w.file.name, name)
}

// fillFrom takes a seed, what get-account-authorization-details prints, or a plan of
// Terraform.
func (w *world) fillFrom(ctx context.Context, file text) error {
	raw, err := w.open(file)
	if err != nil {
		return err
	}
	name := w.beside(file.value)
	switch {
	case isPlan(raw):
		warn := func(reason string) { w.options.Warn(&Fault{File: name, Reason: reason}) }
		made, err := seedOfPlan(raw, w.partition().In(w.ownAccount(ctx)), w.existing(ctx), warn)
		if err == nil {
			err = w.applyMade(ctx, name, made)
		}
		if err != nil {
			return file.at.fault("%s: %v", file.value, err)
		}
		return nil
	case isDocument(raw):
		return file.at.fault("%s is a policy, and a policy alone is not a state; say who has it: state: {policies: {app: %s}}", file.value,
			file.value)
	}
	return w.apply(ctx, name, raw)
}

// existing finds who is in the state so far.
func (w *world) existing(ctx context.Context) existing {
	return func(account, kind, name string) (trust string, ok bool, err error) {
		err = w.view(ctx, func(tx persistence.Tx) error {
			_, err := authz.FindHolder(tx, account, kind, name)
			if ok = err == nil; !ok || kind != "role" {
				return err
			}
			r, err := persistence.Roles.Get(tx, account, name)
			if err == nil {
				trust, err = iam.ShownTrust(tx, w.partition().In(account), r.TrustPolicy)
			}
			return err
		})
		if errors.Is(err, persistence.ErrNotFound) {
			err = nil
		}
		return trust, ok, err
	}
}

// isDocument reports whether a file is a policy document.
func isDocument(raw []byte) bool {
	var members struct{ Statement json.RawMessage }
	return json.Unmarshal(raw, &members) == nil && len(members.Statement) > 0
}

// apply adds what a seed says to the state.
func (w *world) apply(ctx context.Context, name string, raw []byte) error {
	o := w.seedOptions(name)
	o.Written = func(document string, at *seed.Written) { w.written[document] = at }
	err := seed.Apply(ctx, o, name, raw)
	var f *seed.Fault
	if errors.As(err, &f) {
		return &Fault{File: f.File, Line: f.Line, Reason: f.Reason, cause: f.Unwrap()}
	}
	return err
}

// applyMade adds a seed that was made of a file of another form, so that its lines are not
// those of the file.
func (w *world) applyMade(ctx context.Context, name string, raw []byte) error {
	o := w.seedOptions(name)
	warn := o.Warn
	o.Warn = func(f *seed.Fault) { warn(&seed.Fault{File: f.File, Reason: f.Reason}) }
	err := seed.Apply(ctx, o, name, raw)
	var f *seed.Fault
	if errors.As(err, &f) {
		return errors.New(f.Reason)
	}
	return err
}

func (w *world) seedOptions(name string) seed.Options {
	return seed.Options{
		Store: w.store, Partition: w.options.Partition, Now: w.now,
		Open: func(other string) ([]byte, error) { return w.options.Open(seed.Beside(name, other)) },
		Warn: func(f *seed.Fault) { w.options.Warn(&Fault{File: f.File, Line: f.Line, Reason: f.Reason}) },
	}
}

// ownAccount is the account that the file says, or else the one that the state has so far.
func (w *world) ownAccount(ctx context.Context) string {
	return cmp.Or(w.file.account.value, w.onlyAccount(ctx), defaultAccount)
}

// onlyAccount is the one account of the state; empty if there is not just one.
func (w *world) onlyAccount(ctx context.Context) (only string) {
	n := 0
	_ = w.view(ctx, func(tx persistence.Tx) error {
		for id, err := range persistence.AllAccounts(tx) {
			if err != nil {
				return err
			}
			only = id
			n++
		}
		return nil
	})
	if n != 1 {
		return ""
	}
	return only
}

func (w *world) now() time.Time { return w.options.Now }

func (w *world) partition() principal.Partition { return w.options.Partition }
