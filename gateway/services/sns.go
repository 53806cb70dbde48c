package services

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// snsTopicActions are the operations on the topic that the member names, with
// their actions.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
var snsTopicActions = map[string]struct{ action, member string }{
	"AddPermission":            {"AddPermission", "TopicArn"},
	"ConfirmSubscription":      {"ConfirmSubscription", "TopicArn"},
	"DeleteTopic":              {"DeleteTopic", "TopicArn"},
	"GetDataProtectionPolicy":  {"GetDataProtectionPolicy", "ResourceArn"},
	"GetTopicAttributes":       {"GetTopicAttributes", "TopicArn"},
	"ListSubscriptionsByTopic": {"ListSubscriptionsByTopic", "TopicArn"},
	"ListTagsForResource":      {"ListTagsForResource", "ResourceArn"},
	"PublishBatch":             {"Publish", "TopicArn"},
	"PutDataProtectionPolicy":  {"PutDataProtectionPolicy", "ResourceArn"},
	"RemovePermission":         {"RemovePermission", "TopicArn"},
}

// snsRules are the operations on topics that need or show more.
var snsRules = map[string]func(*snsCall) error{
	"CreateTopic":               (*snsCall).createTopic,
	"GetSubscriptionAttributes": (*snsCall).subscription,
	"Publish":                   (*snsCall).publish,
	"SetSubscriptionAttributes": (*snsCall).subscription,
	"SetTopicAttributes":        (*snsCall).setTopic,
	"Subscribe":                 (*snsCall).subscribe,
	"TagResource":               (*snsCall).tag,
	"UntagResource":             (*snsCall).untag,
	"Unsubscribe":               (*snsCall).subscription,
}

// snsUnbound are the operations whose action has no resource type: those for
// platform applications, their endpoints, phone numbers, and lists.
var snsUnbound = []string{
	"CheckIfPhoneNumberIsOptedOut", "CreatePlatformApplication", "CreatePlatformEndpoint", "CreateSMSSandboxPhoneNumber",
	"DeleteEndpoint", "DeletePlatformApplication", "DeleteSMSSandboxPhoneNumber", "GetEndpointAttributes",
	"GetPlatformApplicationAttributes", "GetSMSAttributes", "GetSMSSandboxAccountStatus", "ListEndpointsByPlatformApplication",
	"ListOriginationNumbers", "ListPhoneNumbersOptedOut", "ListPlatformApplications", "ListSMSSandboxPhoneNumbers",
	"ListSubscriptions", "ListTopics", "OptInPhoneNumber", "SetEndpointAttributes", "SetPlatformApplicationAttributes",
	"SetSMSAttributes", "VerifySMSSandboxPhoneNumber",
}

// snsCall is a call of SNS while its needs are found.
type snsCall struct {
	r         *Request
	operation string
	in        url.Values
	needs     Needs
}

// snsByHand returns the rules of SNS.
func snsByHand() map[string]rule {
	rules := map[string]rule{}
	add := func(name string, resolution Resolution, find func(*snsCall) error) {
		rules[name] = handwritten(resolution, func(r *Request) (*Needs, error) { return snsNeeds(name, r, find) })
	}
	for name, t := range snsTopicActions {
		add(name, Exact, func(s *snsCall) error { return s.onTopic(t.action, s.in.Get(t.member)) })
	}
	for name, find := range snsRules {
		add(name, Exact, find)
	}
	for _, name := range snsUnbound {
		add(name, Any, (*snsCall).unbound)
	}
	return rules
}

func snsNeeds(operation string, r *Request, find func(*snsCall) error) (*Needs, error) {
	in, ok := r.formOnce()
	if !ok {
		return nil, errMany
	}
	s := &snsCall{r: r, operation: operation, in: in}
	if err := find(s); err != nil {
		return nil, err
	}
	return &s.needs, nil
}

func (s *snsCall) need(action, resource string, keys ...authz.Key) {
	s.needs.Needs = append(s.needs.Needs, s.r.need("sns:"+action, resource, keys...))
}

// onTopic needs the action on the topic, or on another resource of SNS with the ARN.
func (s *snsCall) onTopic(action, arn string, keys ...authz.Key) error {
	s.need(action, arn, keys...)
	if err := s.r.checkARN("sns", arn); err != nil {
		return errTopic
	}
	return nil
}

// errTopic is SNS's refusal of an ARN.
var errTopic = &Malformed{Code: "InvalidParameter", Reason: "Invalid parameter: TopicArn"}

// unbound needs the action on no resource, and passes the roles that report what
// was delivered.
func (s *snsCall) unbound() error {
	s.need(s.operation, "*")
	s.needs.Resolution = Any
	s.passesAll()
	return nil
}

// passesAll passes the roles in a map of attributes.
func (s *snsCall) passesAll() {
	attributes := s.entries("Attributes", "attributes")
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		s.passes(name, attributes[name])
	}
}

// publish needs the action on the topic, on the endpoint of a device, or on the phone number as it
// is in the request. Only "*" in a policy matches a number.
func (s *snsCall) publish() error {
	var targets []string
	for _, name := range []string{"TopicArn", "TargetArn"} {
		if arn := s.in.Get(name); arn != "" {
			targets = append(targets, arn)
		}
	}
	number := s.in.Get("PhoneNumber")
	switch {
	case len(targets) == 1 && number == "":
		return s.onTopic("Publish", targets[0])
	case len(targets) == 0 && number != "" && number != "*" && !strings.HasPrefix(number, "arn:"):
		s.need("Publish", number)
		return nil
	}
	return &Malformed{Code: "InvalidParameter", Reason: "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter"}
}

// subscribe adds the keys of the subscription, and passes the role that writes to a stream.
func (s *snsCall) subscribe() error {
	var keys []authz.Key
	for _, name := range []string{"Protocol", "Endpoint"} {
		if v := s.in.Get(name); v != "" {
			keys = append(keys, authz.String("sns:"+name, v))
		}
	}
	if err := s.onTopic("Subscribe", s.in.Get("TopicArn"), keys...); err != nil {
		return err
	}
	s.passesAll()
	return nil
}

// subscription needs the action on the topic of the subscription, whose ARN is the
// topic's and an ID.
func (s *snsCall) subscription() error {
	arn := s.in.Get("SubscriptionArn")
	i := strings.LastIndexByte(arn, ':')
	if i < 0 {
		return &Malformed{Code: "InvalidParameter", Reason: "Invalid parameter: SubscriptionArn"}
	}
	topic, ok := principal.ParseARN(arn[:i])
	if !ok || strings.Contains(topic.Resource, ":") {
		return &Malformed{
			Code: "InvalidParameter", Reason: "Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not " +
				strconv.Itoa(strings.Count(arn, ":")+1),
		} // not confirmed for too many elements
	}
	if err := s.onTopic(s.operation, arn[:i]); err != nil {
		return err
	}
	s.passes(s.in.Get("AttributeName"), s.in.Get("AttributeValue"))
	return nil
}

// createTopic needs a further action for tags and another for a data protection policy.
func (s *snsCall) createTopic() error {
	name := s.in.Get("Name")
	if !isName(name, 256) {
		return &Malformed{Code: "InvalidParameter", Reason: "Invalid parameter: Topic Name"}
	}
	arn := s.r.arn("sns", name)
	tags := s.tags()
	s.need("CreateTopic", arn, tags...)
	if len(tags) > 0 {
		s.need("TagResource", arn, tags...)
	}
	if s.in.Get("DataProtectionPolicy") != "" {
		s.need("PutDataProtectionPolicy", arn)
	}
	s.passesAll()
	return nil
}

func (s *snsCall) setTopic() error {
	if err := s.onTopic("SetTopicAttributes", s.in.Get("TopicArn")); err != nil {
		return err
	}
	s.passes(s.in.Get("AttributeName"), s.in.Get("AttributeValue"))
	return nil
}

func (s *snsCall) tag() error { return s.onTopic("TagResource", s.in.Get("ResourceArn"), s.tags()...) }

func (s *snsCall) untag() error {
	var names []string
	for _, n := range indexes(s.in, "TagKeys.member.", "") {
		names = append(names, s.in.Get("TagKeys.member."+n))
	}
	return s.onTopic("UntagResource", s.in.Get("ResourceArn"), authz.TagKeys(names...)...)
}

// passes needs iam:PassRole if the attribute is a role that SNS will use: for delivery reports, for
// a subscription, and for text messages.
func (s *snsCall) passes(attribute, role string) {
	if role != "" && (strings.HasSuffix(attribute, "RoleArn") || attribute == "DeliveryStatusIAMRole") {
		s.needs.Needs = append(s.needs.Needs, s.r.passRole(role, "sns.amazonaws.com"))
	}
}

// entries returns the entries of a map in the form: NAME.entry.N.key and .value.
func (s *snsCall) entries(names ...string) map[string]string {
	found := map[string]string{}
	for _, name := range names {
		for _, n := range indexes(s.in, name+".entry.", ".key") {
			entry := name + ".entry." + n
			found[s.in.Get(entry+".key")] = s.in.Get(entry + ".value")
		}
	}
	return found
}

// tags returns the keys of the tags in the form: Tags.member.N.Key and .Value.
func (s *snsCall) tags() []authz.Key {
	var tags []tag
	for _, n := range indexes(s.in, "Tags.member.", ".Key") {
		member := "Tags.member." + n
		tags = append(tags, tag{s.in.Get(member + ".Key"), s.in.Get(member + ".Value")})
	}
	return requestTags(tags)
}

// indexes returns the N of the parameters PREFIX N SUFFIX of a form, sorted as strings. Gaps do not
// end a list: servers treat them differently.
func indexes(form url.Values, prefix, suffix string) []string {
	var found []string
	for name := range form {
		rest, ok := strings.CutPrefix(name, prefix)
		n, whole := strings.CutSuffix(rest, suffix)
		if ok && whole && !strings.Contains(n, ".") {
			found = append(found, n)
		}
	}
	slices.Sort(found)
	return found
}
