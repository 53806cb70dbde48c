package awsapi_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/awsapi"
)

// nowhere is a ResponseWriter that costs nothing.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}

func someUsers(n int) *iam.ListUsersOutput {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	out := &iam.ListUsersOutput{IsTruncated: true, Marker: aws.String(strings.Repeat("m", 88))}
	for i := range n {
		name := fmt.Sprintf("user-%06d", i)
		out.Users = append(out.Users, types.User{Path: aws.String("/"), UserName: &name, UserId: aws.String("AIDAEXAMPLEEXAMPLEEXA"),
			Arn: aws.String("arn:aws:iam::123456789012:user/" + name), CreateDate: &at})
	}
	return out
}

// The codec alone: a small form to an input, and an output to its document.
func BenchmarkCodec(b *testing.B) {
	h := newHandler(b, allOperations(empty), options())
	user := &iam.CreateUserOutput{User: &someUsers(1).Users[0]}
	cases := []struct {
		name, operation, form string
		out                   any
	}{
		{"CreateUser", "CreateUser", "Action=CreateUser&Version=2010-05-08&UserName=user-000001&Path=%2F", user},
		{"TagUser", "TagUser", "Action=TagUser&Version=2010-05-08&UserName=a" + manyTags(5), &iam.TagUserOutput{}},
		{"ListUsers100", "ListUsers", "Action=ListUsers&Version=2010-05-08&MaxItems=100", someUsers(100)},
	}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			var buf []byte
			b.ReportAllocs()
			for b.Loop() {
				if _, err := awsapi.Decode(h, "iam", c.operation, c.form); err != nil {
					b.Fatal(err)
				}
				buf = awsapi.Encode(h, "iam", c.operation, c.out, buf[:0])
			}
		})
	}
}

// Everything that a signed request goes through, but for the network.
func BenchmarkHandler(b *testing.B) {
	out := &iam.GetUserOutput{User: &someUsers(1).Users[0]}
	h := newHandler(b, []awsapi.Operation{awsapi.Op(func(context.Context, *iam.GetUserInput) (*iam.GetUserOutput, error) {
		return out, nil
	})}, options())
	const body = "Action=GetUser&Version=2010-05-08&UserName=user-000001"
	r := form(body)
	sign(b, r, "iam", body)
	w := nowhere{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		r.Body = readCloser{strings.NewReader(body)}
		h.ServeHTTP(w, r)
	}
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// What a start costs: a handler with every operation.
func BenchmarkNewHandler(b *testing.B) {
	ops := allOperations(empty)
	for b.Loop() {
		newHandler(b, ops, options())
	}
}
