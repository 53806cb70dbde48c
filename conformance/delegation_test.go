package conformance_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/server"
)

const (
	partnerAccount = "999999999999"
	partnerTopic   = "arn:aws:sns:us-east-1:" + partnerAccount + ":delegations"
	partnerPolicy  = `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::@{bucketNames}/@{prefix}/*"},
		{"@Enabled":"!READ_ONLY","Effect":"Allow","Action":"iam:CreateRole","Resource":"*",
		 "Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::partner:policy/partner.com/Limit"}}}]}`
)

// A partner is a product provider with a registered policy template, beside a
// world whose clock stands still until it is moved, by minutes: requests are
// signed by the real one.
type partner struct {
	*world
	as       *iam.Client // the provider
	template *string
	now      *time.Time
}

func newPartner(t *testing.T, more ...iamtest.Option) *partner {
	now := time.Now().UTC().Truncate(time.Second)
	p := &partner{now: &now}
	srv := iamtest.Start(t, append(more, iamtest.WithServer(func(o *server.Options) { o.Now = func() time.Time { return *p.now } }))...)
	p.world = &world{Client: srv.IAM(), t: t, srv: srv, ctx: t.Context()}
	p.as = iam.NewFromConfig(srv.ConfigFor(srv.AccountKey(partnerAccount)))
	status, answer := p.manage("POST", "delegation-templates",
		`{"account":"`+partnerAccount+`","requestor":"Partner","name":"setup","policy":`+partnerPolicy+`}`)
	if status != http.StatusCreated {
		t.Fatalf("registering: %d %s", status, answer)
	}
	var out struct{ PolicyTemplateArn string }
	if err := json.Unmarshal([]byte(answer), &out); err != nil {
		t.Fatal(err)
	}
	p.template = &out.PolicyTemplateArn
	return p
}

// manage sends a management request.
func (p *partner) manage(method, path, body string) (int, string) {
	p.t.Helper()
	r, err := http.NewRequest(method, p.srv.URL+"/_understudy/"+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := testkit.HTTP.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(answer.Body); err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, b.String()
}

func parameter(name string, values ...string) types.PolicyParameter {
	kind := types.PolicyParameterTypeEnumString
	if len(values) > 1 {
		kind = types.PolicyParameterTypeEnumStringList
	}
	return types.PolicyParameter{Name: &name, Type: kind, Values: values}
}

// input is a request of the partner for two hours, for nobody in particular.
func (p *partner) input(workflow string) *iam.CreateDelegationRequestInput {
	return &iam.CreateDelegationRequestInput{
		Description: aws.String("Set up"), RequestorWorkflowId: &workflow, NotificationChannel: aws.String(partnerTopic),
		SessionDuration: aws.Int32(7200),
		Permissions: &types.DelegationPermission{PolicyTemplateArn: p.template, Parameters: []types.PolicyParameter{
			parameter("bucketNames", "one", "two"), parameter("prefix", "data"), parameter("READ_ONLY", "True"),
		}},
	}
}

// request makes it and returns its ID.
func (p *partner) request(in *iam.CreateDelegationRequestInput) *string {
	p.t.Helper()
	return testkit.Must(p.as.CreateDelegationRequest(p.ctx, in))(p.t).DelegationRequestId
}

// show is the request as root sees it.
func (p *partner) show(id *string) *types.DelegationRequest {
	p.t.Helper()
	return testkit.Must(p.GetDelegationRequest(p.ctx, &iam.GetDelegationRequestInput{DelegationRequestId: id}))(p.t).DelegationRequest
}

// The steps of a request's life, each by a client.
func (p *partner) associate(c *iam.Client, id *string) error {
	return testkit.Refused(c.AssociateDelegationRequest(p.ctx, &iam.AssociateDelegationRequestInput{DelegationRequestId: id}))
}
func (p *partner) forward(c *iam.Client, id *string) error {
	return testkit.Refused(c.UpdateDelegationRequest(p.ctx,
		&iam.UpdateDelegationRequestInput{DelegationRequestId: id, Notes: aws.String("please")}))
}
func (p *partner) accept(c *iam.Client, id *string) error {
	return testkit.Refused(c.AcceptDelegationRequest(p.ctx, &iam.AcceptDelegationRequestInput{DelegationRequestId: id}))
}
func (p *partner) reject(c *iam.Client, id *string) error {
	return testkit.Refused(c.RejectDelegationRequest(p.ctx,
		&iam.RejectDelegationRequestInput{DelegationRequestId: id, Notes: aws.String("no")}))
}
func (p *partner) send(c *iam.Client, id *string) error {
	return testkit.Refused(c.SendDelegationToken(p.ctx, &iam.SendDelegationTokenInput{DelegationRequestId: id}))
}

func TestLifeOfADelegationRequest(t *testing.T) {
	t.Parallel()
	p := newPartner(t)
	in := p.input("workflow-1")
	in.RequestMessage, in.RedirectUrl, in.OnlySendByOwner = aws.String("hello"), aws.String("https://partner.com/back"), true
	id := p.request(in)
	anna, boss := p.user("anna", ""), p.user("boss", allow("iam:AcceptDelegationRequest"))
	got := p.show(id)
	if got.State != types.StateTypeUnassigned || got.OwnerId != nil || *got.RequestorId != partnerAccount ||
		*got.RequestorName != "Partner" ||
		*got.RequestMessage != "hello" || *got.RedirectUrl != "https://partner.com/back" || !got.OnlySendByOwner ||
		*got.SessionDuration != 7200 {
		t.Errorf("request = %+v", got)
	}
	const policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws:s3:::one/data/*","arn:aws:s3:::two/data/*"]}]}`
	if diff := cmp.Diff(policy, *got.PermissionPolicy); diff != "" {
		t.Errorf("policy (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(in.Permissions, got.Permissions,
		cmp.AllowUnexported(types.DelegationPermission{}, types.PolicyParameter{})); diff != "" {
		t.Errorf("permissions (-want +got):\n%s", diff)
	}
	for _, step := range []struct {
		name  string
		do    func(*iam.Client, *string) error
		by    *iam.Client
		state types.StateType
	}{
		{"associated by anna", p.associate, anna, types.StateTypeAssigned},
		{"forwarded by anna", p.forward, anna, types.StateTypePendingApproval},
		{"accepted by her boss", p.accept, boss, types.StateTypeAccepted},
		{"sent by anna", p.send, anna, types.StateTypeFinalized},
	} {
		*p.now = p.now.Add(time.Minute)
		if err := step.do(step.by, id); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		got := p.show(id)
		if got.State != step.state || !got.UpdatedTime.Equal(*p.now) || !got.ExpirationTime.Equal(p.now.Add(7*24*time.Hour)) {
			t.Errorf("%s: state %s, updated %v, expires %v", step.name, got.State, got.UpdatedTime, got.ExpirationTime)
		}
	}
	got = p.show(id)
	if *got.OwnerId != "arn:aws:iam::000000000000:user/anna" || *got.OwnerAccountId != "000000000000" ||
		*got.ApproverId != "arn:aws:iam::000000000000:user/boss" || *got.Notes != "please" {
		t.Errorf("at the end: %+v", got)
	}
	status, answer := p.manage("GET", "delegation-requests/"+*id+"/notifications", "")
	var notes []struct{ Type, State, ExchangeToken, ExpiresAt, RequestorWorkflowId string }
	if err := json.Unmarshal([]byte(answer), &notes); err != nil || status != http.StatusOK || len(notes) != 5 {
		t.Fatalf("notifications: %d %s, %v", status, answer, err)
	}
	if n := notes[4]; n.Type != "ExchangeToken" || len(n.ExchangeToken) < 40 ||
		n.ExpiresAt != p.now.Add(2*time.Hour).Format(time.RFC3339) || n.RequestorWorkflowId != "workflow-1" {
		t.Errorf("the last notification = %+v", n)
	}
}

func TestStatesOfADelegationRequest(t *testing.T) {
	t.Parallel()
	p := newPartner(t)
	steps := map[string]func(*iam.Client, *string) error{"associate": p.associate, "forward": p.forward, "accept": p.accept,
		"reject": p.reject, "send": p.send}
	for _, c := range []struct {
		state string
		path  []string
		may   string
	}{
		{"UNASSIGNED", nil, "associate"},
		{"ASSIGNED", []string{"associate"}, "forward accept reject"},
		{"PENDING_APPROVAL", []string{"associate", "forward"}, "forward accept reject"},
		{"ACCEPTED", []string{"associate", "accept"}, "reject send"},
		{"REJECTED", []string{"associate", "reject"}, ""},
		{"FINALIZED", []string{"associate", "accept", "send"}, ""},
	} {
		for name, do := range steps {
			t.Run(name+" when "+c.state, func(t *testing.T) {
				id := p.request(p.input(c.state + " " + name))
				for _, step := range c.path {
					if err := steps[step](p.Client, id); err != nil {
						t.Fatalf("%s: %v", step, err)
					}
				}
				err := do(p.Client, id)
				if strings.Contains(c.may, name) {
					if err != nil {
						t.Error(err)
					}
					return
				}
				code := "InvalidInput"
				if name == "accept" {
					code = "ConcurrentModification"
				}
				testkit.WantError(t, err, code, "The delegation request "+*id+" is in state "+c.state+".")
			})
		}
	}
	if got := p.show(p.rejected()); *got.RejectionReason != "no" {
		t.Errorf("rejected = %+v", got)
	}
}

func (p *partner) rejected() *string {
	id := p.request(p.input("rejected"))
	if err := p.associate(p.Client, id); err != nil {
		p.t.Fatal(err)
	}
	if err := p.reject(p.Client, id); err != nil {
		p.t.Fatal(err)
	}
	return id
}

func TestRefusedDelegationRequests(t *testing.T) {
	t.Parallel()
	p := newPartner(t)
	p.request(p.input("taken"))
	other := aws.String("arn:aws:iam:::delegation-template/" + partnerAccount + "/other")
	for name, c := range map[string]struct {
		change     func(*iam.CreateDelegationRequestInput)
		code, text string
	}{
		"a workflow twice": {func(in *iam.CreateDelegationRequestInput) { in.RequestorWorkflowId = aws.String("taken") },
			"EntityAlreadyExists", "A delegation request with workflow id taken already exists."},
		"an unknown template": {func(in *iam.CreateDelegationRequestInput) { in.Permissions.PolicyTemplateArn = other },
			"InvalidInput", "The policy template " + *other + " is not registered."},
		"a foreign topic": {func(in *iam.CreateDelegationRequestInput) {
			in.NotificationChannel = aws.String("arn:aws:sns:us-east-1:000000000000:t")
		}, "InvalidInput", "The notification channel arn:aws:sns:us-east-1:000000000000:t is not an SNS topic of the requestor."},
		"a parameter missing": {func(in *iam.CreateDelegationRequestInput) { in.Permissions.Parameters = in.Permissions.Parameters[:1] },
			"InvalidInput", "Failed to render template: Parameter 'prefix' not found."},
		"a parameter too many": {func(in *iam.CreateDelegationRequestInput) {
			in.Permissions.Parameters = append(in.Permissions.Parameters, parameter("Unused", "x"))
		}, "InvalidInput", "Failed to render template: Unrecognized parameter: Unused"},
		"a parameter twice": {func(in *iam.CreateDelegationRequestInput) {
			in.Permissions.Parameters = append(in.Permissions.Parameters, parameter("prefix", "x"))
		}, "InvalidInput", "Failed to render template: Duplicate parameter: prefix"},
		"a policy too long": {func(in *iam.CreateDelegationRequestInput) {
			in.Permissions.Parameters[1] = parameter("prefix", strings.Repeat("x", 2000))
		}, "LimitExceeded", "The rendered policy exceeds 2048 characters."},
	} {
		t.Run(name, func(t *testing.T) {
			in := p.input("new-1")
			c.change(in)
			testkit.WantError(t, testkit.Refused(p.as.CreateDelegationRequest(p.ctx, in)), c.code, c.text)
		})
	}
	id := aws.String("dr-00000000-0000-0000-0000-000000000000")
	for name, do := range map[string]func(*iam.Client, *string) error{
		"associate": p.associate, "forward": p.forward, "accept": p.accept, "reject": p.reject, "send": p.send,
	} {
		t.Run(name+" none", func(t *testing.T) {
			testkit.WantError(t, do(p.Client, id), "NoSuchEntity", "The delegation request with id "+*id+" cannot be found.")
		})
	}
}

// A root user may not delegate for more than four hours.
func TestRootApprovesForFourHours(t *testing.T) {
	t.Parallel()
	p := newPartner(t)
	in := p.input("long-1")
	in.SessionDuration = aws.Int32(4*3600 + 1)
	id := p.request(in)
	anna := p.user("anna", allow("iam:*"))
	if err := p.associate(anna, id); err != nil {
		t.Fatal(err)
	}
	testkit.WantError(t, p.accept(p.Client, id), "AccessDenied",
		"Root users can only approve delegation requests with a duration of 4 hours or less.")
	if err := p.accept(anna, id); err != nil {
		t.Error(err)
	}
}

func TestPermissionsOfDelegationRequests(t *testing.T) {
	t.Parallel()
	p := newPartner(t)
	in := p.input("theirs")
	in.OwnerAccountId, in.OnlySendByOwner = aws.String("000000000000"), true
	id := p.request(in)
	anna, eve := p.user("anna", ""), p.user("eve", "")
	stranger := iam.NewFromConfig(p.srv.ConfigFor(p.srv.AccountKey("111111111111")))
	get := func(c *iam.Client) error {
		return testkit.Refused(c.GetDelegationRequest(p.ctx, &iam.GetDelegationRequestInput{DelegationRequestId: id}))
	}
	denied := func(who, action string) string {
		return "User: arn:aws:iam::000000000000:user/" + who + " is not authorized to perform: iam:" + action +
			" on resource: arn:aws:iam::000000000000:delegation-request/" + *id + " because no identity-based policy allows the iam:" +
			action + " action"
	}
	if err := get(eve); err != nil {
		t.Errorf("eve sees a request without an owner: %v", err)
	}
	if err := get(stranger); err == nil {
		t.Error("another account sees a request that is not for it")
	}
	if err := p.associate(stranger, id); err == nil {
		t.Error("another account owns a request that is not for it")
	}
	if err := p.associate(anna, id); err != nil {
		t.Fatal(err)
	}
	testkit.WantError(t, get(eve), "AccessDenied", denied("eve", "GetDelegationRequest"))
	testkit.WantError(t, p.forward(eve, id), "AccessDenied", denied("eve", "UpdateDelegationRequest"))
	testkit.WantError(t, p.reject(eve, id), "AccessDenied", denied("eve", "RejectDelegationRequest"))
	testkit.WantError(t, p.accept(anna, id), "AccessDenied", denied("anna", "AcceptDelegationRequest"))
	if err := get(anna); err != nil {
		t.Errorf("anna's own request: %v", err)
	}
	condition := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*Delegation*","Resource":"*","Condition":{"ArnLike":{"iam:DelegationRequestOwner":"arn:aws:iam::000000000000:user/a*"}}}}`
	testkit.Must(p.PutUserPolicy(p.ctx, &iam.PutUserPolicyInput{UserName: aws.String("eve"), PolicyName: aws.String("p"),
		PolicyDocument: &condition}))(t)
	if err := p.accept(eve, id); err != nil {
		t.Errorf("eve may approve what people with an a own: %v", err)
	}
	testkit.WantError(t, p.send(eve, id), "AccessDenied", "Only the owner of the delegation request can send the delegation token.")
	deny := `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:SendDelegationToken","Resource":"*"}}`
	testkit.Must(p.PutUserPolicy(p.ctx, &iam.PutUserPolicyInput{UserName: aws.String("anna"), PolicyName: aws.String("p"),
		PolicyDocument: &deny}))(t)
	if err := p.send(anna, id); err == nil {
		t.Error("an explicit deny does not count for the owner")
	}
}

func TestListDelegationRequests(t *testing.T) {
	t.Parallel()
	p := newPartner(t)
	anna := p.user("anna", "")
	ids := map[string]bool{}
	for _, workflow := range []string{"flow-1", "flow-2", "flow-3"} {
		id := p.request(p.input(workflow))
		if err := p.associate(anna, id); err != nil {
			t.Fatal(err)
		}
		ids[*id] = true
	}
	mine := p.request(p.input("flow-4"))
	if err := p.associate(p.Client, mine); err != nil {
		t.Fatal(err)
	}
	p.request(p.input("nobody's"))
	owner := aws.String("arn:aws:iam::000000000000:user/anna")
	first := testkit.Must(anna.ListDelegationRequests(p.ctx, &iam.ListDelegationRequestsInput{OwnerId: owner, MaxItems: aws.Int32(2)}))(t)
	next := testkit.Must(anna.ListDelegationRequests(p.ctx, &iam.ListDelegationRequestsInput{OwnerId: owner, Marker: first.Marker}))(t)
	if len(first.DelegationRequests) != 2 || !first.IsTruncated || len(next.DelegationRequests) != 1 || next.IsTruncated {
		t.Errorf("pages of %d and %d requests", len(first.DelegationRequests), len(next.DelegationRequests))
	}
	for _, r := range append(first.DelegationRequests, next.DelegationRequests...) {
		if !ids[*r.DelegationRequestId] {
			t.Errorf("listed %s, which anna does not own or was listed before", *r.DelegationRequestId)
		}
		delete(ids, *r.DelegationRequestId)
	}
	if all := testkit.Must(p.ListDelegationRequests(p.ctx, nil))(t).DelegationRequests; len(all) != 4 {
		t.Errorf("the account owns %d requests", len(all))
	}
	testkit.WantError(t, testkit.Refused(anna.ListDelegationRequests(p.ctx, nil)), "AccessDenied",
		"User: arn:aws:iam::000000000000:user/anna is not authorized to perform: iam:ListDelegationRequests on resource: * because no identity-based policy allows the iam:ListDelegationRequests action")
	testkit.WantError(t, testkit.Refused(p.ListDelegationRequests(p.ctx, &iam.ListDelegationRequestsInput{Marker: aws.String("none")})),
		"ValidationError", "Invalid Marker.")
}

func TestPermissionCheck(t *testing.T) {
	t.Parallel()
	p := newPartner(t)
	plain := p.request(p.input("plain"))
	in := p.input("conditions")
	in.Permissions.Parameters = in.Permissions.Parameters[:2]
	conditions := p.request(in)
	for name, c := range map[string]struct {
		policy string
		id     *string
		want   types.PermissionCheckResultType
	}{
		"all that is asked for": {allow("s3:*"), plain, types.PermissionCheckResultTypeAllowed},
		"a part of it":          {allow("s3:GetObject"), plain, types.PermissionCheckResultTypeDenied},
		"under conditions":      {allow("*"), conditions, types.PermissionCheckResultTypeUnsure},
	} {
		t.Run(name, func(t *testing.T) {
			user := p.user(strings.ReplaceAll(name, " ", "-"), c.policy)
			out := testkit.Must(user.GetDelegationRequest(p.ctx,
				&iam.GetDelegationRequestInput{DelegationRequestId: c.id, DelegationPermissionCheck: true}))(t)
			if out.PermissionCheckStatus != types.PermissionCheckStatusTypeComplete || out.PermissionCheckResult != c.want {
				t.Errorf("check = %s %s", out.PermissionCheckStatus, out.PermissionCheckResult)
			}
		})
	}
	if diff := cmp.Diff([]string{
		"arn:aws:iam::partner:policy/partner.com/Limit",
	}, p.show(conditions).RolePermissionRestrictionArns); diff != "" {
		t.Errorf("restrictions (-want +got):\n%s", diff)
	}
}

func TestGetHumanReadableSummary(t *testing.T) {
	t.Parallel()
	p := newPartner(t)
	in := p.input("words")
	in.Permissions.Parameters = in.Permissions.Parameters[:2]
	arn := "arn:aws:iam::000000000000:delegation-request/" + *p.request(in)
	summary := func(arn string, locale *string) (*iam.GetHumanReadableSummaryOutput, error) {
		return p.GetHumanReadableSummary(p.ctx, &iam.GetHumanReadableSummaryInput{EntityArn: &arn, Locale: locale})
	}
	out := testkit.Must(summary(arn, nil))(t)
	want := "Partner (account 999999999999) asks for temporary access for 2h0m0s." +
		" It could call s3:GetObject, s3:PutObject on arn:aws:s3:::one/data/*, arn:aws:s3:::two/data/*." +
		" It could call iam:CreateRole on * under conditions. Roles that it makes are limited by arn:aws:iam::partner:policy/partner.com/Limit."
	if diff := cmp.Diff(want, aws.ToString(out.SummaryContent)); diff != "" || out.SummaryState != types.SummaryStateTypeAvailable ||
		*out.Locale != "en" {
		t.Errorf("summary %s in %s (-want +got):\n%s", out.SummaryState, *out.Locale, diff)
	}
	if out := testkit.Must(summary(arn, aws.String("de-DE")))(t); out.SummaryState != types.SummaryStateTypeNotSupported ||
		out.SummaryContent != nil || *out.Locale != "de-DE" {
		t.Errorf("in German: %+v", out)
	}
	testkit.WantError(t, testkit.Refused(summary("arn:aws:iam::000000000000:user/anna", nil)), "InvalidInput",
		"ARN arn:aws:iam::000000000000:user/anna is not the ARN of a delegation request.")
	testkit.WantError(t, testkit.Refused(summary(arn+"x", nil)), "NoSuchEntity",
		"The delegation request with id "+arn[len("arn:aws:iam::000000000000:delegation-request/"):]+"x cannot be found.")
	testkit.WantError(t, testkit.Refused(summary("delegation-request/something", nil)), "ValidationError",
		"ARN delegation-request/something is not valid.")
}

func TestRefusedDelegationTemplates(t *testing.T) {
	t.Parallel()
	p := newPartner(t)
	for name, body := range map[string]string{
		"no account":   `{"account":"x","requestor":"P","name":"n","policy":{}}`,
		"no name":      `{"requestor":"P","policy":{}}`,
		"no requestor": `{"name":"n","policy":{}}`,
		"no policy":    `{"requestor":"P","name":"n","policy":[]}`,
		"no such key":  `{"requestor":"P","name":"n","policy":{},"more":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			if status, answer := p.manage("POST", "delegation-templates", body); status != http.StatusBadRequest ||
				!strings.Contains(answer, `"error"`) {
				t.Errorf("answer = %d %s", status, answer)
			}
		})
	}
	if status, _ := p.manage("GET", "delegation-requests/none/notifications", ""); status != http.StatusBadRequest {
		t.Errorf("notifications of no request: %d", status)
	}
}
