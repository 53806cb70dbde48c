package server

import (
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/management"
)

// Enforcement is the mode that is in force.
func (b backend) Enforcement() string { return b.s.authorizer.Mode().String() }

// SetEnforcement changes the mode for the calls that begin afterwards.
func (b backend) SetEnforcement(name string) error {
	mode, err := authz.ParseMode(name)
	if err != nil {
		return management.Invalid(err)
	}
	before := b.s.authorizer.Mode()
	b.s.authorizer.SetMode(mode)
	b.s.options.Logger.Info("enforcement was changed", "from", before, "to", mode)
	return nil
}
