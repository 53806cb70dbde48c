package gateway

import (
	"errors"
	"net/http"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// word sets the words in which the need's service denies it; see denied.
func word(n *authz.Need) {
	service, action, _ := strings.Cut(n.Action, ":")
	switch service {
	case "s3": // hashicorp and terraform-aws-modules issues of 2025 show the quotes
		if n.Label == "" && n.Resource != "*" {
			n.Label = `"` + n.Resource + `"`
		}
	case "sqs": // aws/serverless-application-model issue 3633
		n.ActionLabel = "sqs:" + strings.ToLower(action)
	case "sns": // aws-amplify/amplify-flutter issue 3546
		n.ActionLabel = "SNS:" + action
	}
}

// denied returns the answer to a call that is not allowed, or whose credentials are no longer
// valid.
func (c *call) denied(err error) *failure {
	var known interface {
		ErrorCode() string
		ErrorMessage() string
	}
	switch asked := (*unanswered)(nil); {
	case errors.As(err, &asked):
		return c.upstreamFault(err)
	case !errors.As(err, &known):
		return c.internal(err)
	}
	if known.ErrorCode() != "AccessDenied" {
		return c.unproved(err)
	}
	f := c.fail(denied, known.ErrorMessage())
	f.err = err
	switch {
	case c.family() == s3Family && c.caller.Kind == principal.Anonymous:
		f.message = "Access Denied"
	case c.family() == ec2Family:
		f.message = "You are not authorized to perform this operation. " + f.message
		if encoded := c.g.options.EncodedMessage(c.ctx, c.caller); encoded != "" {
			f.message += ". Encoded authorization failure message: " + encoded
		}
	case c.serviceIs("sns"):
		f.code, f.status = "AuthorizationError", http.StatusForbidden
	}
	return f
}

func (c *call) serviceIs(prefix string) bool { return c.service != nil && c.service.Prefix == prefix }
