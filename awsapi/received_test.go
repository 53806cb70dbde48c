package awsapi_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/awsapi/model"
)

// An input that is not sent is the input that is: for each operation, filled to
// the brim.
func TestReceivedIsWhatTheSDKSends(t *testing.T) {
	t.Parallel()
	for _, op := range sdkOperations() {
		in := (&filler{}).new(served(op.in))
		got, err := awsapi.ReceivedOf(lenient(), op.service, in)
		if err != nil {
			t.Errorf("%s: %v", op.name, err)
		}
		if diff := equal(in, got); diff != "" {
			t.Errorf("%s (-given +received):\n%s", op.name, diff)
		}
	}
}

// What a model forbids is answered as over the wire.
func TestReceivedChecksAsTheWireDoes(t *testing.T) {
	t.Parallel()
	o := options()
	o.Now = time.Now
	h := newHandler(t, allOperations(empty), o)
	for name, in := range map[string]any{
		"a name that is too long and a path that is none": &iam.CreateUserInput{UserName: aws.String(strings.Repeat("a", 200)),
			Path: aws.String("x")},
		"a tag without a key": &iam.TagUserInput{
			UserName: aws.String("a"), Tags: []types.Tag{{Key: aws.String(""), Value: aws.String("v")}},
		},
		"elements": &iam.SimulateCustomPolicyInput{ActionNames: []string{"a", "iam:GetUser"}, PolicyInputList: []string{""}},
		"an enum":  &iam.UpdateAccessKeyInput{AccessKeyId: aws.String("AKIAIOSFODNN7EXAMPLE"), Status: "Off"},
		"a number": &iam.ListUsersInput{MaxItems: aws.Int32(0)},
		"a service that echoes": &sts.AssumeRoleInput{
			RoleArn: aws.String("short"), RoleSessionName: aws.String("a b"), DurationSeconds: aws.Int32(1),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var service, operation string
			for _, op := range sdkOperations() {
				if reflect.TypeOf(in).Elem() == op.in {
					service, operation = op.service, op.name
				}
			}
			_, want := invoke(clientOf(service, h), operation, in)
			_, got := awsapi.ReceivedOf(model.New(), service, in)
			if want == nil {
				t.Fatal("the input is accepted")
			}
			if diff := cmp.Diff(failureOf(t, want), failureOf(t, got)); diff != "" {
				t.Errorf("error (-sent +received):\n%s", diff)
			}
		})
	}
}

func TestReceived(t *testing.T) {
	t.Parallel()
	got, err := awsapi.Received(model.New(), &iam.CreateUserInput{UserName: aws.String("ann")})
	if err != nil || aws.ToString(got.UserName) != "ann" {
		t.Errorf("Received: %v, %v", got, err)
	}
	if got, err := awsapi.Received(model.New(), &iam.CreateUserInput{UserName: aws.String("")}); err == nil {
		t.Errorf("an empty name is received: %v", got)
	}
	// Bytes that are not UTF-8 arrive as U+FFFD, as over the wire.
	got, err = awsapi.Received(lenient(), &iam.CreateUserInput{UserName: aws.String("a\xff")})
	if err != nil || aws.ToString(got.UserName) != "a\uFFFD" {
		t.Errorf("Received: %v, %v", got, err)
	}
}
