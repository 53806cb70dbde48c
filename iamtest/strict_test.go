package iamtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/server"
)

// A strict simulation and a live call agree for random principals, policies,
// boundaries and calls.
func TestStrictSimulationAgreesWithLiveCalls(t *testing.T) {
	t.Parallel()
	const calls = 1500
	w := newWorld(t)
	seen := map[string]int{}
	for i := range calls {
		if i%10 == 0 {
			w.change()
		}
		p, c := w.principals[w.IntN(len(w.principals))], w.call()
		simulated, live := w.simulate(p, c), w.live(p, c)
		if simulated != live {
			t.Errorf("call %d: %s by %s: simulated %v, live %v\n%s", i, c.name, p.arn, simulated, live, w.policiesOf(p))
		}
		seen[fmt.Sprint(c.name, live)]++
	}
	for _, name := range w.callNames() { // a property that is tested with one answer only shows little
		if seen[name+"true"] == 0 || seen[name+"false"] == 0 {
			t.Errorf("%s: allowed %d times, denied %d times; want both", name, seen[name+"true"], seen[name+"false"])
		}
	}
}

// world is a server with principals whose policies change at random.
type world struct {
	*rand.Rand
	t          *testing.T
	admin      *iam.Client
	server     *iamtest.Server
	principals []*actor
	managed    []string // ARNs
	documents  map[string]string
}

// actor is a principal with its clients.
type actor struct {
	kind, name, arn string
	iam             *iam.Client
	sts             *sts.Client
}

var (
	ctx   = context.Background()
	teams = []string{"red", "blue"}
	paths = []string{"/", "/eng/"}
)

const account = "arn:aws:iam::000000000000:"

func newWorld(t *testing.T) *world {
	t.Helper()
	s := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { o.StrictSimulation = true }))
	w := &world{Rand: rand.New(rand.NewPCG(1, 2)), t: t, admin: s.IAM(), server: s, documents: map[string]string{}}
	for i := range 3 {
		name := aws.String(fmt.Sprintf("g%d", i))
		sure(w.admin.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: name}))(t)
		arn := sure(w.admin.CreatePolicy(ctx, &iam.CreatePolicyInput{
			PolicyName: aws.String(fmt.Sprintf("m%d", i)), Path: w.path(), PolicyDocument: aws.String(w.document()),
		}))(t).Policy.Arn
		w.managed = append(w.managed, *arn)
	}
	for i := range 4 {
		w.addUser(fmt.Sprintf("u%d", i))
	}
	for i := range 3 {
		w.addRole(fmt.Sprintf("r%d", i))
	}
	return w
}

func (w *world) addUser(name string) {
	w.t.Helper()
	u := sure(w.admin.CreateUser(ctx, &iam.CreateUserInput{UserName: &name, Path: w.path(), Tags: w.tags()}))(w.t).User
	k := sure(w.admin.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: &name}))(w.t).AccessKey
	c := w.server.ConfigFor(aws.Credentials{AccessKeyID: *k.AccessKeyId, SecretAccessKey: *k.SecretAccessKey})
	w.principals = append(w.principals, &actor{"user", name, *u.Arn, iam.NewFromConfig(c), sts.NewFromConfig(c)})
}

// addRole makes a role that root may assume, and a session of it.
func (w *world) addRole(name string) {
	w.t.Helper()
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}]}`
	r := sure(w.admin.CreateRole(ctx, &iam.CreateRoleInput{
		RoleName: &name, Path: w.path(), Tags: w.tags(), AssumeRolePolicyDocument: &trust,
	}))(w.t).Role
	out := sure(w.server.STS().AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: r.Arn, RoleSessionName: aws.String("property")}))(w.t)
	c := w.server.ConfigFor(aws.Credentials{
		AccessKeyID: *out.Credentials.AccessKeyId, SecretAccessKey: *out.Credentials.SecretAccessKey,
		SessionToken: *out.Credentials.SessionToken,
	})
	w.principals = append(w.principals, &actor{"role", name, *r.Arn, iam.NewFromConfig(c), sts.NewFromConfig(c)})
}

func (w *world) pick(list ...string) string { return list[w.IntN(len(list))] }

func (w *world) path() *string { return aws.String(w.pick(paths...)) }

func (w *world) tags() []types.Tag {
	return []types.Tag{{Key: aws.String("team"), Value: aws.String(w.pick(teams...))}}
}

// document returns a random policy.
func (w *world) document() string {
	var statements []map[string]any
	for range 1 + w.IntN(3) {
		s := map[string]any{"Effect": w.pick("Allow", "Allow", "Allow", "Deny"), "Resource": w.resourcePattern()}
		s[w.pick("Action", "Action", "Action", "Action", "NotAction")] = []string{w.actionPattern(), w.actionPattern()}
		if s["Effect"] == "Deny" || w.IntN(3) == 0 {
			s["Condition"] = w.condition()
		}
		statements = append(statements, s)
	}
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

func (w *world) actionPattern() string {
	return w.pick("*", "iam:*", "iam:*", "iam:Get*", "iam:List*", "iam:*User*", "iam:Tag*", "iam:Create*", "iam:Put*",
		"iam:Attach?serPolicy",
		"iam:GETuser", "iam:DeleteRole", "sts:*", "sts:AssumeRole", "s3:*")
}

func (w *world) resourcePattern() string {
	return w.pick("*", "*", account+"*", account+"user/*", account+"user/eng/*", account+"user/${aws:username}", account+"role/*",
		"arn:aws:iam::*:user/${aws:PrincipalTag/team, 'u1'}*", account+"policy/*", account+"user/u?", account+"group/g*")
}

func (w *world) condition() map[string]any {
	team := w.pick(teams...)
	list := []map[string]any{
		{"StringEquals": map[string]any{"aws:PrincipalTag/team": team}},
		{"StringNotEquals": map[string]any{"aws:ResourceTag/team": team}},
		{"StringEquals": map[string]any{"iam:ResourceTag/team": "${aws:PrincipalTag/team}"}},
		{"StringEqualsIfExists": map[string]any{"aws:RequestTag/team": team}},
		{"ForAllValues:StringEquals": map[string]any{"aws:TagKeys": []string{"team"}}},
		{"ForAnyValue:StringLike": map[string]any{"aws:TagKeys": "t*"}},
		{"ArnLike": map[string]any{"iam:PolicyARN": account + "policy/*m" + w.pick("0", "1", "2")}},
		{"ArnLike": map[string]any{"aws:PrincipalArn": account + w.pick("user", "role") + "/*"}},
		{"StringLike": map[string]any{"aws:username": w.pick("u*", "u1", "r*")}},
		{"Null": map[string]any{"aws:TokenIssueTime": w.pick("true", "false")}},
		{"BoolIfExists": map[string]any{"aws:MultiFactorAuthPresent": w.pick("true", "false")}},
		{"Bool": map[string]any{"aws:SecureTransport": w.pick("true", "false")}},
		{"IpAddress": map[string]any{"aws:SourceIp": w.pick("127.0.0.0/8", "203.0.113.0/24")}},
		{"DateLessThan": map[string]any{"aws:CurrentTime": w.pick("2001-01-01", "2200-01-01")}},
		{"StringEquals": map[string]any{"aws:PrincipalType": w.pick("User", "AssumedRole")}},
		{"StringLike": map[string]any{"aws:userid": w.pick("AIDA*", "AROA*:*")}},
		{"StringEquals": map[string]any{"aws:RequestedRegion": w.pick("us-east-1", "eu-west-1")}},
		{"ArnEquals": map[string]any{"iam:PermissionsBoundary": w.managedOr("arn:aws:iam::aws:policy/ReadOnlyAccess")}},
	}
	return list[w.IntN(len(list))]
}

func (w *world) managedOr(arn string) string { return w.pick(append([]string{arn}, w.managed...)...) }

// change rewrites something in every principal and group.
func (w *world) change() {
	for _, p := range w.principals {
		p := p
		w.documents[p.name] = w.document()
		if p.kind == "user" {
			w.changeUser(p)
		} else {
			w.changeRole(p)
		}
	}
	g := aws.String(w.pick("g0", "g1", "g2"))
	sure(w.admin.PutGroupPolicy(ctx, &iam.PutGroupPolicyInput{
		GroupName: g, PolicyName: aws.String("p"), PolicyDocument: aws.String(w.document()),
	}))(w.t)
}

func (w *world) changeUser(p *actor) {
	sure(w.admin.PutUserPolicy(ctx, &iam.PutUserPolicyInput{
		UserName: &p.name, PolicyName: aws.String("p"), PolicyDocument: aws.String(w.documents[p.name]),
	}))(w.t)
	arn, g := aws.String(w.pick(w.managed...)), aws.String(w.pick("g0", "g1", "g2"))
	switch w.IntN(6) {
	case 0:
		sure(w.admin.PutUserPermissionsBoundary(ctx,
			&iam.PutUserPermissionsBoundaryInput{UserName: &p.name, PermissionsBoundary: arn}))(w.t)
	case 1:
		sure(w.admin.DeleteUserPermissionsBoundary(ctx, &iam.DeleteUserPermissionsBoundaryInput{UserName: &p.name}))(w.t)
	case 2:
		sure(w.admin.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: &p.name, PolicyArn: arn}))(w.t)
	case 3:
		sure(w.admin.AddUserToGroup(ctx, &iam.AddUserToGroupInput{UserName: &p.name, GroupName: g}))(w.t)
	case 4:
		sure(w.admin.RemoveUserFromGroup(ctx, &iam.RemoveUserFromGroupInput{UserName: &p.name, GroupName: g}))(w.t)
	}
}

func (w *world) changeRole(p *actor) {
	sure(w.admin.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
		RoleName: &p.name, PolicyName: aws.String("p"), PolicyDocument: aws.String(w.documents[p.name]),
	}))(w.t)
	sure(w.admin.UpdateAssumeRolePolicy(ctx,
		&iam.UpdateAssumeRolePolicyInput{RoleName: &p.name, PolicyDocument: aws.String(w.trust())}))(w.t)
	switch w.IntN(5) {
	case 0:
		sure(w.admin.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{
			RoleName: &p.name, PermissionsBoundary: aws.String(w.pick(w.managed...)),
		}))(w.t)
	case 1:
		sure(w.admin.DeleteRolePermissionsBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: &p.name}))(w.t)
	}
}

// trust returns a random trust policy.
func (w *world) trust() string {
	p := w.principals[w.IntN(len(w.principals))]
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"%s","Principal":{"AWS":"%s"},"Action":"sts:AssumeRole"}]}`,
		w.pick("Allow", "Allow", "Deny"), w.pick("*", "000000000000", p.arn))
}

// policiesOf returns the policies that the test last wrote for the principal.
func (w *world) policiesOf(p *actor) string { return w.documents[p.name] }

// simulate asks, as root, whether the principal may make the call.
func (w *world) simulate(p *actor, c call) bool {
	w.t.Helper()
	for _, n := range c.needs {
		out := sure(w.admin.SimulatePrincipalPolicy(ctx, &iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: &p.arn, ActionNames: []string{n.action}, ResourceArns: []string{n.resource}, ContextEntries: n.keys,
		}))(w.t)
		if out.EvaluationResults[0].EvalDecision != types.PolicyEvaluationDecisionTypeAllowed {
			return false
		}
	}
	return true
}

// live makes the call; only denials matter.
func (w *world) live(p *actor, c call) bool {
	var api smithy.APIError
	return !errors.As(c.make(p), &api) || api.ErrorCode() != "AccessDenied"
}

func sure[Out any](out *Out, err error) func(*testing.T) *Out {
	return func(t *testing.T) *Out {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}
