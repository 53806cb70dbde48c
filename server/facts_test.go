package server

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/persistence/memstore"
)

// A trust policy is quoted, and its command written, with the ARNs that AWS shows, and
// not with the unique IDs that are stored; of a user that was deleted the ID is shown.
func TestTrustPoliciesAreExplainedWithARNs(t *testing.T) {
	t.Parallel()
	served, err := New(Options{Store: memstore.New()})
	if err != nil {
		t.Fatal(err)
	}
	s := &recordedServer{Server: served, t: t}
	for _, name := range []string{"ana", "bob", "eve"} {
		s.do(signedForm(t, testRoot, "iam", "Action", "CreateUser", "UserName", name))
	}
	ana, err := s.Act(t.Context(), "ana", Session{})
	if err != nil {
		t.Fatal(err)
	}
	s.do(signedForm(t, testRoot, "iam", "Action", "CreateRole", "RoleName", "audit", "AssumeRolePolicyDocument",
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::000000000000:user/bob",`+
			`"arn:aws:iam::000000000000:user/eve"]},"Action":"sts:AssumeRole"}}`))
	s.do(signedForm(t, testRoot, "iam", "Action", "DeleteUser", "UserName", "eve"))
	text := s.explained(signedForm(t,
		aws.Credentials{AccessKeyID: ana.AccessKeyID, SecretAccessKey: ana.SecretAccessKey}, "sts", "Action", "AssumeRole",
		"RoleArn", "arn:aws:iam::000000000000:role/audit", "RoleSessionName", "s1"))
	if !strings.Contains(text, "arn:aws:iam::000000000000:user/bob") || strings.Count(text, "update-assume-role-policy") < 2 {
		t.Errorf("bob's ARN or the commands are not in %s", text)
	}
	ids := regexp.MustCompile(`AIDA\w{17}`).FindAllString(text, -1)
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) != 1 { // eve's
		t.Errorf("the unique IDs %v are in %s", ids, text)
	}
}

// explained is the record of a call, in JSON, without the caller.
func (s *recordedServer) explained(r *http.Request) string {
	s.t.Helper()
	s.do(r)
	record := s.Decision(s.events.List(1)[0].Caller.Request.ID)
	if record == nil || record.Verdict != "denied" {
		s.t.Fatalf("the record is %+v", record)
	}
	record.Principal = decisions.Principal{}
	for i := range record.Checks {
		record.Checks[i].Context = nil
	}
	raw, err := json.Marshal(record)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(raw)
}
