package conformance_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// approved registers a template of the policy, has the approver go through a
// request of it for two hours, and returns the exchange token that the partner is sent.
func (p *partner) approved(approver *iam.Client, workflow, policy string) *string {
	p.t.Helper()
	_, answer := p.manage("POST", "delegation-templates",
		`{"account":"`+partnerAccount+`","requestor":"Partner","name":"`+workflow+`","policy":`+policy+`}`)
	var template struct{ PolicyTemplateArn string }
	if err := json.Unmarshal([]byte(answer), &template); err != nil {
		p.t.Fatal(err)
	}
	in := p.input(workflow)
	in.Permissions = &types.DelegationPermission{PolicyTemplateArn: &template.PolicyTemplateArn}
	id := p.request(in)
	for _, step := range []func(*iam.Client, *string) error{p.associate, p.accept, p.send} {
		if err := step(approver, id); err != nil {
			p.t.Fatal(err)
		}
	}
	return p.exchangeToken(id)
}

func (p *partner) exchangeToken(id *string) *string {
	p.t.Helper()
	_, answer := p.manage("GET", "delegation-requests/"+*id+"/notifications", "")
	var notes []struct{ ExchangeToken string }
	if err := json.Unmarshal([]byte(answer), &notes); err != nil {
		p.t.Fatal(err)
	}
	for _, n := range notes {
		if n.ExchangeToken != "" {
			return &n.ExchangeToken
		}
	}
	p.t.Fatalf("no token in %s", answer)
	return nil
}

// sts is the partner's client.
func (p *partner) sts() *sts.Client {
	return sts.NewFromConfig(p.srv.ConfigFor(p.srv.AccountKey(partnerAccount)))
}

func (p *partner) trade(token *string) (*sts.GetDelegatedAccessTokenOutput, error) {
	return p.sts().GetDelegatedAccessToken(p.ctx, &sts.GetDelegatedAccessTokenInput{TradeInToken: token})
}

const delegable = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:ListUsers","iam:ListGroups","iam:*Delegat*"],"Resource":"*"}}`

func TestDelegatedCredentialsOfAUser(t *testing.T) {
	t.Parallel()
	p := newPartner(t)
	anna := p.user("anna",
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:ListUsers","iam:ListRoles","iam:*Delegat*"],"Resource":"*"}}`)
	token := p.approved(anna, "flow-1", delegable)
	sent := *p.now
	*p.now = p.now.Add(10 * time.Minute)
	out := testkit.Must(p.trade(token))(t)
	if *out.AssumedPrincipal != "arn:aws:iam::000000000000:user/anna" || out.PackedPolicySize != nil ||
		!out.Credentials.Expiration.Equal(sent.Add(2*time.Hour)) {
		t.Errorf("answer = %s %v %v; want anna's until two hours after %v", *out.AssumedPrincipal, out.PackedPolicySize,
			out.Credentials.Expiration, sent)
	}
	again := testkit.Must(p.trade(token))(t)
	if *again.Credentials.AccessKeyId == *out.Credentials.AccessKeyId || !again.Credentials.Expiration.Equal(*out.Credentials.Expiration) {
		t.Errorf("traded again: %+v", again.Credentials)
	}
	me := p.session(out.Credentials)
	if who := testkit.Must(sts.NewFromConfig(me).GetCallerIdentity(p.ctx, nil))(t); *who.Arn != *out.AssumedPrincipal ||
		*who.Account != "000000000000" || !strings.HasPrefix(*who.UserId, "AIDA") {
		t.Errorf("GetCallerIdentity = %s %s", *who.Arn, *who.UserId)
	}
	client := iam.NewFromConfig(me)
	testkit.Must(client.ListUsers(p.ctx, nil))(t)
	testkit.WantError(t, testkit.Refused(client.ListGroups(p.ctx, nil)), "AccessDenied",
		"User: arn:aws:iam::000000000000:user/anna is not authorized to perform: "+
			"iam:ListGroups on resource: arn:aws:iam::000000000000:group/ because no identity-based policy allows the iam:ListGroups action")
	testkit.WantError(t, testkit.Refused(client.ListRoles(p.ctx, nil)), "AccessDenied",
		"User: arn:aws:iam::000000000000:user/anna is not authorized to perform: "+
			"iam:ListRoles on resource: arn:aws:iam::000000000000:role/ because no session policy allows the iam:ListRoles action")
	why, err := p.srv.Why(testkit.Refused(client.ListRoles(p.ctx, nil)))
	if err != nil || why.Principal.Delegate != partnerAccount || why.Principal.IssuedBy != "GetDelegatedAccessToken" {
		t.Errorf("the record does not name who acts for anna: %+v, %v", why.Principal, err)
	}
	testkit.WantError(t, testkit.Refused(sts.NewFromConfig(me).GetSessionToken(p.ctx, nil)), "AccessDenied",
		"Cannot call GetSessionToken with session credentials")

	p.removeUser("anna")
	testkit.WantError(t, testkit.Refused(client.ListUsers(p.ctx, nil)), "InvalidClientTokenId",
		"The security token included in the request is invalid.")
	testkit.WantError(t, testkit.Refused(p.trade(token)), "AccessDenied",
		"User: arn:aws:iam::999999999999:root is not authorized to perform: sts:GetDelegatedAccessToken")
}

// removeUser deletes a user that p.user made.
func (p *partner) removeUser(name string) {
	p.t.Helper()
	for _, k := range testkit.Must(p.ListAccessKeys(p.ctx, &iam.ListAccessKeysInput{UserName: &name}))(p.t).AccessKeyMetadata {
		testkit.Must(p.DeleteAccessKey(p.ctx, &iam.DeleteAccessKeyInput{UserName: &name, AccessKeyId: k.AccessKeyId}))(p.t)
	}
	testkit.Must(p.DeleteUserPolicy(p.ctx, &iam.DeleteUserPolicyInput{UserName: &name, PolicyName: aws.String("own")}))(p.t)
	testkit.Must(p.DeleteUser(p.ctx, &iam.DeleteUserInput{UserName: &name}))(p.t)
}

// What a role session is limited by, limits whom it delegates to.
func TestDelegatedCredentialsOfARoleSession(t *testing.T) {
	t.Parallel()
	p := newPartner(t)
	testkit.Must(p.CreateRole(p.ctx, &iam.CreateRoleInput{RoleName: aws.String("Admin"), AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}}`)}))(t)
	policy := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red","aws:SourceIdentity":"eve"}}}}`
	testkit.Must(p.PutRolePolicy(p.ctx, &iam.PutRolePolicyInput{RoleName: aws.String("Admin"), PolicyName: aws.String("p"),
		PolicyDocument: &policy}))(t)
	session := testkit.Must(p.srv.STS().AssumeRole(p.ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::000000000000:role/Admin"), RoleSessionName: aws.String("eve"), SourceIdentity: aws.String("eve"),
		Tags:   []ststypes.Tag{{Key: aws.String("team"), Value: aws.String("red")}},
		Policy: aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:ListUsers","iam:ListRoles","iam:*Delegat*"],"Resource":"*"}}`),
	}))(t)
	out := testkit.Must(p.trade(p.approved(iam.NewFromConfig(p.session(session.Credentials)), "flow-1", delegable)))(t)
	const arn = "arn:aws:sts::000000000000:assumed-role/Admin/eve"
	me := p.session(out.Credentials)
	if who := testkit.Must(sts.NewFromConfig(me).GetCallerIdentity(p.ctx, nil))(t); *out.AssumedPrincipal != arn || *who.Arn != arn ||
		*who.UserId != *session.AssumedRoleUser.AssumedRoleId {
		t.Errorf("AssumedPrincipal = %s, GetCallerIdentity = %s %s", *out.AssumedPrincipal, *who.Arn, *who.UserId)
	}
	client := iam.NewFromConfig(me)
	testkit.Must(client.ListUsers(p.ctx, nil))(t)
	for _, denied := range []struct {
		err          error
		action, kind string
	}{
		{testkit.Refused(client.ListRoles(p.ctx, nil)), "iam:ListRoles", "role"},    // not delegated
		{testkit.Refused(client.ListGroups(p.ctx, nil)), "iam:ListGroups", "group"}, // not the session's to delegate
	} {
		testkit.WantError(t, denied.err, "AccessDenied", "User: "+arn+" is not authorized to perform: "+denied.action+
			" on resource: arn:aws:iam::000000000000:"+denied.kind+"/ because no session policy allows the "+denied.action+" action")
	}

	// Delegated once more, within both policies.
	inner := testkit.Must(p.trade(p.approved(client, "again",
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:List*","Resource":"*"}}`)))(t)
	client = iam.NewFromConfig(p.session(inner.Credentials))
	testkit.Must(client.ListUsers(p.ctx, nil))(t)
	if err := testkit.Refused(client.ListRoles(p.ctx, nil)); err == nil {
		t.Error("the second delegation widens the first")
	}
}

func TestDelegatedCredentialsOfRoot(t *testing.T) {
	t.Parallel()
	p := newPartner(t)
	out := testkit.Must(p.trade(p.approved(p.Client, "flow-1", delegable)))(t)
	me := p.session(out.Credentials)
	if who := testkit.Must(sts.NewFromConfig(me).GetCallerIdentity(p.ctx, nil))(t); *who.Arn != "arn:aws:iam::000000000000:root" ||
		*out.AssumedPrincipal != *who.Arn {
		t.Errorf("AssumedPrincipal = %s, GetCallerIdentity = %s", *out.AssumedPrincipal, *who.Arn)
	}
	testkit.Must(iam.NewFromConfig(me).ListGroups(p.ctx, nil))(t)
	testkit.WantError(t, testkit.Refused(iam.NewFromConfig(me).ListRoles(p.ctx, nil)), "AccessDenied",
		"User: arn:aws:iam::000000000000:root is not authorized to perform: "+
			"iam:ListRoles on resource: arn:aws:iam::000000000000:role/ because no session policy allows the iam:ListRoles action")
}

func TestRefusedTradeInTokens(t *testing.T) {
	t.Parallel()
	p := newPartner(t)
	anna := p.user("anna", allow("*"))
	token := p.approved(anna, "flow-1", delegable)
	const unknown = "The trade-in token is invalid."
	testkit.WantError(t, testkit.Refused(p.trade(aws.String("none"))), "ValidationError", unknown)
	testkit.WantError(t, testkit.Refused(p.trade(aws.String(""))), "ValidationError", unknown)
	testkit.WantError(t, testkit.Refused(p.srv.STS().GetDelegatedAccessToken(p.ctx,
		&sts.GetDelegatedAccessTokenInput{TradeInToken: token})), "ValidationError", unknown)

	name := aws.String("robot") // a user of the partner
	testkit.Must(p.as.CreateUser(p.ctx, &iam.CreateUserInput{UserName: name}))(t)
	robot := sts.NewFromConfig(p.config(testkit.Must(p.as.CreateAccessKey(p.ctx, &iam.CreateAccessKeyInput{UserName: name}))(t).AccessKey))
	testkit.WantError(t, testkit.Refused(robot.GetDelegatedAccessToken(p.ctx, &sts.GetDelegatedAccessTokenInput{TradeInToken: token})),
		"AccessDenied",
		"User: arn:aws:iam::999999999999:user/robot is not authorized to perform: sts:GetDelegatedAccessToken on resource: * "+
			"because no identity-based policy allows the sts:GetDelegatedAccessToken action")
	testkit.Must(p.as.PutUserPolicy(p.ctx, &iam.PutUserPolicyInput{
		UserName: name, PolicyName: aws.String("p"), PolicyDocument: aws.String(allow("sts:GetDelegatedAccessToken")),
	}))(t)
	testkit.Must(robot.GetDelegatedAccessToken(p.ctx, &sts.GetDelegatedAccessTokenInput{TradeInToken: token}))(t)

	var large *ststypes.PackedPolicyTooLargeException
	if err := testkit.Refused(p.tradeTooMuch()); !errors.As(err, &large) {
		t.Errorf("a session that leaves no room for the policy: %v", err)
	}
}

// tradeTooMuch trades the token of a request that a session approved whose own
// token is almost as large as one can be.
func (p *partner) tradeTooMuch() (*sts.GetDelegatedAccessTokenOutput, error) {
	p.t.Helper()
	role := p.roleThat(p.Client, "full", "000000000000", allow("*"))
	session := testkit.Must(p.srv.STS().AssumeRole(p.ctx,
		&sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("eve"), Tags: longTags(9)}))(p.t)
	return p.trade(p.approved(iam.NewFromConfig(p.session(session.Credentials)), "large", incompressible(1)))
}

// longTags are session tags; nine of them nearly fill a session token.
func longTags(n int) []ststypes.Tag {
	var list []ststypes.Tag
	for i := range n {
		list = append(list, ststypes.Tag{Key: aws.String("k" + strconv.Itoa(i)), Value: aws.String(strings.Repeat("v", 256))})
	}
	return list
}

func TestExpiredTradeInToken(t *testing.T) {
	t.Parallel()
	p := newPartner(t)
	in := p.input("short")
	in.SessionDuration = aws.Int32(300)
	id := p.request(in)
	for _, step := range []func(*iam.Client, *string) error{p.associate, p.accept, p.send} {
		if err := step(p.Client, id); err != nil {
			t.Fatal(err)
		}
	}
	token := p.exchangeToken(id)
	*p.now = p.now.Add(299 * time.Second)
	me := p.session(testkit.Must(p.trade(token))(t).Credentials)
	*p.now = p.now.Add(time.Second)
	var expired *ststypes.ExpiredTradeInTokenException
	if err := testkit.Refused(p.trade(token)); !errors.As(err, &expired) {
		t.Errorf("five minutes after it was sent: %v", err)
	}
	testkit.WantError(t, testkit.Refused(sts.NewFromConfig(me).GetCallerIdentity(p.ctx, nil)), "ExpiredToken",
		"The security token included in the request is expired")
}
