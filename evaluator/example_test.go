package evaluator_test

import (
	"fmt"
	"log"

	"github.com/understudy-iam/understudy/evaluator"
)

func compile(kind evaluator.Kind, id, document string) *evaluator.Policy {
	p, err := evaluator.Compile(document, kind, evaluator.Origin{ID: id})
	if err != nil {
		log.Fatal(err)
	}
	return p
}

var ana = evaluator.Principal{
	Kind:      evaluator.User,
	Account:   "111122223333",
	ARN:       "arn:aws:iam::111122223333:user/ana",
	EntityARN: "arn:aws:iam::111122223333:user/ana",
	EntityID:  "AIDAEXAMPLEEXAMPLE234",
}

// A yes or no: may the user read the object?
func ExampleDecide() {
	home := compile(evaluator.Identity, "home", `{
		"Version": "2012-10-17",
		"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files/${aws:username}/*"}
	}`)
	var context evaluator.Context
	context.Set("aws:username", "ana")
	policies := &evaluator.Policies{Identity: []*evaluator.Policy{home}}

	for _, key := range []string{"ana/letter.txt", "bob/letter.txt"} {
		fmt.Println(key, evaluator.Decide(&evaluator.Request{
			Principal: ana,
			Action:    "s3:GetObject",
			Resource:  "arn:aws:s3:::files/" + key,
			Context:   &context,
		}, policies))
	}
	// Output:
	// ana/letter.txt true
	// bob/letter.txt false
}

// An explanation: which statements applied, and which keys were missing?
func ExampleEvaluate() {
	policies := &evaluator.Policies{Identity: []*evaluator.Policy{
		compile(evaluator.Identity, "office", `{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}},
    {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}
  ]
}`)}}

	var result evaluator.Result // can be reused
	for _, action := range []string{"s3:GetObject", "s3:DeleteObject"} {
		evaluator.Evaluate(&evaluator.Request{Principal: ana, Action: action, Resource: "arn:aws:s3:::files/x"}, policies, &result)
		fmt.Printf("%s: %s by %s. %s\n", action, result.Decision, result.DeniedBy, result.Reason.Sentence())
		for _, m := range result.Matches {
			fmt.Printf("  %s statement of %s at line %d\n", m.Effect(), m.Policy.Origin().ID, m.Statement.Start.Line)
		}
		for _, key := range result.MissingKeys {
			fmt.Printf("  %s is missing\n", key)
		}
	}
	// Output:
	// s3:GetObject: implicitDeny by identity. No statement of the layer's policies allows the request.
	//   aws:SourceIp is missing
	// s3:DeleteObject: explicitDeny by identity. A Deny statement applies, and a denial outweighs everything that allows.
	//   Deny statement of office at line 5
}

// A permissions boundary limits what identity policies allow, and grants nothing.
func ExampleEvaluate_permissionsBoundary() {
	policies := &evaluator.Policies{
		Identity: []*evaluator.Policy{compile(evaluator.Identity, "admin",
			`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}`)},
		Boundary: compile(evaluator.Boundary, "limit",
			`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["s3:*", "sqs:*"], "Resource": "*"}}`),
	}
	var result evaluator.Result
	for _, action := range []string{"sqs:SendMessage", "iam:CreateUser"} {
		evaluator.Evaluate(&evaluator.Request{Principal: ana, Action: action, Resource: "*"}, policies, &result)
		fmt.Println(action, result.Decision)
		for _, layer := range result.Layers {
			fmt.Printf("  %s: %s\n", layer.Kind, layer.Decision)
		}
	}
	// Output:
	// sqs:SendMessage allowed
	//   identity: allowed
	//   boundary: allowed
	// iam:CreateUser implicitDeny
	//   identity: allowed
	//   boundary: implicitDeny
}

// Across accounts, both the caller's policies and the resource's policy must allow
// the request.
func ExampleEvaluate_crossAccount() {
	bucket := compile(evaluator.Resource, "bucket", `{
		"Version": "2012-10-17",
		"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::theirs/*"}
	}`)
	reader := compile(evaluator.Identity, "reader",
		`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}`)
	request := &evaluator.Request{
		Principal:       ana,
		Action:          "s3:GetObject",
		Resource:        "arn:aws:s3:::theirs/report",
		ResourceAccount: "444455556666",
	}
	fmt.Println("both:", evaluator.Decide(request, &evaluator.Policies{Identity: []*evaluator.Policy{reader}, Resource: bucket}))
	fmt.Println("caller only:", evaluator.Decide(request, &evaluator.Policies{Identity: []*evaluator.Policy{reader}}))
	fmt.Println("owner only:", evaluator.Decide(request, &evaluator.Policies{Resource: bucket}))
	// Output:
	// both: true
	// caller only: false
	// owner only: false
}

// Validate returns the errors that AWS returns when a policy is stored.
func ExampleValidate() {
	err := evaluator.Validate(`{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "GetObject", "Resource": "*"}
  ]
}`, evaluator.Identity)
	fmt.Println(err)
	fmt.Println("line", err.(*evaluator.MalformedError).At.Line)
	// Output:
	// Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.
	// line 4
}
