package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/seed"
)

// seedOptions are those of a seed that is applied to the running server. Readers that lag
// see at once what it declares: it counts as having been there before.
func (s *Server) seedOptions() seed.Options {
	return seed.Options{
		Store: s.trouble.store.Store, Partition: s.options.Partition, Now: s.clock.Now, Random: s.options.Random, Quotas: s.options.Quotas,
		Written: s.written.add,
		Warn:    func(f *seed.Fault) { s.options.Logger.Warn("seed", "file", f.File, "line", f.Line, "reason", f.Reason) },
	}
}

// ApplySeed applies the text of a seed to the running server; name is what
// errors call it. A fault in it is a *seed.Fault, and then nothing has changed.
func (s *Server) ApplySeed(ctx context.Context, name string, text []byte) error {
	return s.apart(ctx, func() error { return seed.Apply(ctx, s.seedOptions(), name, text) })
}

// ApplySeeds applies the seed files of the options, as they are now, and logs what
// has changed.
func (s *Server) ApplySeeds(ctx context.Context) error {
	o := s.seedOptions()
	o.Report = func(r *seed.Report) {
		s.options.Logger.Info("seeded", "files", strings.Join(s.options.Seeds, ", "), "changes", r.String())
	}
	return s.apart(ctx, func() error { return seed.ApplyFiles(ctx, o, s.options.Seeds) })
}

// seedFault says where a seed that was not applied is at fault.
func seedFault(err error) error {
	var f *seed.Fault
	if !errors.As(err, &f) {
		return err
	}
	return &management.Fault{
		Status: http.StatusBadRequest, Text: f.Error(), SeedPlace: &management.SeedPlace{File: f.File, Line: f.Line, Reason: f.Reason},
	}
}

// ImportSeed applies a seed that is sent, or says what it would change.
func (b backend) ImportSeed(ctx context.Context, sent *management.Seed) (*management.SeedOutcome, error) {
	outcome := &management.SeedOutcome{Warnings: []string{}, Changes: []management.SeedChanges{}}
	o := b.s.seedOptions()
	o.Open, o.Dry, o.Diff = sent.Open, sent.Dry, sent.Dry
	o.Warn = func(f *seed.Fault) { outcome.Warnings = append(outcome.Warnings, f.Error()) }
	o.Report = func(r *seed.Report) {
		outcome.Summary, outcome.Diff = r.String(), r.Diff
		for _, c := range r.Changes {
			outcome.Changes = append(outcome.Changes, management.SeedChanges(c))
		}
	}
	if err := b.s.apart(ctx, func() error { return seed.Apply(ctx, o, sent.Name, sent.Text) }); err != nil {
		return nil, seedFault(err)
	}
	if !sent.Dry {
		b.s.options.Logger.Info("a seed was applied", "file", sent.Name, "warnings", len(outcome.Warnings), "changes", outcome.Summary)
	}
	return outcome, nil
}

// Export writes the state as a seed.
func (b backend) Export(ctx context.Context, w io.Writer, e *management.Export) error {
	for _, id := range e.Accounts {
		if !principal.ValidAccountID(id) {
			return management.Invalid(fmt.Errorf("account %q must have 12 digits", id))
		}
	}
	if err := b.s.iam.FlushUses(ctx); err != nil {
		return err
	}
	return seed.Export(ctx, w, seed.ExportOptions{Store: b.s.options.Store, Partition: b.s.options.Partition, Accounts: e.Accounts,
		Secrets: e.Secrets})
}
