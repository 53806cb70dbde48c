package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/alerts"
)

// TestAdministratorsOfAMoment makes a hundred users administrators for as long as it takes
// to detach the policy again, all at once: each is told once, at the call that did it,
// however much later it is looked at.
func TestAdministratorsOfAMoment(t *testing.T) {
	t.Parallel()
	for name, look := range map[string]func(*testing.T, *watched){
		"looked at afterwards":       func(*testing.T, *watched) {},
		"looked at in the meanwhile": func(t *testing.T, w *watched) { _ = w.server.Alerts().Settle(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const users = 100
			w := watch(t, alerts.Builtin())
			c := w.as("admin")
			for i := range users {
				if _, err := c.CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String(fmt.Sprintf("u%03d", i))}); err != nil {
					t.Fatal(err)
				}
			}
			var calls sync.WaitGroup
			want := make([]string, users)
			for i := range users {
				calls.Go(func() {
					want[i] = moment(t, c, fmt.Sprintf("u%03d", i))
					look(t, w)
				})
			}
			calls.Wait()
			if err := w.server.Alerts().Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, a := range w.server.Alerts().List(&alerts.Filter{Rule: "administrator-gained"}, 0) {
				if !strings.Contains(a.Description, "Look at who made the call") || strings.Contains(a.Sentence, "of account") {
					t.Errorf("the alert says %q: %q", a.Sentence, a.Description)
				}
				for _, change := range a.Changes {
					got = append(got, change.Principal+" "+a.Event.Detail.RequestID)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

// moment makes the user an administrator and takes it back, and returns what is to be told.
func moment(t *testing.T, c *iam.Client, user string) string {
	policy := aws.String("arn:aws:iam::aws:policy/AdministratorAccess")
	out, err := c.AttachUserPolicy(t.Context(), &iam.AttachUserPolicyInput{UserName: &user, PolicyArn: policy})
	if err != nil {
		t.Error(err)
		return ""
	}
	if _, err := c.DetachUserPolicy(t.Context(), &iam.DetachUserPolicyInput{UserName: &user, PolicyArn: policy}); err != nil {
		t.Error(err)
	}
	id, _ := awsmiddleware.GetRequestIDMetadata(out.ResultMetadata)
	return "arn:aws:iam::000000000000:user/" + user + " " + id
}

// A rule that does not exist is refused, with the one that was meant.
func TestAlertsOfARuleThatThereIsNot(t *testing.T) {
	t.Parallel()
	w := watch(t, alerts.Builtin())
	for query, want := range map[string]string{
		"rule=root-used,denials": "",
		"rule=root-use":          `no rule is named \"root-use\"; did you mean root-used?`,
		"rule=zzz":               `no rule is named \"zzz\"; the rules are administrator-gained, root-used`,
	} {
		for _, route := range []string{"alerts", "alerts/stream"} {
			if want == "" && route == "alerts/stream" {
				continue // which does not end
			}
			answer := httptest.NewRecorder()
			w.server.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, w.url+"/_understudy/"+route+"?"+query, nil))
			if refused := answer.Code == http.StatusBadRequest; refused != (want != "") || !strings.Contains(answer.Body.String(), want) {
				t.Errorf("%s?%s: %d %s", route, query, answer.Code, answer.Body)
			}
		}
	}
}
