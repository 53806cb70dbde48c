package client

import (
	"context"
	"fmt"

	"github.com/understudy-iam/understudy/management"
)

// IssueCredentials returns credentials with which to call as a principal. It does not
// check a role's trust policy.
func (c *Client) IssueCredentials(ctx context.Context, q *management.CredentialsRequest) (*management.IssuedCredentials, error) {
	return get[management.IssuedCredentials](ctx, c, Call{Route: management.IssueCredentials, Body: q})
}

// MFACodes are the codes that an MFA device shows now and next. The device is given by
// its serial number, or by its name if it is a virtual device of the server's own
// account.
func (c *Client) MFACodes(ctx context.Context, device string) ([2]string, error) {
	var answer management.MFACodes
	err := c.Do(ctx, Call{Route: management.ShowMFACodes, Variables: []string{device}}, &answer)
	if err == nil && len(answer.Codes) != 2 {
		err = fmt.Errorf("%w: %d codes instead of two", ErrForeign, len(answer.Codes))
	}
	if err != nil {
		return [2]string{}, err
	}
	return [2]string(answer.Codes), nil
}
