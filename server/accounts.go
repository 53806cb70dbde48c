package server

import (
	"context"

	"github.com/understudy-iam/understudy/persistence"
)

// accounts returns the first existing accounts, up to most of them.
func (s *Server) accounts(ctx context.Context, most int) (list []string, err error) {
	err = s.options.Store.View(ctx, func(tx persistence.Tx) error {
		list = nil
		for id, err := range persistence.AllAccounts(tx) {
			if err != nil || len(list) == most {
				return err
			}
			list = append(list, id)
		}
		return nil
	})
	return list, err
}
