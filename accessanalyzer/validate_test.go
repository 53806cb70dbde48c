package accessanalyzer_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/understudy-iam/understudy/iamtest"
)

// trust is the document of the AWS CLI's example, as it is written there.
const trust = `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "",
            "Effect": "Allow",
            "Principal": {
                "Federated": "cognito-identity.amazonaws.com"
            },
            "Action": [
                "sts:AssumeRole",
                "sts:TagSession"
            ],
            "Condition": {
                "StringEquals": {
                    "cognito-identity.amazonaws.com:aud": "us-west-2_EXAMPLE"
                }
            }
        }
    ]
}
`

// shown is a finding in short: its type and code, and where it is.
func shown(f *types.ValidatePolicyFinding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", f.FindingType, *f.IssueCode)
	for _, l := range f.Locations {
		b.WriteString(" ")
		for _, p := range l.Path {
			switch p := p.(type) {
			case *types.PathElementMemberIndex:
				fmt.Fprintf(&b, "[%d]", p.Value)
			case *types.PathElementMemberKey:
				fmt.Fprintf(&b, "!%s", p.Value)
			case *types.PathElementMemberValue:
				fmt.Fprintf(&b, ".%s", p.Value)
			}
		}
		s, e := l.Span.Start, l.Span.End
		fmt.Fprintf(&b, " %d:%d(%d)-%d:%d(%d)", *s.Line, *s.Column, *s.Offset, *e.Line, *e.Column, *e.Offset)
	}
	return b.String()
}

func validate(t *testing.T, c *accessanalyzer.Client, in *accessanalyzer.ValidatePolicyInput) []string {
	t.Helper()
	list := []string{}
	pages := accessanalyzer.NewValidatePolicyPaginator(c, in)
	for pages.HasMorePages() {
		out, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for i := range out.Findings {
			list = append(list, shown(&out.Findings[i]))
		}
	}
	return list
}

// The example of the AWS CLI: AWS's codes, messages, links and places.
func TestValidatePolicyAsTheAWSCLIShows(t *testing.T) {
	t.Parallel()
	c := client(iamtest.Start(t))
	out, err := c.ValidatePolicy(t.Context(), &accessanalyzer.ValidatePolicyInput{
		PolicyDocument: aws.String(trust), PolicyType: types.PolicyTypeResourcePolicy,
	})
	if err != nil {
		t.Fatal(err)
	}
	f := out.Findings[0]
	const link = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html" +
		"#access-analyzer-reference-policy-checks-suggestion-empty-sid-value"
	if shown(&f) != "SUGGESTION EMPTY_SID_VALUE .Statement[0].Sid 5:19(79)-5:21(81)" || *f.LearnMoreLink != link ||
		*f.FindingDetails != "Add a value to the empty string in the Sid element." {
		t.Errorf("got %s", asJSON(t, f))
	}
}

// Each type of policy, each type of resource, and each way in which a path ends.
func TestValidatePolicy(t *testing.T) {
	t.Parallel()
	const (
		identity = types.PolicyTypeIdentityPolicy
		resource = types.PolicyTypeResourcePolicy
	)
	c := client(iamtest.Start(t))
	misspelt := policy(`{"Effect":"Allow","Action":"s3:GetObjct","Resource":"*"}`)
	ofQueue := policy(`{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sqs:SendMessage"}`)
	unsupported := []string{"ERROR UNSUPPORTED_ACTION_IN_POLICY .Statement[0].Action 1:99(99)-1:116(116)"}
	for name, tc := range map[string]struct {
		document *string
		kind     types.PolicyType
		of       types.ValidatePolicyResourceType
		want     []string
	}{
		"nothing": {policy(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}`), identity, "", nil},
		"of an identity": {misspelt, identity, "", []string{
			"ERROR INVALID_ACTION .Statement[0].Action 1:64(64)-1:77(77)",
		}},
		"of a resource": {misspelt, resource, "", []string{
			"ERROR MISSING_PRINCIPAL .Statement[0] 1:37(37)-1:93(93)",
			"ERROR INVALID_ACTION .Statement[0].Action 1:64(64)-1:77(77)",
		}},
		"of an organization": {misspelt, types.PolicyTypeServiceControlPolicy, "", []string{
			"ERROR INVALID_ACTION .Statement[0].Action 1:64(64)-1:77(77)",
		}},
		"of an organization's resources": {misspelt, types.PolicyTypeResourceControlPolicy, "", []string{
			"ERROR MISSING_PRINCIPAL .Statement[0] 1:37(37)-1:93(93)",
			"ERROR RCP_SYNTAX_ERROR_ALLOW .Statement[0].Effect 1:47(47)-1:54(54)",
			"ERROR INVALID_ACTION .Statement[0].Action 1:64(64)-1:77(77)",
		}},
		"of any resource":                {ofQueue, resource, "", nil},
		"of a bucket":                    {ofQueue, resource, types.ValidatePolicyResourceTypeS3Bucket, unsupported},
		"of an access point":             {ofQueue, resource, types.ValidatePolicyResourceTypeS3AccessPoint, unsupported},
		"of a multi-Region access point": {ofQueue, resource, types.ValidatePolicyResourceTypeS3MultiRegionAccessPoint, unsupported},
		"of an Object Lambda point":      {ofQueue, resource, types.ValidatePolicyResourceTypeS3ObjectLambdaAccessPoint, unsupported},
		"of a role":                      {ofQueue, resource, types.ValidatePolicyResourceTypeRoleTrust, unsupported},
		"of a table":                     {ofQueue, resource, types.ValidatePolicyResourceTypeDynamodbTable, unsupported},
		"a role's policy that is known by its actions": {
			policy(`{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}`), resource, "", nil,
		},
		"a name": {
			policy(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*","Condition":{"Bool":{"aws:Nonsense":"true"}}}`),
			identity, "", []string{"ERROR INVALID_GLOBAL_CONDITION_KEY .Statement[0].Condition.Bool!aws:Nonsense 1:130(130)-1:144(144)"},
		},
		"behind what is not ASCII": {
			policy(`{"Sid":"é😀","Effect":"Allow","Action":"s3:GetObjct","Resource":"*"}`), identity, "", []string{
				"ERROR UNSUPPORTED_SID .Statement[0].Sid 1:44(44)-1:49(49)",
				"ERROR INVALID_ACTION .Statement[0].Action 1:76(76)-1:89(89)",
			},
		},
		"over lines": {aws.String("{\n\"Version\":\"2012-10-17\",\n\"Statement\":{\"Effect\":\"Allow\",\n\"Action\":[\"s3:GetObject\",\n\"s3:X\"],\"Resource\":\"*\"}}"),
			identity, "", []string{"ERROR INVALID_ACTION .Statement.Action[1] 5:0(83)-5:6(89)"}},
		"not JSON":        {aws.String(`{"Version":`), identity, "", []string{"ERROR JSON_SYNTAX_ERROR  1:11(11)-1:11(11)"}},
		"an empty string": {aws.String(``), identity, "", []string{"ERROR JSON_SYNTAX_ERROR  1:0(0)-1:0(0)"}},
		"a list":          {aws.String(`[]`), identity, "", []string{"ERROR DATA_TYPE_MISMATCH  1:0(0)-1:2(2)"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := &accessanalyzer.ValidatePolicyInput{PolicyDocument: tc.document, PolicyType: tc.kind, ValidatePolicyResourceType: tc.of}
			if diff := cmp.Diff(tc.want, validate(t, c, in), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// wrong is a document with as many findings.
func wrong(n int) *string {
	return policy(strings.TrimSuffix(strings.Repeat(`{"Effect":"Allow","Action":"s3:GetObjct","Resource":"*"},`, n), ","))
}

// The pages are the whole, and a token is good for its request alone.
func TestValidatePolicyPages(t *testing.T) {
	t.Parallel()
	c := client(iamtest.Start(t))
	in := func() *accessanalyzer.ValidatePolicyInput {
		return &accessanalyzer.ValidatePolicyInput{
			PolicyDocument: wrong(5), PolicyType: types.PolicyTypeIdentityPolicy, Locale: types.LocaleDe,
		}
	}
	whole := validate(t, c, in())
	if len(whole) < 5 {
		t.Fatalf("got %v", whole)
	}
	for size := range int32(len(whole) + 1) {
		paged := in()
		paged.MaxResults = aws.Int32(size + 1)
		if diff := cmp.Diff(whole, validate(t, c, paged)); diff != "" {
			t.Errorf("pages of %d: -want +got:\n%s", size+1, diff)
		}
	}
	first := in()
	first.MaxResults = aws.Int32(2)
	out, err := c.ValidatePolicy(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*accessanalyzer.ValidatePolicyInput){
		"another document": func(in *accessanalyzer.ValidatePolicyInput) { in.PolicyDocument = wrong(6) },
		"another type":     func(in *accessanalyzer.ValidatePolicyInput) { in.PolicyType = types.PolicyTypeServiceControlPolicy },
		"another locale":   func(in *accessanalyzer.ValidatePolicyInput) { in.Locale = types.LocaleEn },
		"another token":    func(in *accessanalyzer.ValidatePolicyInput) { in.NextToken = aws.String("BAAA" + (*in.NextToken)[4:]) },
		"no token at all":  func(in *accessanalyzer.ValidatePolicyInput) { in.NextToken = aws.String("x") },
		"an empty token":   func(in *accessanalyzer.ValidatePolicyInput) { in.NextToken = aws.String("") },
		"another place": func(in *accessanalyzer.ValidatePolicyInput) {
			in.NextToken = aws.String("AAAAAw" + (*in.NextToken)[6:])
		},
		"a page of nothing": func(in *accessanalyzer.ValidatePolicyInput) { in.MaxResults = aws.Int32(0) },
		"a page too large":  func(in *accessanalyzer.ValidatePolicyInput) { in.MaxResults = aws.Int32(1001) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next := in()
			next.NextToken = out.NextToken
			change(next)
			_, err := c.ValidatePolicy(t.Context(), next)
			var invalid *types.ValidationException
			const reason = types.ValidationExceptionReasonFieldValidationFailed
			if !errors.As(err, &invalid) || invalid.Reason != reason || len(invalid.FieldList) != 1 {
				t.Errorf("got %v", err)
			}
		})
	}
}

// What the model does not let pass is said field by field.
func TestValidatePolicyOfWhatIsNotValid(t *testing.T) {
	t.Parallel()
	c := client(iamtest.Start(t))
	_, err := c.ValidatePolicy(t.Context(), &accessanalyzer.ValidatePolicyInput{
		PolicyDocument: aws.String("{}"), PolicyType: "POLICY", Locale: "PL",
	})
	const want = "2 validation errors detected: Value 'POLICY' at 'policyType' failed to satisfy constraint: Member must satisfy enum value set: " +
		"[IDENTITY_POLICY, RESOURCE_POLICY, SERVICE_CONTROL_POLICY, RESOURCE_CONTROL_POLICY]; Value 'PL' at 'locale' failed to satisfy constraint: " +
		"Member must satisfy enum value set: [DE, EN, ES, FR, IT, JA, KO, PT_BR, ZH_CN, ZH_TW]"
	var invalid *types.ValidationException
	if !errors.As(err, &invalid) || *invalid.Message != want || len(invalid.FieldList) != 2 || *invalid.FieldList[1].Name != "locale" {
		t.Errorf("got %v", err)
	}
	_, err = c.ValidatePolicy(t.Context(), &accessanalyzer.ValidatePolicyInput{
		PolicyDocument: aws.String("{}"), PolicyType: types.PolicyTypeIdentityPolicy,
		ValidatePolicyResourceType: types.ValidatePolicyResourceTypeS3Bucket,
	})
	if !errors.As(err, &invalid) || *invalid.Message != "InvalidInput" {
		t.Errorf("a bucket of an identity: got %v", err)
	}
}
