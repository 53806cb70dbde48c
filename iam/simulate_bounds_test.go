package iam_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

func entries(n int, values ...string) (list []types.ContextEntry) {
	for i := range n {
		list = append(list, types.ContextEntry{
			ContextKeyName: aws.String(fmt.Sprint("my:key", i)), ContextKeyType: types.ContextKeyTypeEnumStringList,
			ContextKeyValues: values,
		})
	}
	return list
}

func TestBoundsOfSimulations(t *testing.T) {
	t.Parallel()
	f := newSimulator(t, false)
	get := []string{"s3:GetObject"}
	for _, c := range []struct {
		name, want string // of the error; empty for none
		in         iam.SimulateCustomPolicyInput
	}{
		{"as many keys as may be", "", iam.SimulateCustomPolicyInput{ActionNames: get, ContextEntries: entries(1000, "v")}},
		{"a key more", "The simulation has 1001 context entries. Up to 1000 can be simulated. Send only those that the policies ask for.",
			iam.SimulateCustomPolicyInput{ActionNames: get, ContextEntries: entries(1001, "v")}},
		{"characters count, not bytes", "", iam.SimulateCustomPolicyInput{
			ActionNames: get, ContextEntries: entries(1, strings.Repeat("é", 131_064)),
		}},
		{"a character more",
			"The names and values of the context entries have 131073 characters. Up to 131072 can be simulated. Send fewer or shorter values.",
			iam.SimulateCustomPolicyInput{ActionNames: get, ContextEntries: entries(1, strings.Repeat("é", 131_065))}},
		{"empty values count",
			"The names and values of the context entries have 131073 characters. Up to 131072 can be simulated. Send fewer or shorter values.",
			iam.SimulateCustomPolicyInput{ActionNames: get, ContextEntries: entries(1, make([]string, 131_066)...)}},
		{"as many values as a key may have", "",
			iam.SimulateCustomPolicyInput{ActionNames: get, ContextEntries: entries(1, make([]string, 1000)...)}},
		{"a value more",
			"The context key my:key0 has 1001 values. Up to 1000 can be simulated, as each is compared with each value of a policy. Send fewer values.",
			iam.SimulateCustomPolicyInput{ActionNames: get, ContextEntries: entries(1, make([]string, 1001)...)}},
		{"more decisions than an answer holds",
			"The answer would hold more than 100000 decisions, statements and keys. Send fewer actions or resources, or a smaller MaxItems.",
			iam.SimulateCustomPolicyInput{ActionNames: slices.Repeat(get, 400), ResourceArns: slices.Repeat([]string{bucketA}, 251),
				MaxItems: aws.Int32(1000)}},
		{"a page of them", "",
			iam.SimulateCustomPolicyInput{ActionNames: slices.Repeat(get, 400), ResourceArns: slices.Repeat([]string{bucketA}, 251),
				MaxItems: aws.Int32(10)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := f.SimulateCustomPolicy(f.root, &c.in)
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			testkit.WantError(t, err, "InvalidInput", c.want)
		})
	}
}

// leaving is the context of a client that leaves after the server has checked a number of
// times whether it is still there.
type leaving struct {
	context.Context
	looks, leavesAt int
}

func (l *leaving) Err() error {
	if l.looks++; l.looks >= l.leavesAt {
		return context.Canceled
	}
	return nil
}

func TestSimulationEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	f := newStaff(t, false)
	for _, simulate := range []func(context.Context) error{
		func(ctx context.Context) error {
			_, err := f.SimulateCustomPolicy(ctx, &iam.SimulateCustomPolicyInput{
				ActionNames: slices.Repeat([]string{"s3:GetObject"}, 100), ResourceArns: slices.Repeat([]string{bucketA}, 100),
			})
			return err
		},
		func(ctx context.Context) error {
			_, err := f.SimulatePrincipalPolicy(ctx, &iam.SimulatePrincipalPolicyInput{
				PolicySourceArn: aws.String(ann), ActionNames: slices.Repeat([]string{"s3:GetObject"}, 100),
				ResourceArns: slices.Repeat([]string{bucketA}, 100),
			})
			return err
		},
		func(ctx context.Context) error {
			long := oneStatement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ForAnyValue:ArnLike":{"my:key0":["arn:*:s3:::*b"` +
				strings.Repeat(`,"arn:*:s3:::*b"`, 5000) + `]}}`)
			_, err := f.SimulateCustomPolicy(ctx, &iam.SimulateCustomPolicyInput{
				PolicyInputList: []string{long}, ActionNames: []string{"s3:GetObject"},
				ContextEntries: entries(1, slices.Repeat([]string{bucketA}, 1000)...),
			})
			return err
		},
	} {
		ctx := &leaving{Context: f.root, leavesAt: 5}
		if err := simulate(ctx); !errors.Is(err, context.Canceled) || ctx.looks != 5 {
			t.Errorf("error %v after %d looks; want it to end at the fifth", err, ctx.looks)
		}
	}
}
