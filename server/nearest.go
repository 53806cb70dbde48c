package server

import (
	"context"
	"errors"
	"slices"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/internal/spelling"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// misspelled is a name that belongs to nobody, in parts.
type misspelled struct {
	account    principal.Account
	kind, name string // kind is empty if only a name was written
	isARN      bool
}

func (s *Server) misspelled(written string) *misspelled {
	m := &misspelled{account: s.in(s.options.Account)}
	arn, ok := principal.ParseARN(written)
	if m.isARN = ok; ok {
		m.account = s.in(arn.AccountID)
	} else {
		arn.Resource = written
	}
	if m.kind, _, m.name = arn.Entity(); m.name == "" && !m.isARN {
		m.kind, m.name = "", written
	}
	return m
}

// near is the user or role that may be meant, in the form that was written: a name,
// user/NAME, role/NAME or an ARN. It is empty if none is near.
func (m *misspelled) near(ctx context.Context, store persistence.Store) (found string, err error) {
	if m.name == "" {
		return "", nil
	}
	err = store.View(ctx, func(tx persistence.Tx) (err error) {
		found, err = m.nearest(tx)
		return err
	})
	return found, err
}

// nearest is the nearest name of the account. For a name that exists only in
// another account, it is the ARN there.
func (m *misspelled) nearest(tx persistence.Tx) (string, error) {
	shown := map[string]string{} // by name, the form to show
	var names []string
	for _, kind := range m.kinds() {
		for h, err := range authz.Holders(tx, m.account.ID, kind, nil) {
			if err != nil {
				return "", err
			}
			shown[h.Name], names = m.shown(&h), append(names, h.Name)
		}
	}
	if name := spelling.Guess(m.name, names); name != "" || m.isARN {
		return shown[name], nil
	}
	return m.elsewhere(tx)
}

// kinds are those that may be meant.
func (m *misspelled) kinds() []string {
	return slices.DeleteFunc([]string{"user", "role"}, func(kind string) bool { return m.kind != "" && m.kind != kind })
}

func (m *misspelled) shown(h *authz.Holder) string {
	switch {
	case m.isARN:
		return h.ARN(m.account.Partition)
	case m.kind != "":
		return h.Kind + "/" + h.Name
	}
	return h.Name
}

// elsewhere is the ARN of one of the name in another account.
func (m *misspelled) elsewhere(tx persistence.Tx) (string, error) {
	for account, err := range persistence.AllAccounts(tx) {
		if err != nil {
			return "", err
		}
		for _, kind := range m.kinds() {
			switch h, err := authz.FindHolder(tx, account, kind, m.name); {
			case err == nil:
				return h.ARN(m.account.Partition), nil
			case !errors.Is(err, persistence.ErrNotFound):
				return "", err
			}
		}
	}
	return "", nil
}
