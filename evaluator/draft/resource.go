package draft

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// Wildcards says which parts of resource names a draft replaces with wildcards.
type Wildcards string

// The values of Wildcards. The zero value is NoWildcards.
const (
	NoWildcards   Wildcards = "none"  // the resources that were called
	IDWildcards   Wildcards = "ids"   // parts that AWS generates, such as the ID of a key, are "*"
	NameWildcards Wildcards = "names" // the last part is "*" too, whoever named it
)

// pattern returns what a draft writes for the resource of a call.
func (w Wildcards) pattern(action *catalog.Action, known bool, resource string) string {
	if known && len(action.Resources) == 0 || resource == "*" {
		return "*"
	}
	head, tail, ok := cutARN(resource)
	if !ok {
		return "*" // AWS accepts nothing else that is not an ARN
	}
	service := strings.SplitN(head, ":", 4)[2]
	ids := w == IDWildcards || w == NameWildcards
	if ids && service != "s3" {
		tail = long.ReplaceAllString(tail, "$1*$2")
	}
	parts := split(tail)
	wild := wildParts(parts, service)
	if ids && service != "s3" {
		wildIDs(parts, service, variables(action, resource, len(parts)), wild)
	}
	for i := range parts {
		if !wild[i] {
			parts[i] = literal(parts[i])
		}
	}
	if w == NameWildcards {
		parts[len(parts)-1] = "*"
	}
	return literal(head) + strings.Join(parts, "")
}

// wildParts reports which parts are wildcards in the request already: a resource that a call creates
// has no ID yet, and AWS decides such a call for "instance/*". The key of an S3 object may be "*".
func wildParts(parts []string, service string) []bool {
	wild := make([]bool, len(parts))
	for i, p := range parts {
		wild[i] = service != "s3" && (p == "*" || p == "o-*" || strings.HasSuffix(p, "-??????"))
	}
	return wild
}

// cutARN cuts an ARN before its sixth field.
func cutARN(arn string) (head, tail string, ok bool) {
	at := 0
	for range 5 {
		i := strings.IndexByte(arn[at:], ':')
		if i < 0 {
			return "", "", false
		}
		at += i + 1
	}
	return arn[:at], arn[at:], strings.HasPrefix(arn, "arn:")
}

// split divides the last field of an ARN; elements of odd index are the separators.
func split(tail string) []string {
	var out []string
	for {
		i := strings.IndexAny(tail, "/:")
		if i < 0 {
			return append(out, tail)
		}
		out, tail = append(out, tail[:i], tail[i:i+1]), tail[i+1:]
	}
}

// literal writes a string so that it has no wildcard and no variable. A byte that is not a character cannot
// be in a document; it becomes "?".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
func literal(s string) string {
	if strings.ContainsAny(s, "*?$") {
		s = strings.NewReplacer("*", "${*}", "?", "${?}", "${", "${$}{").Replace(s)
	}
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s { // a byte that is not a character comes as a separate RuneError
		if r == utf8.RuneError {
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// escapeVariables writes a string for an operator that has no wildcards.
func escapeVariables(s string) string { return strings.ReplaceAll(s, "${", "${$}{") }

// long matches names of several parts that AWS generates, with nothing next to them: the
// label of a DynamoDB stream, and the name of a Lambda log stream.
var long = regexp.MustCompile(`(^|[/:])` +
	`(?:\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[.\d]*|\d{4}/\d{2}/\d{2}/\[[^\]]*\][0-9a-f]{32})` +
	`($|[/:])`)

// made matches IDs that AWS generates, for any kind of resource: UUIDs, and the IDs of
// multi-Region keys, of what EC2 creates, of load balancers and tasks, of user pools and of
// IAM.
var made = regexp.MustCompile(`^(?:` +
	`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}` +
	`|mrk-[0-9a-f]{32}` +
	`|[a-z]{1,12}-(?:[0-9a-f]{8}|[0-9a-f]{17})` +
	`|[0-9a-f]{16}|[0-9a-f]{32}` +
	`|[a-z]{2}(?:-[a-z]+)+-\d_[0-9A-Za-z]{9}` +
	`|A(?:IDA|ROA|GPA|NPA|IPA|SCA)[A-Z0-9]{12,}` +
	`)$`)

// id matches IDs, but also names that people choose; it counts only if AWS's reference
// calls the variable of the part an ID.
var id = regexp.MustCompile(`^[0-9A-Za-z_-]*[0-9][0-9A-Za-z_-]*$`)

// wildIDs replaces the parts that AWS generates, and marks them as wild. names holds the
// variables of the parts, empty where a part has none; nil if they are not known.
func wildIDs(parts []string, service string, names []string, wild []bool) {
	last := len(parts) - 1
	if service == "secretsmanager" && parts[0] == "secret" && secret.MatchString(parts[last]) {
		name := parts[last]
		parts[last], wild[last] = literal(name[:len(name)-6])+"??????", true
		return
	}
	for i, p := range parts {
		named := names != nil && strings.HasSuffix(strings.ToLower(names[i]), "id") && len(p) >= 8 && id.MatchString(p)
		if made.MatchString(p) || named {
			parts[i], wild[i] = "*", true
		}
	}
}

// secret matches the end of a secret's name: the six characters that AWS appends.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
var secret = regexp.MustCompile(`-[0-9A-Za-z]{6}$`)

// variables returns the names of the variables in the parts of the resource, from the
// first form of the action's resource types with the same number of parts; nil if
// there is none.
func variables(action *catalog.Action, resource string, count int) []string {
	_, tail, _ := cutARN(resource)
	parts := split(tail)
	if len(parts) != count {
		return nil // a part has been replaced already
	}
	for _, r := range action.Resources {
		for _, p := range r.Patterns {
			_, form, _ := cutARN(p)
			names := split(form)
			if len(names) == len(parts) && fits(names, parts) {
				return names
			}
		}
	}
	return nil
}

// fits reports whether the parts match the literals of the form, and removes the
// braces from its variables. Other parts of the form become empty.
func fits(form, parts []string) bool {
	for i, f := range form {
		name, ok := strings.CutPrefix(f, "${")
		if ok {
			form[i] = strings.TrimSuffix(name, "}")
			continue
		}
		if f != parts[i] {
			return false
		}
		form[i] = ""
	}
	return true
}
