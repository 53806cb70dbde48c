package services

import (
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

var update = flag.Bool("update", false, "rewrite the files of cases in testdata")

// handServices are the services of which no operation is left to the table.
var handServices = []string{"dynamodb", "dynamodbstreams", "s3", "sns", "sqs"}

// caseServices have cases: handServices, and those whose needs are refined.
var caseServices = append([]string{"ec2", "ecr", "events", "kinesis", "kms", "lambda", "logs", "secretsmanager", "ssm", "stepfunctions"},
	handServices...)

// TestNeedsByHand runs the cases of testdata/SERVICE.txt. A case is a line
// "=== NAME", a request, a line "---" and the needs that are expected.
func TestNeedsByHand(t *testing.T) {
	t.Parallel()
	least := map[string]int{"dynamodb": 40, "dynamodbstreams": 5, "s3": 40, "sns": 15, "sqs": 15}
	for _, service := range caseServices {
		n := least[service]
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			cases := readCases(t, service)
			if len(cases) < n {
				t.Errorf("%d cases, want %d or more", len(cases), n)
			}
			for i := range cases {
				t.Run(cases[i].name, func(t *testing.T) { cases[i].run(t, service) })
			}
			if *update {
				writeCases(t, service, cases)
			}
		})
	}
}

type needsCase struct{ name, request, want string }

func (c *needsCase) run(t *testing.T, service string) {
	r := caseRequest(t, service, c.request)
	got := describeNeeds(r)
	if *update {
		c.want = got
	} else if diff := cmp.Diff(c.want, got); diff != "" {
		t.Errorf("needs (-want +got):\n%s", diff)
	}
}

// Nothing is decided by an ARN of another partition, whatever the member that has it.
func TestNoNeedsInAnotherPartition(t *testing.T) {
	t.Parallel()
	const other = "arn:aws-cn:"
	looked := 0
	for _, service := range handServices {
		for _, c := range readCases(t, service) {
			for _, own := range []string{"arn:aws:", "arn%3Aaws%3A"} {
				text := strings.ReplaceAll(c.request, own, strings.ReplaceAll(own, "aws", "aws-cn"))
				if text == c.request {
					continue
				}
				looked++
				r := caseRequest(t, service, text)
				call, err := Recognise(r)
				if err != nil {
					t.Fatal(err)
				}
				needs, err := call.Needs(r)
				if err != nil {
					continue
				}
				for _, n := range needs.Needs {
					if strings.HasPrefix(n.Resource, other) {
						t.Errorf("%s: %s: it needs %s on %s", service, c.name, n.Action, n.Resource)
					}
				}
			}
		}
	}
	if looked < 40 {
		t.Errorf("%d cases have an ARN", looked)
	}
}

func casesFile(service string) string { return "testdata/" + service + ".txt" }

func readCases(t *testing.T, service string) []needsCase {
	t.Helper()
	b, err := os.ReadFile(casesFile(service))
	if err != nil {
		t.Fatal(err)
	}
	var cases []needsCase
	for part := range strings.SplitSeq(string(b), "=== ") {
		name, rest, _ := strings.Cut(part, "\n")
		if name == "" {
			continue
		}
		request, want, _ := strings.Cut(rest, "\n---\n")
		cases = append(cases, needsCase{name, request, strings.TrimRight(want, "\n") + "\n"})
	}
	return cases
}

func writeCases(t *testing.T, service string, cases []needsCase) {
	t.Helper()
	var b strings.Builder
	for _, c := range cases {
		fmt.Fprintf(&b, "=== %s\n%s\n---\n%s\n", c.name, c.request, c.want)
	}
	if err := os.WriteFile(casesFile(service), []byte(strings.TrimSuffix(b.String(), "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}

// caseTargets are the targets of services whose cases are written "OPERATION JSON".
// Those of SNS and EC2 are written "OPERATION FORM", those of S3 and Lambda as requests.
var caseTargets = map[string]string{
	"dynamodb":        "DynamoDB_20120810.",
	"dynamodbstreams": "DynamoDBStreams_20120810.",
	"sqs":             "AmazonSQS.",
}

func caseRequest(t *testing.T, service, text string) *Request {
	t.Helper()
	signing := map[string]string{"dynamodbstreams": "dynamodb", "stepfunctions": "states"}
	if service == "sns" || service == "ec2" {
		operation, fields, _ := strings.Cut(text, " ")
		text = "POST /" + form + "Action=" + operation + "&Version=" + serviceNamed(service).Version + "&" + fields
	}
	target, ok := caseTargets[service]
	if s := serviceNamed(service); !ok && s.Target != "" {
		target, ok = s.Target+".", true
	}
	if ok && !strings.HasPrefix(text, "POST /") && !strings.HasPrefix(text, "GET /") {
		operation, body, _ := strings.Cut(text, " ")
		text = "POST /" + json10 + target + operation + "\n\n" + body
	}
	if name, ok := signing[service]; ok {
		service = name
	}
	r := request(t, service, text)
	if fields := r.Header.Get("Form"); fields != "" {
		var err error
		if r.Form, err = url.ParseQuery(fields); err != nil {
			t.Fatal(err)
		}
		r.Header.Del("Form")
	}
	r.Time = time.Date(2026, 10, 1, 12, 0, 10, 0, time.UTC)
	r.Schema, r.Caller, r.Resolve, r.KeyOf = caseSchema, "123456789012", caseResolve, caseKey
	return r
}

// caseKey knows a key of whatever is called sealed, and one of AWS's of what is stored.
func caseKey(resource string) StoredKey {
	switch {
	case strings.Contains(resource, "sealed"):
		return StoredKey{Name: "one", OfBucket: service(resource) == "s3"}
	case strings.Contains(resource, "stored"):
		return StoredKey{Name: "alias/aws/" + service(resource)}
	}
	return StoredKey{}
}

// caseResolve knows a name of each kind.
func caseResolve(kind Lookup, name string) string {
	return map[Lookup]map[string]string{
		AliasOfKey:      {"arn:aws:kms:us-east-1:123456789012:alias/known": "arn:aws:kms:us-east-1:123456789012:key/one"},
		CiphertextOfKey: {"a25vd24=": "arn:aws:kms:us-east-1:123456789012:key/one"},
		FunctionOfMapping: {
			"arn:aws:lambda:us-east-1:123456789012:event-source-mapping:known": "arn:aws:lambda:us-east-1:123456789012:function:f",
		},
		KeyManager:       {"arn:aws:kms:us-east-1:123456789012:key/aws": "AWS"},
		IteratorOfStream: {"known": "arn:aws:kinesis:us-east-1:123456789012:stream/clicks"},
		NameOfSecret: {
			"arn:aws:secretsmanager:us-east-1:123456789012:secret:known": "arn:aws:secretsmanager:us-east-1:123456789012:secret:known-AbCdEf",
		},
	}[kind][name]
}

// caseSchema knows one table.
func caseSchema(table string) TableSchema {
	if !strings.HasSuffix(table, ":table/Games") {
		return TableSchema{}
	}
	return TableSchema{Partition: []string{"User"}, Indexes: map[string][]string{
		"ByTitle": {"Title"}, "ByPlace": {"Country", "City"},
	}}
}

// describeNeeds writes the needs of a request, a line each, with their keys behind them.
func describeNeeds(r *Request) string {
	call, err := Recognise(r)
	if err != nil {
		return err.Error() + "\n"
	}
	needs, err := call.Needs(r)
	if bad := (*Malformed)(nil); errors.As(err, &bad) {
		return "malformed: " + bad.Reason + "\n"
	} else if err != nil {
		return "error: " + err.Error() + "\n"
	}
	var b strings.Builder
	b.WriteString(call.Operation + " " + [...]string{"exact", "any", "unresolved"}[needs.Resolution] + "\n")
	for name, value := range needs.Set {
		b.WriteString("forwarded with " + name + ": " + value + "\n")
	}
	for i, n := range needs.Needs {
		for item, part := range needs.Items {
			if part.From == i {
				fmt.Fprintf(&b, "item %d\n", item)
			}
		}
		fmt.Fprintf(&b, "%s %s", n.Action, n.Resource)
		if n.Owner != "" && n.Owner != r.Account {
			b.WriteString(" of " + n.Owner)
		}
		b.WriteString("\n")
		for _, k := range n.Keys {
			b.WriteString("\t" + describeKey(k) + "\n")
		}
	}
	return b.String()
}

func describeKey(k authz.Key) string {
	if k.Multi {
		return k.Name + " = [" + strings.Join(k.Values, ", ") + "]"
	}
	return k.Name + " = " + strings.Join(k.Values, "|")
}

// TestByHandIsWhole holds the rules of services that are written by hand as a whole
// against their operations.
func TestByHandIsWhole(t *testing.T) {
	t.Parallel()
	for _, s := range opened().services {
		rules, ok := byHand()[s.Name]
		if !slices.Contains(handServices, s.Name) {
			continue
		}
		if !ok {
			t.Errorf("%s has no rules", s.Name)
		}
		for name := range s.loaded().operations {
			if _, ok := rules[name]; !ok {
				t.Errorf("%s: %s has no rule", s.Name, name)
			}
		}
	}
}

// TestByHandIsInTheCatalog holds what the cases expect against the service
// reference: the actions exist, take the resource, and know the keys.
func TestByHandIsInTheCatalog(t *testing.T) {
	t.Parallel()
	for _, service := range caseServices {
		for _, c := range readCases(t, service) {
			r := caseRequest(t, service, c.request)
			call, err := Recognise(r)
			if err != nil {
				continue
			}
			needs, err := call.Needs(r)
			if err != nil {
				continue
			}
			for _, n := range needs.Needs {
				checkNeed(t, service+": "+c.name, n, needs.Resolution)
			}
		}
	}
}

func checkNeed(t *testing.T, name string, n authz.Need, resolution Resolution) {
	t.Helper()
	action, ok := catalog.FindAction(n.Action)
	switch {
	case !ok:
		t.Errorf("%s: there is no action %s", name, n.Action)
	case n.Resource == "*" && resolution == Exact:
		t.Errorf("%s: %s is on every resource, and said to be exact", name, n.Action)
	case n.Resource == "*" && resolution == Any && len(action.Resources) > 0:
		t.Errorf("%s: %s has resource types, and is said to have none", name, n.Action)
	case strings.HasPrefix(n.Resource, "arn:") && !action.Accepts(n.Resource):
		t.Errorf("%s: %s does not take %s", name, n.Action, n.Resource)
	}
	for _, k := range n.Keys {
		if _, ok := catalog.FindKey(k.Name); !ok {
			t.Errorf("%s: there is no key %s", name, k.Name)
		}
		if k.Multi != catalog.MultiValued(k.Name) {
			t.Errorf("%s: %s has several values in the reference: %t", name, k.Name, !k.Multi)
		}
	}
}
