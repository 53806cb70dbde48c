package client_test

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/management/client"
)

const alertRules = `
rules:
  - {name: user-made, severity: low, pattern: {detail: {eventName: [CreateUser]}}}
  - {name: not-made, severity: high, pattern: {detail: {eventName: [CreateUser], errorCode: [{exists: true}]}}}
`

func ruleNames(list []*alerts.Alert) []string {
	names := []string{}
	for _, a := range list {
		names = append(names, a.Rule)
	}
	return names
}

func TestAlerts(t *testing.T) {
	t.Parallel()
	s := iamtest.Start(t, iamtest.WithAlerts(alertRules))
	c := newClient(t, client.Options{URL: s.URL})
	createUser(t, s)
	_, _ = s.IAM().CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("ana")}) // there is one
	for name, q := range map[string]struct {
		management.AlertQuery
		want []string
	}{
		"all":              {management.AlertQuery{}, []string{"not-made", "user-made", "user-made"}},
		"the last":         {management.AlertQuery{Limit: 1}, []string{"not-made"}},
		"of a rule":        {management.AlertQuery{Rule: "user-made"}, []string{"user-made", "user-made"}},
		"of a severity":    {management.AlertQuery{Severity: "high,critical"}, []string{"not-made"}},
		"before they were": {management.AlertQuery{Since: "2999-01-01T00:00:00Z"}, []string{}},
	} {
		list, err := c.Alerts(t.Context(), &q.AlertQuery)
		if diff := cmp.Diff(q.want, ruleNames(list)); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestAlertQueriesThatAreWrong(t *testing.T) {
	t.Parallel()
	c := newClient(t, client.Options{URL: iamtest.Start(t, iamtest.WithAlerts(alertRules)).URL})
	without := newClient(t, client.Options{URL: iamtest.Start(t).URL})
	for _, q := range []struct {
		client *client.Client
		query  management.AlertQuery
		status int
		says   string
	}{
		{c, management.AlertQuery{Severity: "grave"}, http.StatusBadRequest, `severity "grave" is none of critical, high, medium, low`},
		{c, management.AlertQuery{Since: "noon"}, http.StatusBadRequest, `since "noon" is neither a time such as`},
		{without, management.AlertQuery{}, http.StatusNotFound, "start the server with --alerts FILE or --alerts builtin"},
	} {
		_, err := q.client.Alerts(t.Context(), &q.query)
		wantFault(t, err, q.status, q.says)
		_, err = q.client.FollowAlerts(t.Context(), &q.query)
		wantFault(t, err, q.status, q.says)
	}
}

// A stream has the alerts from now on that the list has.
func TestFollowAlerts(t *testing.T) {
	t.Parallel()
	s := iamtest.Start(t, iamtest.WithAlerts(alertRules))
	c := newClient(t, client.Options{URL: s.URL})
	createUser(t, s)
	if list, err := c.Alerts(t.Context(), &management.AlertQuery{}); err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", ruleNames(list), err)
	}
	stream, err := c.FollowAlerts(t.Context(), &management.AlertQuery{Severity: "high"})
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	_, _ = s.IAM().CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("ana")}) // there is one
	e, err := stream.Next()
	if err != nil || e.Item == nil || e.Lost != 0 {
		t.Fatalf("%+v, %v", e, err)
	}
	list, err := c.Alerts(t.Context(), &management.AlertQuery{Severity: "high"})
	if diff := cmp.Diff([]*alerts.Alert{e.Item}, list); err != nil || diff != "" {
		t.Errorf("%v (-stream +list):\n%s", err, diff)
	}
}
