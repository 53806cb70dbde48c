package client

import (
	"context"
	"fmt"

	"github.com/understudy-iam/understudy/management"
)

// IssueCredentials returns credentials with which to call as somebody. A role's trust
// policy is not asked.
func (c *Client) IssueCredentials(ctx context.Context, q *management.CredentialsRequest) (*management.IssuedCredentials, error) {
	return get[management.IssuedCredentials](ctx, c, Call{Route: management.IssueCredentials, Body: q})
}

// MFACodes are the codes that an MFA device shows now and next. The device is named by
// its serial number, or a virtual one of the server's own account by its name.
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
