package server

import (
	"context"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence"
)

// facts returns what the current state adds to records.
func (s *Server) facts(ctx context.Context) decisions.Facts {
	return decisions.Facts{Devices: s.devices(ctx), Powers: s.powers(ctx), Trust: s.shownTrust(ctx), Source: s.written.source}
}

// shownTrust shows trust policies as GetRole does; one that cannot be read stays as it
// is stored.
func (s *Server) shownTrust(ctx context.Context) func(account, stored string) string {
	return func(account, stored string) string {
		shown := stored
		err := s.options.Store.View(ctx, func(tx persistence.Tx) (err error) {
			shown, err = iam.ShownTrust(tx, s.in(account), stored)
			return err
		})
		if err != nil {
			return stored
		}
		return shown
	}
}
