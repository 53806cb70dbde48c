package authz_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
	stssvc "github.com/understudy-iam/understudy/sts"
)

// globalKey says where a global condition key is set, or why it never is.
type globalKey struct{ set, never string }

const (
	noVPC     = "requests come over no VPC or endpoint of one"
	noForward = "no service of AWS calls on behalf of the caller"
	noMCP     = "there is no MCP server of AWS"
	noService = "the service does not exist here, so it hands out no credentials"

	fromContext = "sts: keys of a provider's context provider, by authz: sessionKeys"
)

// globalKeys is the golden list: each global key of the catalogue has a row.
var globalKeys = map[string]globalKey{
	"aws:AssumedRoot":                         {set: "authz: sessionKeys"},
	"aws:CalledVia":                           {never: noForward},
	"aws:CalledViaAWSMCP":                     {never: noMCP},
	"aws:CalledViaFirst":                      {never: noForward},
	"aws:CalledViaLast":                       {never: noForward},
	"aws:ChatbotSourceArn":                    {never: noService},
	"aws:CurrentTime":                         {set: "authz: requestKeys"},
	"aws:Ec2InstanceSourcePrivateIPv4":        {never: "the instance of the metadata service is in no network of EC2"},
	"aws:Ec2InstanceSourceVpc":                {never: "the instance of the metadata service is in no network of EC2"},
	"aws:EpochTime":                           {set: "authz: requestKeys"},
	"aws:FederatedProvider":                   {set: "authz: sessionKeys"},
	"aws:IdentityCenterInstanceArn":           {set: fromContext},
	"aws:IdentityStoreArn":                    {never: "which identity store an instance of IAM Identity Center has, only that knows"},
	"aws:IsMcpServiceAction":                  {never: noMCP},
	"aws:MultiFactorAuthAge":                  {set: "authz: sessionKeys"},
	"aws:MultiFactorAuthPresent":              {set: "authz: sessionKeys"},
	"aws:OriginIdentity/FederatedProviderArn": {set: fromContext},
	"aws:OriginIdentity/Issuer":               {set: fromContext},
	"aws:OriginIdentity/Subject":              {set: fromContext},
	"aws:OriginIdentity/SubjectType":          {set: fromContext},
	"aws:PrincipalAccount":                    {set: "authz: principalKeys"},
	"aws:PrincipalArn":                        {set: "authz: principalKeys"},
	"aws:PrincipalIsAWSService":               {set: "authz: principalKeys, serviceKeys"},
	"aws:PrincipalOrgID":                      {set: "authz: organizationKeys"},
	"aws:PrincipalOrgPaths":                   {set: "authz: organizationKeys"},
	"aws:PrincipalServiceName":                {set: "authz: serviceKeys"},
	"aws:PrincipalServiceNamesList":           {set: "authz: serviceKeys"},
	"aws:PrincipalTag/${TagKey}":              {set: "authz: principalKeys, sessionKeys"},
	"aws:PrincipalType":                       {set: "authz: principalKeys"},
	"aws:referer":                             {set: "authz: requestKeys"},
	"aws:RequestedRegion":                     {set: "authz: requestKeys"},
	"aws:RequestTag/${TagKey}":                {set: "the operation's rule, by authz.RequestTags"},
	"aws:ResourceAccount":                     {set: "authz: needKeys"},
	"aws:ResourceOrgID":                       {set: "authz: organizationKeys"},
	"aws:ResourceOrgPaths":                    {set: "authz: organizationKeys"},
	"aws:ResourceTag/${TagKey}":               {set: "authz: resourceTags"},
	"aws:SecureTransport":                     {set: "authz: requestKeys"},
	"aws:SourceAccount":                       {set: "sts: needs of a session that a service starts"},
	"aws:SourceArn":                           {set: "sts: needs of a session that a service starts"},
	"aws:SourceIdentity":                      {set: "authz: sessionKeys"},
	"aws:SourceIp":                            {set: "authz: requestKeys"},
	"aws:SourceOrgID":                         {never: "services that start sessions name an ARN and an account, no organization"},
	"aws:SourceOrgPaths":                      {never: "services that start sessions name an ARN and an account, no organization"},
	"aws:SourceOwner":                         {never: noService},
	"aws:SourceVpc":                           {never: noVPC},
	"aws:SourceVpcArn":                        {never: noVPC},
	"aws:SourceVpce":                          {never: noVPC},
	"aws:TagKeys":                             {set: "the operation's rule, by authz.TagKeys and authz.RequestTags"},
	"aws:TokenIssueTime":                      {set: "authz: sessionKeys"},
	"aws:TransactionContext/IdentityProvider/${ContextKey}": {set: fromContext},
	"aws:UserAgent":                 {set: "authz: requestKeys"},
	"aws:userid":                    {set: "authz: principalKeys, federationKeys"},
	"aws:username":                  {set: "authz: principalKeys"},
	"aws:ViaAWSMCPService":          {never: noMCP},
	"aws:ViaAWSService":             {set: "authz: requestKeys"},
	"aws:VpceAccount":               {never: noVPC},
	"aws:VpceOrgID":                 {never: noVPC},
	"aws:VpceOrgPaths":              {never: noVPC},
	"aws:VpcSourceIp":               {never: noVPC},
	"ec2:RoleDelivery":              {set: "imds: keys of an instance's session"},
	"ec2:SourceInstanceArn":         {set: "imds: keys of an instance's session"},
	"glue:CredentialIssuingService": {never: noService},
	"glue:RoleAssumedBy":            {never: noService},
	"identitystore:UserId":          {never: noService},
	"lambda:SourceFunctionArn":      {never: noService},
	"ssm:SourceInstanceArn":         {never: noService},
}

// A key that AWS adds fails here until somebody decides what sets it.
func TestEveryGlobalKeyIsSetOrNever(t *testing.T) {
	t.Parallel()
	seen := seenGlobals(t)
	known := map[string]bool{}
	for _, k := range catalog.Globals() {
		known[k.Name] = true
		row, ok := globalKeys[k.Name]
		switch {
		case !ok:
			t.Errorf("%s is in the catalogue, but not in the list of global keys; say what sets it, or why nothing does", k.Name)
		case (row.set == "") == (row.never == ""):
			t.Errorf("%s must be either set or never", k.Name)
		case row.set != "" && !seen[k.Name]:
			t.Errorf("%s is set by %s, says the list; no request has it", k.Name, row.set)
		case row.never != "" && seen[k.Name]:
			t.Errorf("%s is never set, says the list (%s); a request has it", k.Name, row.never)
		}
	}
	for name := range globalKeys {
		if !known[name] {
			t.Errorf("%s is in the list of global keys, but not in the catalogue", name)
		}
	}
}

// seenGlobals are the global keys, as the catalogue spells them, of requests by
// each kind of caller.
func seenGlobals(t *testing.T) map[string]bool {
	t.Helper()
	s := newState(t)
	all := []persistence.OrganizationPolicy{full}
	s.organization(org{all, all, all})
	var r recorder
	a := s.authorizer(r.observe)
	for _, who := range []principal.Principal{ana(), anaSession(true), instance(), propagated(), assumedRoot()} {
		ctx := principal.NewContext(t.Context(), &principal.Caller{Principal: who, Request: request})
		_ = a.Authorize(ctx, "GetUser", getBob()) // allowed or not, the keys are the same
		_ = a.Authorize(ctx, "CreateUser", &iam.CreateUserInput{UserName: aws.String("bob")})
	}
	service := stssvc.New(stssvc.Options{Store: s, Now: func() time.Time { return noon }, Authorizer: a})
	_, _ = service.StartServiceSession(t.Context(), &stssvc.ServiceSession{
		Caller: &principal.Caller{Request: request}, Service: "ec2.amazonaws.com", RoleARN: auditARN, Name: "i-1", Duration: time.Hour,
		SourceARN: "arn:aws:ec2:us-east-1:" + account + ":instance/i-1", SourceAccount: account,
	})
	seen := map[string]bool{}
	for _, d := range r {
		for _, check := range d.Checks {
			for _, name := range check.Request.Context.Names() {
				if k, ok := catalog.FindKey(name); ok {
					seen[k.Name] = true
				}
			}
		}
	}
	return seen
}

// instance is a session that the metadata service started for an instance, by
// somebody who came from a provider.
func instance() principal.Principal {
	p := audit()
	p.Session.SourceIdentity, p.Session.FederatedProvider = "ana@example.com", "idp"
	p.Session.Keys = map[string][]string{"ec2:RoleDelivery": {"2.0"}, "ec2:SourceInstanceARN": {"arn:aws:ec2:us-east-1:" + account + ":instance/i-1"}}
	return p
}

// propagated is a session of a provider that has a context provider.
func propagated() principal.Principal {
	p := audit()
	p.Session.Keys = map[string][]string{
		"aws:OriginIdentity/Subject": {"ana"}, "aws:OriginIdentity/SubjectType": {"user"}, "aws:OriginIdentity/Issuer": {"id.example.com"},
		"aws:OriginIdentity/FederatedProviderArn":            {"arn:aws:iam::" + account + ":oidc-provider/id.example.com"},
		"aws:TransactionContext/IdentityProvider/department": {"sales"}, "aws:IdentityCenterInstanceArn": {"arn:aws:sso:::instance/ssoins-1"},
	}
	return p
}

func assumedRoot() principal.Principal {
	p := root()
	p.Session = &principal.Session{Operation: "AssumeRoot", IssuedAt: noon, ExpiresAt: noon.Add(time.Hour)}
	return p
}
