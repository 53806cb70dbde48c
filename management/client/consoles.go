package client

import (
	"context"

	"github.com/understudy-iam/understudy/management"
)

// RegisterSecurityKey registers a security key as AWS's console does, and returns
// the serial number of the new MFA device.
func (c *Client) RegisterSecurityKey(ctx context.Context, key *management.SecurityKey) (serial string, err error) {
	var answer management.SecurityKeyAnswer
	err = c.Do(ctx, Call{Route: management.RegisterSecurityKey, Body: key}, &answer)
	return answer.SerialNumber, err
}

// RegisterDelegationTemplate registers the policy template of a product provider,
// and returns its ARN.
func (c *Client) RegisterDelegationTemplate(ctx context.Context, t *management.DelegationTemplate) (arn string, err error) {
	var answer management.DelegationTemplateAnswer
	err = c.Do(ctx, Call{Route: management.RegisterDelegationTemplate, Body: t}, &answer)
	return answer.PolicyTemplateARN, err
}

// DelegationNotifications returns the messages that AWS would have sent to the SNS topic
// of the requestor, the oldest first.
func (c *Client) DelegationNotifications(ctx context.Context, requestID string) ([]management.DelegationNotification, error) {
	var answer []management.DelegationNotification
	err := c.Do(ctx, Call{Route: management.ListDelegationNotifications, Variables: []string{requestID}}, &answer)
	return answer, err
}
