package iamtest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/server"
)

// lines keeps the log of a server, whose calls may be concurrent.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// lintLine is a log line about a finding.
type lintLine struct {
	Message, Service, Operation, Policy, Type, Code, Finding, Path string

	RequestID    string `json:"request_id"`
	Line, Column int
	More         int
}

// found returns the lines about findings.
func (l *lines) found(t *testing.T) []lintLine {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []lintLine
	for line := range strings.Lines(l.text.String()) {
		var x lintLine
		if err := json.Unmarshal([]byte(line), &x); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(line, `"msg":"lint finds `) {
			list = append(list, x)
		}
	}
	return list
}

// linting starts a server with a log, and a user, group, role and policy without
// findings.
func linting(t *testing.T, options ...iamtest.Option) (*iamtest.Server, *lines) {
	t.Helper()
	log := &lines{}
	srv := iamtest.Start(t, append(options, iamtest.WithServer(func(o *server.Options) {
		o.Logger = slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}), iamtest.WithSeedText(`
accounts:
  - id: "000000000000"
    users: [{name: ana}]
    groups: [{name: staff}]
    roles:
      - name: deploy
        trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {AWS: "000000000000"}, Action: "sts:AssumeRole"}]}
    policies:
      - name: read
        document: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "s3:GetObjct", Resource: "*"}]}
`))...)
	return srv, log
}

const (
	misspelt = "{\"Version\": \"2012-10-17\",\n \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObjct\", \"Resource\": \"*\"}]}"
	wellPut  = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}`
	openRole = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}]}`
	ownRole  = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"}]}`
)

// puts lists the calls that put a policy or make a session with one, with the name that the log
// shows.
var puts = []struct {
	operation, name string
	trust           bool
	call            func(t *testing.T, srv *iamtest.Server, document *string) error
}{
	{"CreatePolicy", "new", false, func(t *testing.T, srv *iamtest.Server, d *string) error {
		_, err := srv.IAM().CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: aws.String("new"), PolicyDocument: d})
		return err
	}},
	{"CreatePolicyVersion", "arn:aws:iam::000000000000:policy/read", false, func(t *testing.T, srv *iamtest.Server, d *string) error {
		_, err := srv.IAM().CreatePolicyVersion(t.Context(), &iam.CreatePolicyVersionInput{
			PolicyArn: aws.String("arn:aws:iam::000000000000:policy/read"), PolicyDocument: d})
		return err
	}},
	{"CreateRole", "new", true, func(t *testing.T, srv *iamtest.Server, d *string) error {
		_, err := srv.IAM().CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("new"), AssumeRolePolicyDocument: d})
		return err
	}},
	{"PutGroupPolicy", "staff/own", false, func(t *testing.T, srv *iamtest.Server, d *string) error {
		_, err := srv.IAM().PutGroupPolicy(t.Context(), &iam.PutGroupPolicyInput{
			GroupName: aws.String("staff"), PolicyName: aws.String("own"), PolicyDocument: d})
		return err
	}},
	{"PutRolePolicy", "deploy/own", false, func(t *testing.T, srv *iamtest.Server, d *string) error {
		_, err := srv.IAM().PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
			RoleName: aws.String("deploy"), PolicyName: aws.String("own"), PolicyDocument: d})
		return err
	}},
	{"PutUserPolicy", "ana/own", false, func(t *testing.T, srv *iamtest.Server, d *string) error {
		_, err := srv.IAM().PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{
			UserName: aws.String("ana"), PolicyName: aws.String("own"), PolicyDocument: d})
		return err
	}},
	{"UpdateAssumeRolePolicy", "deploy", true, func(t *testing.T, srv *iamtest.Server, d *string) error {
		_, err := srv.IAM().UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
			RoleName: aws.String("deploy"), PolicyDocument: d})
		return err
	}},
	{"AssumeRole", "arn:aws:iam::000000000000:role/deploy/build", false, func(t *testing.T, srv *iamtest.Server, d *string) error {
		_, err := srv.STS().AssumeRole(t.Context(), &sts.AssumeRoleInput{
			RoleArn: aws.String("arn:aws:iam::000000000000:role/deploy"), RoleSessionName: aws.String("build"), Policy: d})
		return err
	}},
	{"GetFederationToken", "guest", false, func(t *testing.T, srv *iamtest.Server, d *string) error {
		_, err := srv.STS().GetFederationToken(t.Context(), &sts.GetFederationTokenInput{Name: aws.String("guest"), Policy: d})
		return err
	}},
}

// documents returns two policies for a call: one with a finding, and one without.
func documents(trust bool) (bad, good *string) {
	if trust {
		return aws.String(openRole), aws.String(ownRole)
	}
	return aws.String(misspelt), aws.String(wellPut)
}

func TestFindingsOfPoliciesThatArePutAreLogged(t *testing.T) {
	t.Parallel()
	for _, p := range puts {
		t.Run(p.operation, func(t *testing.T) {
			t.Parallel()
			bad, good := documents(p.trust)
			srv, log := linting(t)
			if err := p.call(t, srv, good); err != nil {
				t.Fatal(err)
			}
			if list := log.found(t); len(list) > 0 {
				t.Fatalf("of a policy without faults the log says %+v", list)
			}
			srv, log = linting(t)
			if err := p.call(t, srv, bad); err != nil {
				t.Fatal(err)
			}
			list := log.found(t)
			if len(list) != 1 || list[0].Operation != p.operation || list[0].Policy != p.name {
				t.Fatalf("the log says %+v", list)
			}
			if _, err := srv.Decision(list[0].RequestID); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestALineHasTheFinding(t *testing.T) {
	t.Parallel()
	srv, log := linting(t)
	if err := puts[0].call(t, srv, aws.String(misspelt)); err != nil {
		t.Fatal(err)
	}
	got := log.found(t)
	if len(got) != 1 {
		t.Fatalf("the log says %+v", got)
	}
	got[0].RequestID = ""
	want := lintLine{
		Service: "iam", Operation: "CreatePolicy", Policy: "new", Type: "ERROR", Code: "INVALID_ACTION",
		Finding: "The action s3:GetObjct does not exist. Did you mean s3:GetObject?", Path: "Statement[0].Action", Line: 2, Column: 46,
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("the line (-want +got):\n%s", diff)
	}
}

// What a caller sees when a policy has findings, in each mode.
func TestLintRefusesWhereItIsAskedTo(t *testing.T) {
	t.Parallel()
	for _, p := range puts {
		t.Run(p.operation, func(t *testing.T) {
			t.Parallel()
			bad, good := documents(p.trust)
			srv, log := linting(t, iamtest.WithLint("refuse"))
			err := p.call(t, srv, bad)
			var known smithy.APIError
			if !errors.As(err, &known) || known.ErrorCode() != "MalformedPolicyDocument" {
				t.Fatalf("the error is %v", err)
			}
			if !p.trust && known.ErrorMessage() != "The action s3:GetObjct does not exist. Did you mean s3:GetObject? "+
				"(ERROR INVALID_ACTION, line 2, column 46) AWS would store this policy; serve --lint=log lets it pass." {
				t.Errorf("the message is %s", known.ErrorMessage())
			}
			if list := log.found(t); len(list) != 1 || list[0].Operation != p.operation {
				t.Errorf("the log says %+v", list)
			}
			if err := p.call(t, srv, good); err != nil { // and nothing was stored before
				t.Error(err)
			}
		})
	}
}

func TestLintLetsAWSRefuseFirst(t *testing.T) {
	t.Parallel()
	const broken = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Principal": "*"}]}`
	for _, mode := range []string{"log", "refuse", "off"} {
		srv, log := linting(t, iamtest.WithLint(mode))
		var malformed *types.MalformedPolicyDocumentException
		if err := puts[0].call(t, srv, aws.String(broken)); !errors.As(err, &malformed) ||
			malformed.ErrorMessage() != "Policy document should not specify a principal." {
			t.Errorf("with %s the error is %v", mode, err)
		}
		if list := log.found(t); (len(list) == 0) != (mode == "off") {
			t.Errorf("with %s the log says %+v", mode, list)
		}
	}
}

func TestLintSaysNothingOfWhatIsNotStored(t *testing.T) {
	t.Parallel()
	srv, log := linting(t)
	_, err := srv.IAM().PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{
		UserName: aws.String("nobody"), PolicyName: aws.String("own"), PolicyDocument: aws.String(misspelt)})
	var missing *types.NoSuchEntityException
	if !errors.As(err, &missing) {
		t.Fatalf("the error is %v", err)
	}
	if list := log.found(t); len(list) > 0 {
		t.Errorf("the log says %+v", list)
	}
}

// A policy can have many findings; the log has a bounded number of lines.
func TestALongListOfFindingsIsCut(t *testing.T) {
	t.Parallel()
	srv, log := linting(t)
	list := strings.Repeat(`"s3:GetObjct", `, 24) + `"s3:GetObjct"`
	document := strings.Replace(misspelt, `"s3:GetObjct"`, "["+list+"]", 1)
	if err := puts[0].call(t, srv, aws.String(document)); err != nil {
		t.Fatal(err)
	}
	got := log.found(t)
	if len(got) != 21 || got[20].More != 5 {
		t.Errorf("there are %d lines, and the last is %+v", len(got), got[max(0, len(got)-1)])
	}
}
