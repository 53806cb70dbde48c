package offboard_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/offboard"
)

var now = time.Date(2027, 1, 31, 12, 0, 0, 0, time.UTC)

// ago is a time some minutes before now.
func ago(minutes int) time.Time { return now.Add(-time.Duration(minutes) * time.Minute) }

const (
	aliceARN = "arn:aws:iam::111122223333:user/alice"
	aliceID  = "AIDAALICE"
	deploy   = "arn:aws:iam::111122223333:role/ops/deploy"
	abroad   = "arn:aws:iam::444455556666:role/abroad"
)

// alice has one key and nothing else; kept are the events, the oldest first.
func alice(kept ...*events.Record) *offboard.State {
	s := &offboard.State{Now: now, Account: "111122223333",
		User: types.User{UserName: aws.String("alice"), Arn: aws.String(aliceARN), UserId: aws.String(aliceID)},
		Keys: []offboard.Key{{ID: "AKIAALICE", Active: true, Created: ago(9000)}}}
	for i, r := range kept {
		r.RequestID = fmt.Sprint(i)
		s.Events = append([]*events.Record{r}, s.Events...)
	}
	if len(kept) > 0 {
		s.EventsSince = kept[0].EventTime
	}
	return s
}

// called is a call by a key of somebody, from a place.
func called(minutes int, who, key, from string) *events.Record {
	r := &events.Record{EventTime: ago(minutes), EventSource: "iam.amazonaws.com", EventName: "ListUsers", SourceIPAddress: from,
		UserAgent: "aws-cli/2.17.1 md/x", UserIdentity: events.Identity{Type: "IAMUser", AccessKeyID: key}}
	switch {
	case who == "alice":
		r.UserIdentity.ARN, r.UserIdentity.PrincipalID = aliceARN, aliceID
	case who != "":
		r.UserIdentity.ARN, r.UserIdentity.PrincipalID = "arn:aws:iam::111122223333:user/"+who, "AIDA"+strings.ToUpper(who)
	}
	return r
}

// assumed is a call of AssumeRole that issues a key for an hour.
func assumed(minutes int, who, key, role, session, issues, source string) *events.Record {
	r := called(minutes, who, key, "192.0.2.1")
	name := role[strings.LastIndex(role, "/")+1:]
	r.EventSource, r.EventName = "sts.amazonaws.com", "AssumeRole"
	r.RequestParameters, _ = json.Marshal(map[string]any{"roleArn": role, "roleSessionName": session})
	answer := map[string]any{
		"credentials": map[string]any{"accessKeyId": issues, "expiration": ago(minutes - 60).Format("Jan 2, 2006 3:04:05 PM")},
		"assumedRoleUser": map[string]any{"assumedRoleId": "AROA" + strings.ToUpper(name) + ":" + session,
			"arn": "arn:aws:sts::" + strings.Split(role, ":")[4] + ":assumed-role/" + name + "/" + session}}
	if source != "" {
		answer["sourceIdentity"] = source
	}
	r.ResponseElements, _ = json.Marshal(answer)
	return r
}

// operations are the steps of a plan, each with what it is about.
func operations(p *offboard.Plan) (list []string) {
	for i := range p.Steps {
		list = append(list, strings.TrimPrefix(p.Steps[i].Command, "aws iam "))
	}
	return list
}

func TestDeletionIsInTheOrderThatAWSDemands(t *testing.T) {
	t.Parallel()
	s := alice()
	s.Password = aws.Time(ago(1))
	s.Devices = []string{"arn:aws:iam::111122223333:mfa/phone", "GAHT12345678"}
	s.Certificates = []types.SigningCertificate{{CertificateId: aws.String("CERT"), Status: "Active"}}
	s.SSHKeys = []types.SSHPublicKeyMetadata{{SSHPublicKeyId: aws.String("APKA"), Status: "Inactive"}}
	s.ServiceCredentials = []types.ServiceSpecificCredentialMetadata{{ServiceSpecificCredentialId: aws.String("ACCA"),
		ServiceName: aws.String("codecommit.amazonaws.com"), Status: "Active"}}
	s.Groups, s.Attached, s.Inline = []string{"devs"}, []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}, []string{offboard.PolicyName, "own"}
	s.Keys = append(s.Keys, offboard.Key{ID: "AKIAOLD"})
	var got []string
	for _, step := range offboard.Make(s, offboard.Options{Delete: true}).Steps {
		got = append(got, fmt.Sprintf("%s %v", step.Operation, step.Removes))
	}
	want := []string{
		"UpdateAccessKey false", "DeleteLoginProfile false", "UpdateServiceSpecificCredential false", "UpdateSigningCertificate false",
		"PutUserPolicy false",
		"DeactivateMFADevice true", "DeleteVirtualMFADevice true", "DeactivateMFADevice true", "DeleteSigningCertificate true",
		"DeleteSSHPublicKey true", "DeleteServiceSpecificCredential true", "DeleteAccessKey true", "DeleteAccessKey true",
		"RemoveUserFromGroup true", "DetachUserPolicy true", "DeleteUserPolicy true", "DeleteUserPolicy true", "DeleteUser true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Each case is a state with what is planned about sessions.
func TestSessions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		kept    []*events.Record
		options offboard.Options
		more    func(*offboard.State)

		open []string          // access key IDs
		left []string          // roles
		put  map[string]string // by role and policy: the conditions of its statements
	}{
		{name: "none"},
		{name: "of a role", kept: []*events.Record{assumed(30, "alice", "AKIAALICE", deploy, "a", "ASIA1", "")},
			open: []string{"ASIA1"}, put: map[string]string{"deploy OffboardOlderSessions-alice": `aws:userid ["AROADEPLOY:a"]`}},
		{name: "that is over", kept: []*events.Record{assumed(60, "alice", "AKIAALICE", deploy, "a", "ASIA1", "")}},
		{name: "with a source identity", kept: []*events.Record{
			assumed(30, "alice", "AKIAALICE", deploy, "a", "ASIA1", "alice"), assumed(20, "alice", "AKIAALICE", deploy, "b", "ASIA2", "")},
			open: []string{"ASIA2", "ASIA1"},
			put:  map[string]string{"deploy OffboardOlderSessions-alice": `aws:SourceIdentity ["alice"]; aws:userid ["AROADEPLOY:b"]`}},
		{name: "by a key that is deleted", kept: []*events.Record{assumed(30, "alice", "AKIAGONE", deploy, "a", "ASIA1", "")},
			open: []string{"ASIA1"}, put: map[string]string{"deploy OffboardOlderSessions-alice": `aws:userid ["AROADEPLOY:a"]`}},
		{name: "through another session", kept: []*events.Record{
			assumed(30, "alice", "AKIAALICE", deploy, "a", "ASIA1", ""), assumed(20, "", "ASIA1", abroad, "x", "ASIA2", "")},
			open: []string{"ASIA2", "ASIA1"}, put: map[string]string{
				"deploy OffboardOlderSessions-alice": `aws:userid ["AROADEPLOY:a"]`,
				"abroad OffboardOlderSessions-alice": `aws:userid ["AROAABROAD:x"]`}},
		{name: "of somebody else", kept: []*events.Record{assumed(30, "bob", "AKIABOB", deploy, "b", "ASIA1", "")}},
		{name: "with a name that somebody else has too", kept: []*events.Record{
			assumed(30, "alice", "AKIAALICE", deploy, "app", "ASIA1", ""), assumed(20, "bob", "AKIABOB", deploy, "app", "ASIA2", ""),
			assumed(10, "alice", "AKIAALICE", deploy, "own", "ASIA3", "")},
			open: []string{"ASIA3", "ASIA1"}, left: []string{deploy},
			put: map[string]string{"deploy OffboardOlderSessions-alice": `aws:userid ["AROADEPLOY:own"]`}},
		{name: "with a name that somebody else had", kept: []*events.Record{
			assumed(70, "bob", "AKIABOB", deploy, "app", "ASIA2", ""), assumed(30, "alice", "AKIAALICE", deploy, "app", "ASIA1", "")},
			open: []string{"ASIA1"}, put: map[string]string{"deploy OffboardOlderSessions-alice": `aws:userid ["AROADEPLOY:app"]`}},
		{name: "with a source identity that somebody else has too", options: offboard.Options{RevokeRoles: true}, kept: []*events.Record{
			assumed(30, "alice", "AKIAALICE", deploy, "a", "ASIA1", "team"), assumed(20, "bob", "AKIABOB", deploy, "b", "ASIA2", "team")},
			open: []string{"ASIA1"}, left: []string{deploy}, put: map[string]string{"deploy AWSRevokeOlderSessions": ``}},
		{name: "that events may not show", kept: []*events.Record{called(30, "bob", "AKIABOB", "::1")},
			more: func(s *offboard.State) { s.Assumable = []offboard.Role{{deploy, time.Hour}} }, left: []string{deploy}},
		{name: "that events would show", kept: []*events.Record{called(60, "bob", "AKIABOB", "::1")},
			more: func(s *offboard.State) { s.Assumable = []offboard.Role{{deploy, time.Hour}} }},
		{name: "of a server without events", more: func(s *offboard.State) { s.Assumable = []offboard.Role{{deploy, time.Hour}} },
			options: offboard.Options{RevokeRoles: true}, left: []string{deploy}, put: map[string]string{"deploy AWSRevokeOlderSessions": ``}},
		{name: "that an earlier run has named", kept: []*events.Record{assumed(30, "alice", "AKIAALICE", deploy, "b", "ASIA1", "")},
			more: func(s *offboard.State) {
				s.Earlier = map[string]string{deploy: `{"Statement":[{"Condition":{"StringEquals":{"aws:userid":["AROADEPLOY:a"]}}}]}`}
			},
			open: []string{"ASIA1"}, put: map[string]string{"deploy OffboardOlderSessions-alice": `aws:userid ["AROADEPLOY:b","AROADEPLOY:a"]`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := alice(c.kept...)
			if c.more != nil {
				c.more(s)
			}
			p := offboard.Make(s, c.options)
			var open, left []string
			for i := range p.Sessions {
				open = append(open, p.Sessions[i].AccessKeyID)
			}
			for _, l := range p.Left {
				left = append(left, l.Role)
			}
			if diff := cmp.Diff([][]string{c.open, c.left}, [][]string{open, left}); diff != "" {
				t.Errorf("sessions and roles that are left: %s", diff)
			}
			if diff := cmp.Diff(c.put, limits(t, p)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// limits are the policies that a plan puts on roles, by role and name: what their
// statements compare beside the date.
func limits(t *testing.T, p *offboard.Plan) (list map[string]string) {
	t.Helper()
	for i := range p.Steps {
		in, ok := p.Steps[i].Input(now).(*iam.PutRolePolicyInput)
		if !ok {
			continue
		}
		var d struct {
			Statement []struct {
				Effect    string
				Action    []string
				Condition struct {
					DateLessThan map[string]string
					StringEquals map[string]json.RawMessage
				}
			}
		}
		if err := json.Unmarshal([]byte(*in.PolicyDocument), &d); err != nil {
			t.Fatal(err)
		}
		var parts []string
		date := "2027-01-31T12:01:01Z"
		if *in.PolicyName == offboard.RevocationName {
			date = "2027-01-31T12:00:01Z"
		}
		for _, s := range d.Statement {
			if s.Effect != "Deny" || s.Action[0] != "*" || s.Condition.DateLessThan["aws:TokenIssueTime"] != date {
				t.Errorf("the statement is %+v", s)
			}
			for key, value := range s.Condition.StringEquals {
				parts = append(parts, key+" "+string(value))
			}
		}
		if list == nil {
			list = map[string]string{}
		}
		list[*in.RoleName+" "+*in.PolicyName] = strings.Join(parts, "; ")
	}
	return list
}

func TestWhereKeysWereUsed(t *testing.T) {
	t.Parallel()
	unproved := called(5, "alice", "AKIAALICE", "203.0.113.9")
	unproved.UserIdentity.Type = "Unknown"
	p := offboard.Make(alice(called(30, "alice", "AKIAALICE", "192.0.2.1"), called(20, "alice", "AKIAALICE", "198.51.100.7"),
		called(10, "bob", "AKIABOB", "198.51.100.7"), called(8, "alice", "AKIAALICE", "192.0.2.1"), unproved), offboard.Options{})
	want := []offboard.Place{
		{Address: "192.0.2.1", Program: "aws-cli/2.17.1", Calls: 2, First: ago(30), Last: ago(8)},
		{Address: "198.51.100.7", Program: "aws-cli/2.17.1", Calls: 1, First: ago(20), Last: ago(20),
			Others: []string{"arn:aws:iam::111122223333:user/bob"}},
	}
	if diff := cmp.Diff(want, p.Holds.Keys[0].Places); diff != "" {
		t.Error(diff)
	}
}

func TestPoliciesThatNameTheUser(t *testing.T) {
	t.Parallel()
	s := alice()
	s.Policies = []offboard.Policy{
		{"trust policy of role deploy", "111122223333", "{\"Version\":\"2012-10-17\",\n\"Statement\":[{\"Effect\":\"Allow\",\n" +
			"\"Principal\":{\"AWS\":[\"arn:aws:iam::111122223333:user/bob\",\n\"" + aliceARN + "\"]},\"Action\":\"sts:AssumeRole\"}]}"},
		{"policy of the bucket", "", `{"Statement":{"Condition":{"StringLike":{"aws:userid":"AIDAALICE:*"}},"Resource":"*"}}`},
		{"another user's", "", `{"Statement":{"Resource":"` + aliceARN + `x","Principal":"AIDAALICEX"}}`},
		{"broken", "", `{"Statement":{"Resource":"` + aliceARN + `"`},
		{"deep", "", strings.Repeat(`[`, 10000)},
	}
	want := []offboard.Mention{
		{Policy: "trust policy of role deploy", Account: "111122223333", Element: "Principal", Line: 4, Value: aliceARN},
		{Policy: "policy of the bucket", Element: "Condition", Line: 1, Value: "AIDAALICE:*"},
		{Policy: "broken", Element: "Resource", Line: 1, Value: aliceARN},
	}
	if diff := cmp.Diff(want, offboard.Make(s, offboard.Options{}).Named); diff != "" {
		t.Error(diff)
	}
}

// Lists are lists in JSON, also where there is nothing.
func TestEmptyListsInJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(offboard.Make(alice(), offboard.Options{}))
	if err != nil || strings.Contains(string(text), "null") {
		t.Errorf("%v: %s", err, text)
	}
}
