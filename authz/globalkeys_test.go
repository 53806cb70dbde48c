package authz_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
	stssvc "github.com/understudy-iam/understudy/sts"
)

// globalKey says where a global condition key is set and what its value is, or why it is
// never set.
type globalKey struct{ set, here, never string }

const (
	noVPC     = "requests come over no VPC or endpoint of one"
	noForward = "no service of AWS calls on behalf of the caller"
	noMCP     = "there is no MCP server of AWS"
	noService = "the service does not exist here, so it hands out no credentials"

	fromContext = "sts: keys of a provider's context provider, by authz: sessionKeys"
)

// globalKeys is the golden list: each global key of the catalogue has a row.
var globalKeys = map[string]globalKey{
	"aws:AssumedRoot":                  {set: "authz: sessionKeys", here: "`true` in a session of `AssumeRoot`"},
	"aws:CalledVia":                    {never: noForward},
	"aws:CalledViaAWSMCP":              {never: noMCP},
	"aws:CalledViaFirst":               {never: noForward},
	"aws:CalledViaLast":                {never: noForward},
	"aws:ChatbotSourceArn":             {never: noService},
	"aws:CurrentTime":                  {set: "authz: requestKeys", here: "the server's time, which `understudy clock` moves"},
	"aws:Ec2InstanceSourcePrivateIPv4": {never: "the instance of the metadata service is in no network of EC2"},
	"aws:Ec2InstanceSourceVpc":         {never: "the instance of the metadata service is in no network of EC2"},
	"aws:EpochTime":                    {set: "authz: requestKeys", here: "the same in seconds"},
	"aws:FederatedProvider":            {set: "authz: sessionKeys", here: "the OpenID Connect or SAML provider behind a session"},
	"aws:IdentityCenterInstanceArn": {
		set: fromContext, here: "the instance of IAM Identity Center that the context assertion of a session is about",
	},
	"aws:IdentityStoreArn":   {never: "which identity store an instance of IAM Identity Center has, only that knows"},
	"aws:IsMcpServiceAction": {never: noMCP},
	"aws:MultiFactorAuthAge": {set: "authz: sessionKeys", here: "seconds since the code was given, in a session with MFA"},
	"aws:MultiFactorAuthPresent": {
		set: "authz: sessionKeys", here: "`true` or `false` in sessions; long-term credentials have no such key",
	},
	"aws:OriginIdentity/FederatedProviderArn": {
		set: fromContext, here: "the provider that vouches for the person in the context assertion of a session",
	},
	"aws:OriginIdentity/Issuer":      {set: fromContext, here: "the issuer of that assertion"},
	"aws:OriginIdentity/Subject":     {set: fromContext, here: "the subject of that assertion"},
	"aws:OriginIdentity/SubjectType": {set: fromContext, here: "the type of that subject"},
	"aws:PrincipalAccount":           {set: "authz: principalKeys", here: "the caller's account"},
	"aws:PrincipalArn":               {set: "authz: principalKeys", here: "the ARN of the user, the root user or, of a session, the role"},
	"aws:PrincipalIsAWSService": {
		set: "authz: principalKeys, serviceKeys", here: "`false`; `true` where `serve --imds` acts for a service",
	},
	"aws:PrincipalOrgID": {
		set: "authz: organizationKeys", here: "the organization of the caller's account, if a seed declares one",
	},
	"aws:PrincipalOrgPaths": {set: "authz: organizationKeys", here: "the path of the caller's account in it"},
	"aws:PrincipalServiceName": {
		set: "authz: serviceKeys", here: "the service for which `serve --imds` acts, such as `ec2.amazonaws.com`",
	},
	"aws:PrincipalServiceNamesList": {set: "authz: serviceKeys", here: "the same in a list"},
	"aws:PrincipalTag/${TagKey}": {
		set: "authz: principalKeys, sessionKeys", here: "the tags of the user or role, and the session's, which go before them",
	},
	"aws:PrincipalType": {set: "authz: principalKeys", here: "`Account`, `User`, `AssumedRole`, `FederatedUser` or `Anonymous`"},
	"aws:referer":       {set: "authz: requestKeys", here: "the header `Referer`, if the client sends one"},
	"aws:RequestedRegion": {
		set: "authz: requestKeys", here: "the region of the signature; `us-east-1` for IAM and the global endpoint of STS",
	},
	"aws:RequestTag/${TagKey}":  {set: "the operation's rule, by authz.RequestTags", here: "the tags that the call passes"},
	"aws:ResourceAccount":       {set: "authz: needKeys", here: "the account that owns the resource"},
	"aws:ResourceOrgID":         {set: "authz: organizationKeys", here: "the organization of the resource's account"},
	"aws:ResourceOrgPaths":      {set: "authz: organizationKeys", here: "the path of the resource's account in it"},
	"aws:ResourceTag/${TagKey}": {set: "authz: resourceTags", here: "the tags of the resource"},
	"aws:SecureTransport": {
		set:  "authz: requestKeys",
		here: "`true` for all calls, also those that the gateway decides; with `serve --secure-transport=false`, whether the connection has TLS (behind a proxy of `--trust-forwarded-for`, what `X-Forwarded-Proto` says)",
	},
	"aws:SourceAccount": {
		set:  "sts: needs of a session that a service starts",
		here: "the server's account, where `serve --imds` assumes a role for a service",
	},
	"aws:SourceArn":      {set: "sts: needs of a session that a service starts", here: "the instance or task for which it does"},
	"aws:SourceIdentity": {set: "authz: sessionKeys", here: "what was set when the first role was assumed"},
	"aws:SourceIp": {
		set: "authz: requestKeys", here: "the address of the client; with `serve --trust-forwarded-for`, the one in `X-Forwarded-For`",
	},
	"aws:SourceOrgID":    {never: "services that start sessions name an ARN and an account, no organization"},
	"aws:SourceOrgPaths": {never: "services that start sessions name an ARN and an account, no organization"},
	"aws:SourceOwner":    {never: noService},
	"aws:SourceVpc":      {never: noVPC},
	"aws:SourceVpcArn":   {never: noVPC},
	"aws:SourceVpce":     {never: noVPC},
	"aws:TagKeys": {
		set: "the operation's rule, by authz.TagKeys and authz.RequestTags", here: "the keys of the tags that the call passes or removes",
	},
	"aws:TokenIssueTime": {set: "authz: sessionKeys", here: "when the credentials of a session were issued"},
	"aws:TransactionContext/IdentityProvider/${ContextKey}": {set: fromContext, here: "what that assertion says of the transaction"},
	"aws:UserAgent": {set: "authz: requestKeys", here: "the header `User-Agent`"},
	"aws:userid": {
		set: "authz: principalKeys, federationKeys", here: "the unique ID; of a role session followed by the session's name",
	},
	"aws:username":         {set: "authz: principalKeys", here: "the name of a user; sessions of roles have none"},
	"aws:ViaAWSMCPService": {never: noMCP},
	"aws:ViaAWSService":    {set: "authz: requestKeys", here: "`false`"},
	"aws:VpceAccount":      {never: noVPC},
	"aws:VpceOrgID":        {never: noVPC},
	"aws:VpceOrgPaths":     {never: noVPC},
	"aws:VpcSourceIp":      {never: noVPC},
	"ec2:RoleDelivery": {
		set:  "imds: keys of an instance's session",
		here: "`2.0`, or `1.0` where the credentials were read without a token, in a session of `serve --imds`",
	},
	"ec2:SourceInstanceArn":         {set: "imds: keys of an instance's session", here: "the instance, in a session of `serve --imds`"},
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
		case (row.set == "") == (row.never == "") || (row.set == "") != (row.here == ""):
			t.Errorf("%s must be either set, and something here, or never", k.Name)
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

var update = flag.Bool("update", false, "write the table of docs/evaluation.md")

// docs/evaluation.md has a row for each global key.
func TestDocumentHasTheGlobalKeys(t *testing.T) {
	t.Parallel()
	const path, begin, end = "../docs/evaluation.md", "<!-- global keys: made by go test ./authz -run Document -update -->\n", "<!-- end of the global keys -->\n"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), begin)
	got, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place for the global keys", path)
	}
	want := globalKeyTable()
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s does not have the list of global keys; run go test ./authz -run Document -update (-want +got):\n%s", path, diff)
	}
}

// globalKeyTable lists the keys that are set first, then the others, each by name.
func globalKeyTable() string {
	var set, never strings.Builder
	for _, name := range slices.SortedFunc(maps.Keys(globalKeys), func(a, b string) int {
		return strings.Compare(strings.ToLower(a), strings.ToLower(b))
	}) {
		shown := strings.NewReplacer("${TagKey}", "...", "${ContextKey}", "...").Replace(name)
		if row := globalKeys[name]; row.set != "" {
			fmt.Fprintf(&set, "| `%s` | %s |\n", shown, row.here)
		} else {
			fmt.Fprintf(&never, "| `%s` | never set: %s |\n", shown, row.never)
		}
	}
	return "| key | here |\n|---|---|\n" + set.String() + never.String()
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
	p.Session.Keys = map[string][]string{
		"ec2:RoleDelivery": {"2.0"}, "ec2:SourceInstanceARN": {"arn:aws:ec2:us-east-1:" + account + ":instance/i-1"},
	}
	return p
}

// propagated is a session of a provider that has a context provider.
func propagated() principal.Principal {
	p := audit()
	p.Session.Keys = map[string][]string{
		"aws:OriginIdentity/Subject": {"ana"}, "aws:OriginIdentity/SubjectType": {"user"}, "aws:OriginIdentity/Issuer": {"id.example.com"},
		"aws:OriginIdentity/FederatedProviderArn":            {"arn:aws:iam::" + account + ":oidc-provider/id.example.com"},
		"aws:TransactionContext/IdentityProvider/department": {"sales"},
		"aws:IdentityCenterInstanceArn":                      {"arn:aws:sso:::instance/ssoins-1"},
	}
	return p
}

func assumedRoot() principal.Principal {
	p := root()
	p.Session = &principal.Session{Operation: "AssumeRoot", IssuedAt: noon, ExpiresAt: noon.Add(time.Hour)}
	return p
}
