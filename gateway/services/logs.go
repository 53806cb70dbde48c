package services

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
)

// refineLogs finds the log group of a stream, and leaves out the destination of a subscription if
// it belongs to another service: only destinations of CloudWatch Logs are resources of its actions.
func refineLogs(r *reader, n *Needs) error {
	switch r.call.Operation {
	case "GetLogEvents":
		return streamOfGroup(r, n)
	case "PutSubscriptionFilter":
		elsewhere := r.request.arn("logs", "destination:arn:")
		others := slices.DeleteFunc(n.Needs[1:], func(need authz.Need) bool { return strings.HasPrefix(need.Resource, elsewhere) })
		n.Needs = n.Needs[:1+len(others)]
	}
	return nil
}

// streamOfGroup needs the stream of the log group that is given by name or ARN.
func streamOfGroup(r *reader, n *Needs) error {
	stream, err := r.text("logStreamName")
	if err != nil {
		return err
	}
	n.Needs = n.Needs[:0]
	for _, path := range []string{"logGroupName", "logGroupIdentifier"} {
		group, err := r.text(path)
		switch {
		case err != nil:
			return err
		case group == "":
			continue
		case !isARN(group):
			group = r.request.arn("logs", "log-group:"+group)
		}
		if err := r.request.checkARN("logs", group); err != nil {
			return err
		}
		n.Needs = append(n.Needs, r.request.need("logs:GetLogEvents", strings.TrimSuffix(group, ":*")+":log-stream:"+stream))
	}
	if len(n.Needs) == 0 {
		return errMissing
	}
	return nil
}
