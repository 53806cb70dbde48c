package services

import (
	"strings"
	"sync"

	"github.com/understudy-iam/understudy/authz"
)

// putEvent is the permission for an event on its bus, by name or ARN, with the condition keys of
// the event. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
var putEvent = sync.OnceValue(func() permission {
	return parsePermission("events:PutEvents\t\tarn:$P:events:$R:$A:event-bus/{b:EventBusName?default}\t" +
		"events:source=b:Source events:detail-type=b:DetailType")
})

// putEvents needs the permission for each event.
func putEvents(c *Call, r *Request) (*Needs, error) {
	out, err := eventNeeds(&reader{call: c, request: r})
	if err != nil {
		return nil, &Malformed{Call: c, Reason: err.Error()}
	}
	return out, nil
}

func eventNeeds(read *reader) (*Needs, error) {
	events, err := read.walk(parseSteps("Entries[]"))
	if err != nil {
		return nil, err
	}
	if len(events) == 0 {
		return nil, errMissing
	}
	event, out := putEvent(), &Needs{}
	for _, e := range events {
		needs, err := event.needs(&reader{call: read.call, request: read.request, body: e, read: true})
		if err != nil {
			return nil, err
		}
		out.Needs = append(out.Needs, needs...)
	}
	return out, nil
}

// refineEvents handles the default bus, and the condition keys of EventBridge's rules.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
func refineEvents(r *reader, n *Needs) error {
	for i := range n.Needs {
		if bus, ok := strings.CutSuffix(n.Needs[i].Resource, ":event-bus/*"); ok {
			become(&n.Needs[i], bus+":event-bus/default")
		}
	}
	switch r.call.Operation {
	case "PutTargets":
		return targetKeys(r, &n.Needs[0])
	case "PutRule":
		return patternKeys(r, &n.Needs[0])
	}
	return nil
}

// targetKeys returns the key with the ARNs of all targets.
func targetKeys(r *reader, need *authz.Need) error {
	targets, err := r.list("Targets[].Arn")
	if len(targets) > 0 {
		setKey(need, authz.Strings("events:TargetArn", targets...))
	}
	return err
}

// patternKeys returns the keys with what the pattern of a rule asks for. The service refuses a
// pattern that cannot be read.
func patternKeys(r *reader, need *authz.Need) error {
	pattern, err := r.text("EventPattern")
	if err != nil || pattern == "" {
		return err
	}
	members, err := readMembers([]byte(pattern))
	if err != nil {
		return nil
	}
	for _, name := range []string{"source", "detail-type"} {
		if texts := members.texts(name); len(texts) > 0 {
			setKey(need, authz.Strings("events:"+name, texts...))
		}
	}
	return nil
}
