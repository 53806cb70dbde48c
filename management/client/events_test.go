package client_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/management/client"
)

// names returns the names in records.
func names(list ...*events.Record) []string {
	texts := []string{}
	for _, r := range list {
		texts = append(texts, r.RecipientAccountID+" "+r.EventName+" "+r.ErrorCode)
	}
	return texts
}

func createUser(t *testing.T, s *iamtest.Server) {
	t.Helper()
	if _, err := s.IAM().CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("ana")}); err != nil {
		t.Fatal(err)
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	s := iamtest.Start(t)
	c := newClient(t, client.Options{URL: s.URL})
	createUser(t, s)
	_, _ = s.IAM().CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("ana")}) // there is one
	if _, err := s.STS().GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); err != nil {
		t.Fatal(err)
	}
	const account = "000000000000 "
	created, failed, identity := account+"CreateUser ", account+"CreateUser EntityAlreadyExistsException", account+"GetCallerIdentity "
	for name, q := range map[string]struct {
		management.CallQuery
		want []string
	}{
		"all":              {management.CallQuery{}, []string{identity, failed, created}},
		"the last":         {management.CallQuery{Limit: 2}, []string{identity, failed}},
		"of IAM":           {management.CallQuery{Source: "iam"}, []string{failed, created}},
		"that fail":        {management.CallQuery{Error: "*Exists"}, []string{failed}},
		"that read":        {management.CallQuery{ReadOnly: "true"}, []string{identity}},
		"by decision":      {management.CallQuery{Decision: "allowed", Action: "iam:*"}, []string{failed, created}},
		"by name":          {management.CallQuery{EventName: "createuser"}, []string{failed, created}},
		"of an account":    {management.CallQuery{Account: "111122223333"}, []string{}},
		"of a principal":   {management.CallQuery{Principal: "*:root", Since: "1h", Until: "-1h"}, []string{identity, failed, created}},
		"before they were": {management.CallQuery{Until: "2026-01-01T00:00:00Z", Since: "2025-01-01T00:00:00Z"}, []string{}},
	} {
		list, err := c.Events(t.Context(), &q.CallQuery)
		if diff := cmp.Diff(q.want, names(list...)); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	decided, err := c.Decisions(t.Context(), &management.CallQuery{Error: "*"})
	if err != nil || len(decided) != 1 || decided[0].Operation != "CreateUser" {
		t.Errorf("the decisions about what fails: %+v, %v", decided, err)
	}
}

func TestEventQueriesThatAreWrong(t *testing.T) {
	t.Parallel()
	clients(t, func(t *testing.T, c *client.Client) {
		for text, q := range map[string]management.CallQuery{
			`read-only "maybe" is neither true nor false`:      {ReadOnly: "maybe"},
			`account "12" is not an account ID; give 12 digit`: {Account: "12"},
			`until "noon" is neither a time such as`:           {Until: "noon"},
			`since "noon" is neither a time such as`:           {Since: "noon"},
		} {
			_, err := c.Events(t.Context(), &q)
			wantFault(t, err, http.StatusBadRequest, text)
			_, err = c.FollowEvents(t.Context(), &q)
			wantFault(t, err, http.StatusBadRequest, text)
		}
	})
}

// A stream has the same records as the list, also if a call has one in each of two
// accounts.
func TestFollowEvents(t *testing.T) {
	t.Parallel()
	s := iamtest.Start(t, iamtest.WithSeedText(`accounts:
- id: "000000000000"
- id: "111122223333"
  roles:
  - name: visited
    trust:
      Version: 2012-10-17
      Statement: [{Effect: Allow, Principal: {AWS: "000000000000"}, Action: "sts:AssumeRole"}]`))
	c := newClient(t, client.Options{URL: s.URL})
	createUser(t, s)
	stream, err := c.FollowEvents(t.Context(), &management.CallQuery{Source: "sts"})
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if _, err := s.IAM().ListUsers(t.Context(), &iam.ListUsersInput{}); err != nil { // which the filter does not admit
		t.Fatal(err)
	}
	if _, err := s.STS().AssumeRole(t.Context(), &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::111122223333:role/visited"), RoleSessionName: aws.String("visit"),
	}); err != nil {
		t.Fatal(err)
	}
	var got []*events.Record
	for range 2 {
		e, err := stream.Next()
		if err != nil || e.Item == nil || e.Lost != 0 {
			t.Fatalf("%+v, %v", e, err)
		}
		got = append(got, e.Item)
	}
	if diff := cmp.Diff([]string{"000000000000 AssumeRole ", "111122223333 AssumeRole "}, names(got...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got[0].SharedEventID == "" || got[0].SharedEventID != got[1].SharedEventID {
		t.Errorf("the records of one call share %q and %q", got[0].SharedEventID, got[1].SharedEventID)
	}
	list, err := c.Events(t.Context(), &management.CallQuery{Source: "sts"})
	slices.Reverse(list)
	if diff := cmp.Diff(got, list); err != nil || diff != "" {
		t.Errorf("%v (-stream +list):\n%s", err, diff)
	}
}
