package services

import "github.com/understudy-iam/understudy/authz"

// putEvents needs the permission for each event on its bus, which is the default
// one where the event names none, with what the event says of itself.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
func putEvents(c *Call, r *Request) (*Needs, error) {
	read := &reader{call: c, request: r}
	root, err := read.root()
	if err != nil {
		return nil, &Malformed{Call: c, Reason: err.Error()}
	}
	entries, err := walk(root, []step{{"Entries", '['}})
	if err == nil && len(entries) == 0 {
		err = errMissing
	}
	out := &Needs{}
	for _, e := range entries {
		var need authz.Need
		if need, err = read.event(e); err != nil {
			break
		}
		out.Needs = append(out.Needs, need)
	}
	if err != nil {
		return nil, &Malformed{Call: c, Reason: err.Error()}
	}
	return out, nil
}

// bus is the event bus of an event, by name or ARN.
var bus = parseTemplate("arn:$P:events:$R:$A:event-bus/{b:EventBusName?default}")

func (r *reader) event(e value) (authz.Need, error) {
	one := &reader{call: r.call, request: r.request, body: e, read: true}
	list, err := bus.expand(one)
	if err != nil {
		return authz.Need{}, err
	}
	need := authz.Need{Action: "events:PutEvents", Resource: list[0], Owner: owner(list[0])}
	for _, k := range []keyRule{parseKey("events:source=b:Source"), parseKey("events:detail-type=b:DetailType")} {
		keys, err := k.read(one)
		if err != nil {
			return need, err
		}
		need.Keys = append(need.Keys, keys...)
	}
	return need, nil
}
