package services

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// sqsActions are the operations on the queue that QueueUrl names, with their
// actions. Batches need the action of a single message.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
var sqsActions = map[string]string{
	"AddPermission":                "AddPermission",
	"ChangeMessageVisibility":      "ChangeMessageVisibility",
	"ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
	"DeleteMessage":                "DeleteMessage",
	"DeleteMessageBatch":           "DeleteMessage",
	"DeleteQueue":                  "DeleteQueue",
	"GetQueueAttributes":           "GetQueueAttributes",
	"ListDeadLetterSourceQueues":   "ListDeadLetterSourceQueues",
	"ListQueueTags":                "ListQueueTags",
	"PurgeQueue":                   "PurgeQueue",
	"ReceiveMessage":               "ReceiveMessage",
	"RemovePermission":             "RemovePermission",
	"SendMessage":                  "SendMessage",
	"SendMessageBatch":             "SendMessage",
	"SetQueueAttributes":           "SetQueueAttributes",
	"TagQueue":                     "TagQueue",
	"UntagQueue":                   "UntagQueue",
}

// sqsRules are the operations that name their queue differently.
var sqsRules = map[string]func(*sqsCall) error{
	"CancelMessageMoveTask": (*sqsCall).cancelMove,
	"CreateQueue":           (*sqsCall).createQueue,
	"GetQueueUrl":           (*sqsCall).getQueueURL,
	"ListMessageMoveTasks":  (*sqsCall).listMoves,
	"StartMessageMoveTask":  (*sqsCall).startMove,
}

// sqsMembers are the members that are read.
var sqsMembers = []string{
	"DestinationArn", "QueueName", "QueueOwnerAWSAccountId", "QueueUrl", "SourceArn", "TagKeys", "Tags", "TaskHandle", "tags",
}

// sqsCall is a call of SQS, in JSON or as a form, while its needs are found.
type sqsCall struct {
	r     *Request
	in    members
	needs Needs
}

// sqsByHand returns the rules of SQS.
func sqsByHand() map[string]rule {
	rules := map[string]rule{}
	add := func(name string, resolution Resolution, find func(*sqsCall) error) {
		rules[name] = handwritten(resolution, func(r *Request) (*Needs, error) { return sqsNeeds(r, find) })
	}
	for name, action := range sqsActions {
		add(name, Exact, func(s *sqsCall) error { return s.onQueue(action) })
	}
	for name, find := range sqsRules {
		add(name, Exact, find)
	}
	add("ListQueues", Any, func(s *sqsCall) error {
		s.need("ListQueues", "*")
		s.needs.Resolution = Any
		return nil
	})
	return rules
}

func sqsNeeds(r *Request, find func(*sqsCall) error) (*Needs, error) {
	s := &sqsCall{r: r}
	var err error
	if r.Header.Get("X-Amz-Target") != "" {
		s.in, err = readMembers(r.Body)
		r.sound = err == nil && len(s.in) > 0
	} else {
		s.in, err = sqsForm(r)
	}
	if err != nil {
		return nil, err
	}
	if err := s.in.spelled(sqsMembers); err != nil {
		return nil, err
	}
	if err := find(s); err != nil {
		return nil, err
	}
	return &s.needs, nil
}

// sqsForm turns the parameters of a form into members: tags are Tag.N.Key and Tag.N.Value, and
// TagKey.N where they are removed.
func sqsForm(r *Request) (members, error) {
	form, ok := r.formOnce()
	if !ok {
		return nil, errMany
	}
	in, tags, names := members{}, members{}, []any{}
	for name, values := range form {
		in[name] = values[0]
	}
	for _, n := range indexes(form, "Tag.", ".Key") {
		tags[form.Get("Tag."+n+".Key")] = form.Get("Tag." + n + ".Value")
	}
	for _, n := range indexes(form, "TagKey.", "") {
		names = append(names, form.Get("TagKey."+n))
	}
	if len(tags) > 0 {
		in["tags"], in["Tags"] = tags, tags
	}
	if len(names) > 0 {
		in["TagKeys"] = names
	}
	return in, nil
}

func (s *sqsCall) need(action, resource string, keys ...authz.Key) {
	s.needs.Needs = append(s.needs.Needs, s.r.need("sqs:"+action, resource, keys...))
}

// onQueue needs the action on the queue of QueueUrl, or of the path: the form
// protocol may send the request to the queue's own URL.
func (s *sqsCall) onQueue(action string) error {
	arn, err := s.queue()
	if err != nil {
		return err
	}
	var keys []authz.Key
	switch action {
	case "TagQueue":
		keys = mapTags(s.in.object("Tags"))
	case "UntagQueue":
		keys = authz.TagKeys(s.in.texts("TagKeys")...)
	}
	s.need(action, arn, keys...)
	return nil
}

// queue returns the ARN of the queue that the request names. A path that names another queue than
// QueueUrl is refused: servers may take either.
func (s *sqsCall) queue() (string, error) {
	address := s.in.text("QueueUrl")
	if strings.Trim(s.r.Path, "/") == "" {
		return s.r.queue(address)
	}
	arn, err := s.r.queue(s.r.Path)
	if err != nil || address == "" {
		return arn, err
	}
	if other, err := s.r.queue(address); err != nil || arn != other {
		return "", badAddress(address)
	}
	return arn, nil
}

// isName reports whether a queue or a topic may have the name: ASCII letters, digits, hyphens and
// underscores, up to the given length, with ".fifo" after them or not.
func isName(name string, most int) bool {
	name = strings.TrimSuffix(name, ".fifo")
	strange := func(r rune) bool { return !isNameRune(r) }
	return name != "" && len(name) <= most && !strings.ContainsFunc(name, strange)
}

// isNameRune reports whether r is an ASCII letter, a digit, a hyphen or an underscore.
func isNameRune(r rune) bool { return r == '-' || r < utf8.RuneSelf && isNameByte(byte(r)) }

// isQueueName reports whether a queue may have the name.
func isQueueName(name string) bool { return isName(name, 80) }

// badAddress returns SQS's refusal of a URL, with the code InvalidAddress.
func badAddress(address string) error {
	return &Malformed{Reason: "The address " + address + " is not valid for this endpoint."} // text not confirmed
}

// queue returns the ARN of the queue with the URL: .../ACCOUNT/NAME on any host, or .../NAME if
// there is no account. A URL that names another region than the request's is refused: servers may
// take either.
func (r *Request) queue(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || strings.ContainsAny(address, "?#%;") {
		return "", badAddress(address)
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	name := parts[len(parts)-1]
	region := queueRegion(u.Hostname(), parts)
	if !isQueueName(name) || slices.Contains(parts, "..") || region != "" && region != r.Region {
		return "", badAddress(address)
	}
	account := r.Account
	if len(parts) > 1 && principal.ValidAccountID(parts[len(parts)-2]) {
		account = parts[len(parts)-2]
	}
	return r.queueARN(account, name), nil
}

func (r *Request) queueARN(account, name string) string {
	return "arn:" + r.Partition + ":sqs:" + r.Region + ":" + account + ":" + name
}

// queueRegion returns the region in a queue's URL: sqs.REGION.HOST,
// REGION.queue.HOST, or HOST/queue/REGION/ACCOUNT/NAME; empty if it names none.
func queueRegion(host string, parts []string) string {
	labels := strings.Split(host, ".")
	switch {
	case len(parts) > 3 && parts[len(parts)-4] == "queue" && isRegion(parts[len(parts)-3]):
		return parts[len(parts)-3]
	case len(labels) > 2 && labels[0] == "sqs" && isRegion(labels[1]):
		return labels[1]
	case len(labels) > 2 && labels[1] == "queue" && isRegion(labels[0]):
		return labels[0]
	}
	return ""
}

// isRegion reports whether s looks like the name of a region, such as us-gov-east-1.
func isRegion(s string) bool {
	parts := strings.Split(s, "-")
	last := parts[len(parts)-1]
	return len(parts) >= 3 && len(parts[0]) == 2 && last != "" && strings.Trim(last, "0123456789") == ""
}

func (s *sqsCall) createQueue() error {
	name := s.in.text("QueueName")
	if !isQueueName(name) {
		return errQueueName
	}
	arn := s.r.arn("sqs", name)
	tags := mapTags(s.in.object("tags"))
	s.need("CreateQueue", arn, tags...)
	if len(tags) > 0 {
		s.need("TagQueue", arn, tags...)
	}
	return nil
}

// errQueueName is SQS's refusal of a name, with the code InvalidParameterValue.
var errQueueName = &Malformed{Reason: "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"}

func (s *sqsCall) getQueueURL() error {
	name := s.in.text("QueueName")
	if !isQueueName(name) {
		return errQueueName
	}
	owner := s.in.text("QueueOwnerAWSAccountId")
	if owner == "" {
		owner = s.r.Account
	}
	s.need("GetQueueUrl", s.r.queueARN(owner, name))
	return nil
}

// startMove needs the permissions to take messages from the source, and to send them to the destination if one is named.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
func (s *sqsCall) startMove() error {
	if err := s.onARN(s.in.text("SourceArn"), "StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"); err != nil {
		return err
	}
	if destination := s.in.text("DestinationArn"); destination != "" {
		return s.onARN(destination, "SendMessage")
	}
	return nil
}

func (s *sqsCall) listMoves() error {
	return s.onARN(s.in.text("SourceArn"), "ListMessageMoveTasks", "GetQueueAttributes")
}

// cancelMove finds the queue in the handle, which at AWS is JSON with a sourceArn, in base64. It is
// opaque by contract.
func (s *sqsCall) cancelMove() error {
	actions := []string{"CancelMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"}
	handle, _ := base64.StdEncoding.DecodeString(s.in.text("TaskHandle"))
	in, err := readMembers(handle)
	if source := in.text("sourceArn"); err == nil && source != "" {
		return s.onARN(source, actions...)
	}
	for _, action := range actions {
		s.need(action, "*")
	}
	s.needs.Resolution = Unresolved
	return nil
}

func (s *sqsCall) onARN(arn string, actions ...string) error {
	for _, action := range actions {
		s.need(action, arn)
	}
	return s.r.checkARN("sqs", arn)
}

// mapTags returns the keys of tags that are given as a map.
func mapTags(m members) []authz.Key {
	var tags []tag
	for _, name := range m.names() {
		tags = append(tags, tag{name, m.text(name)})
	}
	return requestTags(tags)
}
