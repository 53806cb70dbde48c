package server

import (
	"context"

	"github.com/understudy-iam/understudy/advice"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
)

// devices finds the MFA devices that a user has now, for advice. Security keys are not
// among them: no call of STS takes what they answer.
func (s *Server) devices(ctx context.Context) advice.Devices {
	return func(user *evaluator.Principal) (serials []string, known bool) {
		err := s.options.Store.View(ctx, func(tx persistence.Tx) error {
			serials = nil
			for d, err := range persistence.MFADevicesByUser.Scan(tx, user.Account, persistence.Key{user.EntityID}, nil) {
				if err != nil {
					return err
				}
				if d.Kind != persistence.SecurityKey {
					serials = append(serials, d.Serial)
				}
			}
			return nil
		})
		return serials, err == nil
	}
}
