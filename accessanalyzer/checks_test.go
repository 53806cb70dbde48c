package accessanalyzer_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"github.com/understudy-iam/understudy/iamtest"
)

const (
	identity = types.AccessCheckPolicyTypeIdentityPolicy
	resource = types.AccessCheckPolicyTypeResourcePolicy

	granted    = `"FAIL: The policy document grants access to perform one or more of the listed actions or resources."`
	notGranted = `"PASS: The policy document does not grant access to perform the listed actions or resources."`
)

// said is what a check answers, in short.
func said[R ~string](result R, message *string, reasons []types.ReasonSummary) string {
	var b strings.Builder
	b.WriteString(strconv.Quote(string(result) + ": " + *message))
	for _, r := range reasons {
		b.WriteString(" " + strconv.Itoa(int(*r.StatementIndex)) + " " + aws.ToString(r.StatementId) + " " + strconv.Quote(*r.Description))
	}
	return b.String()
}

// Whether a document grants anything new, with the example of the AWS CLI.
func TestCheckNoNewAccess(t *testing.T) {
	t.Parallel()
	c := client(iamtest.Start(t))
	const (
		fail = `"FAIL: The modified permissions grant new access compared to your existing policy."`
		pass = `"PASS: The modified permissions do not grant new access compared to your existing policy."`
	)
	read := policy(`{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}`)
	write := policy(`{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:ListBucket"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}`)
	for name, tc := range map[string]struct {
		old, new *string
		kind     types.AccessCheckPolicyType
		want     string
	}{
		"as the AWS CLI shows": {read, write, identity, fail + ` 0  "New access in the statement with index: 0."`},
		"less":                 {write, read, identity, pass},
		"the same":             {read, read, identity, pass},
		"a statement with an ID": {
			read, policy(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/x"}`,
				`{"Sid":"More","Effect":"Allow","Action":"sqs:*","Resource":"*"}`,
				`{"Effect":"Allow","Action":"sns:*","Resource":"*"}`), identity,
			fail + ` 1 More "New access in the statement with sid: More." 2  "New access in the statement with index: 2."`,
		},
		"a lost condition": {
			policy(`{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`),
			policy(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`), identity, fail + ` 0  "New access in the statement with index: 0."`,
		},
		"a lost denial": {
			policy(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, `{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}`),
			policy(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`), identity, fail + ` 0  "New access in the statement with index: 0."`,
		},
		"another principal": {
			policy(`{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sqs:SendMessage","Resource":"*"}`),
			policy(`{"Effect":"Allow","Principal":{"AWS":["111122223333","444455556666"]},"Action":"sqs:SendMessage","Resource":"*"}`),
			resource, fail + ` 0  "New access in the statement with index: 0."`,
		},
		"a role's policy": {
			policy(`{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}`),
			policy(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/r"},"Action":"sts:AssumeRole"}`), resource, pass,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := c.CheckNoNewAccess(t.Context(), &accessanalyzer.CheckNoNewAccessInput{
				ExistingPolicyDocument: tc.old, NewPolicyDocument: tc.new, PolicyType: tc.kind,
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := said(out.Result, out.Message, out.Reasons); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

// A document of another type than the policy type is a parameter that is not valid, in either place.
func TestNewAccessOfAnotherType(t *testing.T) {
	t.Parallel()
	c := client(iamtest.Start(t))
	without := policy(`{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}`)
	with := policy(`{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*"}`)
	for name, tc := range map[string]struct {
		old, new *string
		kind     types.AccessCheckPolicyType
		member   string
	}{
		"an existing policy with principals":    {with, without, identity, "existingPolicyDocument"},
		"a new policy with principals":          {without, with, identity, "newPolicyDocument"},
		"an existing policy without principals": {without, with, resource, "existingPolicyDocument"},
		"a new policy without principals":       {with, without, resource, "newPolicyDocument"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := c.CheckNoNewAccess(t.Context(), &accessanalyzer.CheckNoNewAccessInput{
				ExistingPolicyDocument: tc.old, NewPolicyDocument: tc.new, PolicyType: tc.kind,
			})
			var invalid *types.InvalidParameterException
			if !errors.As(err, &invalid) || !strings.Contains(*invalid.Message, tc.member) {
				t.Errorf("got %v, want an InvalidParameterException about %s", err, tc.member)
			}
		})
	}
}

// Whether a document grants an access, with the examples of AWS's model.
func TestCheckAccessNotGranted(t *testing.T) {
	t.Parallel()
	c := client(iamtest.Start(t))
	john := func(action, of string) *string {
		return policy(`{"Sid":"AllowJohnDoe","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/JohnDoe"},"Action":"` +
			action + `","Resource":"` + of + `"}`)
	}
	mine := types.Access{Resources: []string{"arn:aws:s3:::mine/*"}}
	const byJohn = granted + ` 0 AllowJohnDoe "One or more of the listed actions or resources in the statement with sid: AllowJohnDoe."`
	const first = granted + ` 0  "One or more of the listed actions or resources in the statement with index: 0."`
	for name, tc := range map[string]struct {
		document *string
		access   types.Access
		kind     types.AccessCheckPolicyType
		want     string
	}{
		"another action":   {john("s3:GetObject", "*"), types.Access{Actions: []string{"s3:PutObject"}}, resource, notGranted},
		"another resource": {john("s3:PutObject", "arn:aws:s3:::other/*"), mine, resource, notGranted},
		"the resource":     {john("s3:PutObject", "arn:aws:s3:::mine/*"), mine, resource, byJohn},
		"one of two actions": {
			policy(`{"Effect":"Allow","Action":"iam:Put*","Resource":"*"}`),
			types.Access{Actions: []string{"iam:PutUserPolicy", "s3:GetObject"}}, identity, first,
		},
		"an action of a wildcard": {
			policy(`{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"*"}`), types.Access{Actions: []string{"iam:*"}}, identity, first,
		},
		"the action on another resource": {
			policy(`{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::a/*"}`),
			types.Access{Actions: []string{"s3:PutObject"}, Resources: []string{"arn:aws:s3:::b/*"}}, identity, notGranted,
		},
		"the action on the resource": {
			policy(`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a/*"}`),
			types.Access{Actions: []string{"s3:PutObject"}, Resources: []string{"arn:aws:s3:::a/secret"}}, identity, first,
		},
		"a denial": {
			policy(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, `{"Effect":"Deny","Action":"s3:PutObject","Resource":"*"}`),
			types.Access{Actions: []string{"s3:PutObject"}}, identity, notGranted,
		},
		"a hundred of each": {
			policy(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a99/x"}`),
			types.Access{Actions: hundred("s3:GetObject"), Resources: hundred("arn:aws:s3:::a%/*")}, identity, first,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := c.CheckAccessNotGranted(t.Context(), &accessanalyzer.CheckAccessNotGrantedInput{
				PolicyDocument: tc.document, Access: []types.Access{tc.access}, PolicyType: tc.kind,
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := said(out.Result, out.Message, out.Reasons); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

// hundred are a hundred strings, with the number in place of the percent sign.
func hundred(of string) (list []string) {
	for i := range 100 {
		list = append(list, strings.ReplaceAll(of, "%", strconv.Itoa(i)))
	}
	return list
}

// Which accesses cannot be asked about, and by which exceptions.
func TestAccessThatIsNotValid(t *testing.T) {
	t.Parallel()
	c := client(iamtest.Start(t))
	var (
		invalid   *types.ValidationException
		parameter *types.InvalidParameterException
	)
	one := func(a types.Access) []types.Access { return []types.Access{a} }
	for name, tc := range map[string]struct {
		access   []types.Access
		document string
		want     any
	}{
		"none":                 {[]types.Access{}, "{}", &parameter},
		"an empty one":         {one(types.Access{}), "{}", &parameter},
		"two":                  {[]types.Access{{Actions: []string{"s3:*"}}, {Actions: []string{"sqs:*"}}}, "{}", &invalid},
		"101 actions":          {one(types.Access{Actions: append(hundred("s3:X"), "s3:Y")}), "{}", &invalid},
		"101 resources":        {one(types.Access{Resources: append(hundred("arn:aws:s3:::%"), "*")}), "{}", &invalid},
		"a long resource":      {one(types.Access{Resources: []string{"arn:aws:s3:::" + strings.Repeat("x", 2048)}}), "{}", &invalid},
		"not an action":        {one(types.Access{Actions: []string{"GetObject"}}), "{}", &parameter},
		"not a resource":       {one(types.Access{Resources: []string{"bucket"}}), "{}", &parameter},
		"not a document":       {one(types.Access{Actions: []string{"s3:*"}}), "{", &parameter},
		"a document of nobody": {one(types.Access{Actions: []string{"s3:*"}}), "{}", &parameter},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.CheckAccessNotGranted(t.Context(), &accessanalyzer.CheckAccessNotGrantedInput{
				PolicyDocument: &tc.document, Access: tc.access, PolicyType: identity,
			})
			if !errors.As(err, tc.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Each type of resource: public only by actions of its service, and not under a condition that
// names who may.
func TestCheckNoPublicAccess(t *testing.T) {
	t.Parallel()
	c := client(iamtest.Start(t))
	const (
		fail = `"FAIL: The resource policy grants public access for the given resource type."` +
			` 0 Bob "Public access granted in the following statement with sid: Bob."`
		pass = `"PASS: The resource policy does not grant public access for the given resource type."`
	)
	public := func(action, more string) *string {
		return policy(`{"Sid":"Bob","Effect":"Allow","Principal":"*","Action":` + action + more + `}`)
	}
	check := func(t *testing.T, of types.AccessCheckResourceType, document *string, want string) {
		t.Helper()
		out, err := c.CheckNoPublicAccess(t.Context(), &accessanalyzer.CheckNoPublicAccessInput{PolicyDocument: document, ResourceType: of})
		if err != nil {
			t.Fatal(err)
		}
		if got := said(out.Result, out.Message, out.Reasons); got != want {
			t.Errorf("%s, %s: got %s\nwant %s", of, *document, got, want)
		}
	}
	actions := map[types.AccessCheckResourceType]string{
		types.AccessCheckResourceTypeDynamodbTable:            "dynamodb:GetItem",
		types.AccessCheckResourceTypeDynamodbStream:           "dynamodb:GetRecords",
		types.AccessCheckResourceTypeEfsFilesystem:            "elasticfilesystem:ClientMount",
		types.AccessCheckResourceTypeOpensearchserviceDomain:  "es:ESHttpGet",
		types.AccessCheckResourceTypeKinesisDataStream:        "kinesis:GetRecords",
		types.AccessCheckResourceTypeKinesisStreamConsumer:    "kinesis:SubscribeToShard",
		types.AccessCheckResourceTypeKmsKey:                   "kms:Decrypt",
		types.AccessCheckResourceTypeLambdaFunction:           "lambda:InvokeFunction",
		types.AccessCheckResourceTypeS3Bucket:                 "s3:GetObject",
		types.AccessCheckResourceTypeS3AccessPoint:            "s3:GetObject",
		types.AccessCheckResourceTypeS3expressDirectorybucket: "s3express:CreateSession",
		types.AccessCheckResourceTypeS3Glacier:                "glacier:InitiateJob",
		types.AccessCheckResourceTypeS3OutpostsBucket:         "s3-outposts:GetObject",
		types.AccessCheckResourceTypeS3OutpostsAccessPoint:    "s3-outposts:GetObject",
		types.AccessCheckResourceTypeSecretsmanagerSecret:     "secretsmanager:GetSecretValue",
		types.AccessCheckResourceTypeSnsTopic:                 "sns:Publish",
		types.AccessCheckResourceTypeSqsQueue:                 "sqs:SendMessage",
		types.AccessCheckResourceTypeRoleTrust:                "sts:AssumeRole",
		types.AccessCheckResourceTypeS3TableBucket:            "s3tables:GetTable",
		types.AccessCheckResourceTypeApiGatewayRestApi:        "execute-api:Invoke",
		types.AccessCheckResourceTypeCodeArtifactDomain:       "codeartifact:GetAuthorizationToken",
		types.AccessCheckResourceTypeBackupVault:              "backup:CopyIntoBackupVault",
		types.AccessCheckResourceTypeCloudtrailDashboard:      "cloudtrail:GetDashboard",
		types.AccessCheckResourceTypeCloudtrailEventDataStore: "cloudtrail:StartQuery",
		types.AccessCheckResourceTypeS3Table:                  "s3tables:GetTableData",
		types.AccessCheckResourceTypeS3ExpressAccessPoint:     "s3express:CreateSession",
	}
	for _, of := range types.AccessCheckResourceType("").Values() {
		t.Run(string(of), func(t *testing.T) {
			t.Parallel()
			action := `"` + actions[of] + `"`
			service, _, _ := strings.Cut(action, ":")
			check(t, of, public(action, ""), fail)
			check(t, of, public(service+`:*"`, ""), fail)
			check(t, of, public(`"*"`, ""), fail)
			check(t, of, public(`"ec2:StartInstances"`, ""), pass)
			check(t, of, public(action, `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1234567890"}}`), pass)
			check(t, of, policy(`{"Sid":"Bob","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":`+action+`}`), pass)
			check(t, of, policy(`{"Sid":"Bob","Effect":"Allow","Principal":"*","Action":"*"}`,
				`{"Effect":"Deny","Principal":"*","Action":`+service+`:*"}`), pass)
			all, others := `{"Sid":"Bob","Effect":"Allow","Principal":"*","Action":"*"}`, `{"Effect":"Deny","Principal":"*","Action":"*","Condition":`
			check(t, of, policy(all, others+`{"StringNotEquals":{"aws:PrincipalOrgID":"o-1234567890"}}}`), pass)
			check(t, of, policy(all, others+`{"StringEquals":{"aws:PrincipalOrgID":"o-1234567890"}}}`), fail)
			check(t, of, policy(all, others+`{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}`), pass)
			check(t, of, policy(all, others+`{"NotIpAddress":{"aws:SourceIp":"0.0.0.0/1"}}}`), fail)
		})
	}
	points := public(`"s3:*"`, `,"Condition":{"StringLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:123456789012:accesspoint/*"}}`)
	check(t, types.AccessCheckResourceTypeS3Bucket, points, pass)
	check(t, types.AccessCheckResourceTypeS3AccessPoint, points, fail)
	_, err := c.CheckNoPublicAccess(t.Context(), &accessanalyzer.CheckNoPublicAccessInput{
		PolicyDocument: public(`"s3:*"`, ""), ResourceType: "AWS::EC2::Instance",
	})
	var invalid *types.ValidationException
	if !errors.As(err, &invalid) || *invalid.FieldList[0].Name != "resourceType" {
		t.Errorf("another type: got %v", err)
	}
}
