package server

import (
	"context"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// suspects are the secrets that a client may have signed with by mistake: the
// server's default one, and those of the other active keys of the user.
func (s *Server) suspects(ctx context.Context, claimed *principal.Principal) []sigv4.Suspect {
	list := []sigv4.Suspect{{Name: "the default secret of the server", Secret: s.options.RootSecretAccessKey}}
	if claimed == nil || claimed.UserID == "" || claimed.Session != nil {
		return list
	}
	_ = s.options.Store.View(ctx, func(tx persistence.Tx) error { // without the state there are fewer
		list = list[:1]
		for k, err := range persistence.AccessKeysByUser.Scan(tx, claimed.AccountID, persistence.Key{claimed.UserID}, nil) {
			if err != nil {
				return err
			}
			if !k.Inactive && k.ID != claimed.AccessKeyID {
				list = append(list, sigv4.Suspect{Name: "the secret of access key " + k.ID + ", another active key of the user",
					Secret: k.Secret})
			}
		}
		return nil
	})
	return list
}
