package iamtest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/faults"
	"github.com/understudy-iam/understudy/iamtest"
)

// A client that retries gets through two throttled calls.
func ExampleFaults_Add() {
	srv := iamtest.Start(exampleTB{})
	defer srv.Stop()
	ctx := context.Background()
	id := srv.Faults.Add(faults.Rule{Kind: faults.Throttle, Operation: "iam:CreateUser", Count: 2})

	cfg := srv.Config(ctx)
	cfg.Retryer = func() aws.Retryer {
		return retry.AddWithMaxBackoffDelay(retry.NewStandard(), time.Millisecond) // three attempts
	}
	_, err := iam.NewFromConfig(cfg).CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("ana")})
	fmt.Println(err, srv.Faults.Hits(id))
	// Output: <nil> 2
}

func TestFaultsThatCannotBeMeant(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	for _, c := range []struct {
		name string
		do   func(*iamtest.Faults)
		says string
	}{
		{"an unknown kind", func(f *iamtest.Faults) { f.Add(faults.Rule{Kind: "explode"}) },
			`iamtest: Faults.Add: kind "explode" is none of`},
		{"hits of no rule", func(f *iamtest.Faults) { f.Hits("x") }, `iamtest: Faults.Hits: there is no rule "x"`},
		{"the end of no rule", func(f *iamtest.Faults) { f.Remove("x") }, `iamtest: Faults.Remove("x")`},
	} {
		said := ""
		if c.do(srv.For(failing{t, &said}).Faults); !strings.Contains(said, c.says) {
			t.Errorf("%s: says %q; want %q", c.name, said, c.says)
		}
	}
}
