package server

import (
	"context"
	"errors"

	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/persistence"
)

// issuerHead is the URL of an account's issuer of web identity tokens, around
// the name that is the account's own.
const (
	issuerHead = "https://"
	issuerTail = ".tokens.sts.global.api.aws"
)

// Issuer finds an account's issuer and its keys.
func (b backend) Issuer(ctx context.Context, name string) (url string, keys any, err error) {
	url = issuerHead + name + issuerTail
	keys, err = b.s.sts.IssuerKeySet(ctx, url)
	if errors.Is(err, persistence.ErrNotFound) {
		err = management.NotFound("no account has the issuer %s", url)
	}
	return url, keys, err
}
