package awsapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi"
)

// Forms that decode.
func TestDecodedInputs(t *testing.T) {
	t.Parallel()
	h := newHandler(t, allOperations(empty), options())
	tag := func(key, value string) types.Tag { return types.Tag{Key: aws.String(key), Value: aws.String(value)} }
	cases := map[string]struct {
		service, operation, form string
		want                     any
	}{
		"escapes": {"iam", "CreateUser", "UserName=a%2bb%3D&Path=%2Fx%2F",
			&iam.CreateUserInput{UserName: aws.String("a+b="), Path: aws.String("/x/")}},
		"plus is a blank, text is UTF-8": {"iam", "TagRole", "RoleName=a&Tags.member.1.Key=a+b&Tags.member.1.Value=%C3%A9",
			&iam.TagRoleInput{RoleName: aws.String("a"), Tags: []types.Tag{tag("a b", "é")}}},
		"index 01 is 1, also for half a structure": {"iam", "TagUser", "UserName=a&Tags.member.01.Key=k&Tags.member.1.Value=v",
			&iam.TagUserInput{UserName: aws.String("a"), Tags: []types.Tag{tag("k", "v")}}},
		"any order of indexes": {"iam", "TagUser",
			"Tags.member.2.Key=b&Tags.member.1.Value=&UserName=a&Tags.member.1.Key=a&Tags.member.2.Value=y",
			&iam.TagUserInput{UserName: aws.String("a"), Tags: []types.Tag{tag("a", ""), tag("b", "y")}}},
		"unknown members of a structure": {"iam", "TagUser",
			"UserName=a&Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.1.Unknown=x&Tags.member.1.Un.known=x",
			&iam.TagUserInput{UserName: aws.String("a"), Tags: []types.Tag{tag("k", "v")}}},
		"an empty list": {"iam", "TagUser", "UserName=a&Tags=",
			&iam.TagUserInput{UserName: aws.String("a"), Tags: []types.Tag{}}},
		"an empty list is none to STS": {"sts", "GetFederationToken", "Name=ab&Tags=",
			&sts.GetFederationTokenInput{Name: aws.String("ab")}},
		"a number with sign and zeros": {"iam", "ListUsers", "MaxItems=%2B001",
			&iam.ListUsersInput{MaxItems: aws.Int32(1)}},
		"booleans": {"iam", "UpdateAccountPasswordPolicy", "RequireSymbols=true&RequireNumbers=1&HardExpiry=0",
			&iam.UpdateAccountPasswordPolicyInput{RequireSymbols: true, RequireNumbers: true, HardExpiry: aws.Bool(false)}},
		"an enum": {"iam", "ListPolicies", "Scope=Local",
			&iam.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal}},
		"an empty string": {"iam", "UpdateRole", "RoleName=a&Description=",
			&iam.UpdateRoleInput{RoleName: aws.String("a"), Description: aws.String("")}},
		"a map": {"iam", "PutAccountProperties",
			"Properties.entry.2.value=1&Properties.entry.1.key=A/b&Properties.entry.1.value=true&Properties.entry.2.key=A/c",
			&iam.PutAccountPropertiesInput{Properties: map[string]string{"A/b": "true", "A/c": "1"}}},
		"a map of structures": {"iam", "AcquireRole",
			"TemplateArn=arn:aws:iam::123456789012:t/a&ReplacementValues.entry.1.key=k&ReplacementValues.entry.1.value.Values.member.1=a",
			&iam.AcquireRoleInput{
				TemplateArn:       aws.String("arn:aws:iam::123456789012:t/a"),
				ReplacementValues: map[string]types.ReplacementValueEntry{"k": {Values: []string{"a"}}},
			}},
		"a union of three": {"iam", "SimulatePrincipalPolicy",
			"PolicySourceArn=arn:aws:iam::123456789012:user/a&ActionNames.member.1=s3:a" +
				"&PolicyExclusionList.member.1.PolicyType=scp&PolicyExclusionList.member.2.PolicyArn=arn:aws:iam::aws:policy/A" +
				"&PolicyExclusionList.member.3.InlinePolicyIdentifier.PolicyName=p&PolicyExclusionList.member.3.InlinePolicyIdentifier.AttachmentName=a*",
			&iam.SimulatePrincipalPolicyInput{PolicySourceArn: aws.String("arn:aws:iam::123456789012:user/a"),
				ActionNames: []string{"s3:a"}, PolicyExclusionList: []types.PolicyIdentifier{
					&types.PolicyIdentifierMemberPolicyType{Value: types.PolicyIdentifierPolicyTypeScp},
					&types.PolicyIdentifierMemberPolicyArn{Value: "arn:aws:iam::aws:policy/A"},
					&types.PolicyIdentifierMemberInlinePolicyIdentifier{
						Value: types.InlinePolicyIdentifierType{PolicyName: aws.String("p"), AttachmentName: aws.String("a*")},
					},
				}}},
		"an element without a member of a union": {"iam", "SimulatePrincipalPolicy",
			"PolicySourceArn=arn:aws:iam::123456789012:user/a&ActionNames.member.1=s3:a&PolicyExclusionList.member.1.X=y",
			&iam.SimulatePrincipalPolicyInput{
				PolicySourceArn: aws.String("arn:aws:iam::123456789012:user/a"), ActionNames: []string{"s3:a"},
				PolicyExclusionList: []types.PolicyIdentifier{nil},
			}},
		"a source identity of 256": {"sts", "AssumeRole",
			"RoleArn=arn:aws:iam::123456789012:role/r&RoleSessionName=s1&SourceIdentity=" + strings.Repeat("a", 256),
			&sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::123456789012:role/r"), RoleSessionName: aws.String("s1"),
				SourceIdentity: aws.String(strings.Repeat("a", 256))}},
		"a lower-case member": {"sts", "GetFederationToken",
			"Name=ab&PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess&PolicyArns.member.2.Arn=x",
			nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := awsapi.Decode(h, c.service, c.operation, c.form)
			if c.want == nil {
				in := got.(*sts.GetFederationTokenInput)
				if err != nil || aws.ToString(in.PolicyArns[0].Arn) != "arn:aws:iam::aws:policy/ReadOnlyAccess" ||
					in.PolicyArns[1].Arn != nil {
					t.Errorf("got %+v %v", in, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := equal(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Inputs that cannot be read, with AWS's words where it has any.
func TestMalformedInputs(t *testing.T) {
	t.Parallel()
	h := newHandler(t, allOperations(empty), options())
	policies := func(indexes ...string) string {
		var b strings.Builder
		for _, index := range indexes {
			b.WriteString("&PolicyInputList.member." + index + "={}")
		}
		return b.String()
	}
	cases := map[string]struct{ service, operation, form, want string }{
		"a list's name instead of an index": {
			"iam", "GetContextKeysForCustomPolicy", policies("one"), "Start of list found where not expected",
		},
		"22 alone": {
			"iam", "GetContextKeysForCustomPolicy", policies("22"), "Excessively sparse input would skip 21 list elements",
		},
		"12 after 1": {
			"iam", "GetContextKeysForCustomPolicy", policies("1", "12"), "Excessively sparse input would skip 11 list elements",
		},
		"22, then 1": {
			"iam", "GetContextKeysForCustomPolicy", policies("22", "1"), "Excessively sparse input would skip 21 list elements",
		},
		"two gaps": {
			"iam", "GetContextKeysForCustomPolicy", policies("1", "22", "43"), "Excessively sparse input would skip 21 list elements",
		},
		"21 after ten": {
			"iam", "GetContextKeysForCustomPolicy", policies("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "21"),
			"Excessively sparse input would skip 11 list elements",
		},
		"index 0":          {"iam", "TagUser", "UserName=a&Tags.member.0.Key=k", "0 is not a valid index"},
		"a negative index": {"iam", "TagUser", "UserName=a&Tags.member.-1.Key=k", "Key -1 may not have a leading '-'"},
		"a fraction": {
			"iam", "TagUser", "UserName=a&Tags.member.1.0.Key=k", "Two index elements may not occur back to back",
		},
		"an index beyond 32 bits": {"iam", "TagUser", "UserName=a&Tags.member.4294967297.Key=k", ""},
		"no member": {
			"iam", "TagUser", "UserName=a&Tags.1.Key=k&Tags.1.Value=v", "Top level element may not be treated as a list",
		},
		"a list as a text":          {"iam", "TagUser", "UserName=a&Tags=k", "Unexpected list element termination"},
		"a structure as a text":     {"iam", "TagUser", "UserName=a&Tags.member.1=k", "Unexpected complex element termination"},
		"a text as a structure":     {"iam", "TagUser", "UserName.x=a", "Start of list found where not expected"},
		"a number with blanks":      {"iam", "ListUsers", "MaxItems=+1+", ""},
		"a number with a fraction":  {"iam", "ListUsers", "MaxItems=1.0", ""},
		"a number with an exponent": {"iam", "ListUsers", "MaxItems=1e0", ""},
		"a number beyond 32 bits":   {"iam", "ListUsers", "MaxItems=2147483648", ""},
		"an empty number":           {"sts", "GetSessionToken", "DurationSeconds=", "missing value for decimal type"},
		"a boolean in capitals":     {"iam", "ListServiceSpecificCredentials", "AllUsers=True", ""},
		"an empty boolean":          {"iam", "ListServiceSpecificCredentials", "AllUsers=", ""},
		"a map's key as a structure": {
			"iam", "PutAccountProperties", "Properties.entry.1.key.x=a", "Start of list found where not expected",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := awsapi.Decode(h, c.service, c.operation, c.form)
			if diff := cmp.Diff(failure{"MalformedInput", c.want}, failureOf(t, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Inputs that break the model's constraints. IAM does not print values, STS does.
func TestInvalidInputs(t *testing.T) {
	t.Parallel()
	h := newHandler(t, allOperations(empty), options())
	tagFault := func(i, member string) string {
		return "Value at 'tags." + i + ".member." + member + "' failed to satisfy constraint: Member must not be null"
	}
	nulls := func(indexes ...string) string {
		var list []string
		for _, i := range indexes {
			list = append(list, tagFault(i, "value"), tagFault(i, "key"))
		}
		return strings.Join(list, "; ")
	}
	const tagPattern = `[\p{L}\p{Z}\p{N}_.:/=+\-@]`
	cases := map[string]struct{ service, operation, form, want string }{
		"a number too great": {"iam", "ListUsers", "MaxItems=1001",
			"1 validation error detected: Value at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000"},
		"a number too small": {"iam", "ListUsers", "MaxItems=0",
			"1 validation error detected: Value at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1"},
		"required, in IAM": {"iam", "CreateUser", "",
			"1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must not be null"},
		"required, in STS": {"sts", "AssumeRole", "RoleSessionName=ab",
			"1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null"},
		"echoed in STS": {"sts", "AssumeRole", "RoleArn=arn:aws:iam::123456789012:role/r&RoleSessionName=Session1:2",
			`1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`},
		"a number echoed in STS": {"sts", "AssumeRoot",
			"TargetPrincipal=123456789012&TaskPolicyArn.arn=arn:aws:iam::aws:policy/root-task/X&DurationSeconds=%2B901",
			"1 validation error detected: Value '901' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 900"},
		"structures echoed in STS": {"sts", "GetFederationToken", "Name=ab&Tags.member.51.Value=&Tags.member.51.Key=last" + manyTags(50),
			"1 validation error detected: Value '[" + strings.Repeat("Tag(key=k, value=v), ", 50) +
				"Tag(key=last, value=)]' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50"},
		"the order of an enum (recorded)": {"iam", "SimulateCustomPolicy",
			"PolicyInputList.member.1=x&ActionNames.member.1=a:b&ContextEntries.member.1.ContextKeyName=abcdef&ContextEntries.member.1.ContextKeyType=bool",
			"1 validation error detected: Value at 'contextEntries.1.member.contextKeyType' failed to satisfy constraint: Member must satisfy enum value set: " +
				"[binary, ipList, booleanList, ip, boolean, numericList, dateList, numeric, date, stringList, string, binaryList]"},
		"the characters of a simulated document (recorded)": {"iam", "GetContextKeysForCustomPolicy", "PolicyInputList.member.1=%C2%85",
			"1 validation error detected: Value at 'policyInputList' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 131072, " +
				`Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+, Member must not be null]`},
		"a wildcard for a name (recorded)": {"iam", "SimulatePrincipalPolicy",
			"PolicySourceArn=arn:aws:iam::123456789012:user/a&ActionNames.member.1=a:b&" +
				"PolicyExclusionList.member.1.PolicyType=inline&PolicyExclusionList.member.1.InlinePolicyIdentifier.PolicyName=*&" +
				"PolicyExclusionList.member.1.InlinePolicyIdentifier.AttachmentType=user&PolicyExclusionList.member.1.InlinePolicyIdentifier.AttachmentName=a*",
			`1 validation error detected: Value '*' at 'policyExclusionList.1.member.inlinePolicyIdentifier.policyName' failed to satisfy constraint: Member must satisfy regular expression pattern: .*[\w+=,.@-]+.*`},
		"an empty name": {"iam", "CreateUser", "UserName=",
			"1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		"the order of several": {"iam", "UpdateAccountPasswordPolicy",
			"MaxPasswordAge=1096&MinimumPasswordLength=129&PasswordReusePrevention=25",
			"3 validation errors detected: Value at 'minimumPasswordLength' failed to satisfy constraint: Member must have value less than or equal to 128; " +
				"Value at 'passwordReusePrevention' failed to satisfy constraint: Member must have value less than or equal to 24; " +
				"Value at 'maxPasswordAge' failed to satisfy constraint: Member must have value less than or equal to 1095"},
		"gaps": {"iam", "TagUser", "UserName=a&Tags.member.3.Key=k&Tags.member.3.Value=v",
			"4 validation errors detected: " + nulls("1", "2")},
		"at most ten": {"iam", "TagUser", "UserName=a&Tags.member.11.Key=k&Tags.member.11.Value=v",
			"10 validation errors detected: " + nulls("1", "2", "3", "4", "5")},
		"a sign before an index": {"iam", "TagUser", "UserName=a&Tags.member.%2B1.Key=k&Tags.member.%2B1.Value=v",
			"2 validation errors detected: " + nulls("1")},
		"a nested pattern": {"iam", "TagUser", "UserName=a&Tags.member.1.Key=k&Tags.member.1.Value=a%0Ab",
			"1 validation error detected: Value at 'tags.1.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: " + tagPattern + "*"},
		"51 tags": {"iam", "TagUser", "UserName=a" + manyTags(51),
			"1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50"},
		"a list of strings with a pattern": {"iam", "UntagUser", "UserName=a&TagKeys.member.1=ok&TagKeys.member.2=",
			"1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, " +
				"Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: " + tagPattern +
				"+, Member must not be null]"},
		"two lists of strings without": {"iam", "CreateOpenIDConnectProvider",
			"Url=&ClientIDList.member.1=" + strings.Repeat("a", 256) + "&ThumbprintList.member.1=x",
			"3 validation errors detected: Value at 'clientIDList' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 255, Member must have length greater than or equal to 1]; " +
				"Value at 'thumbprintList' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 40, Member must have length greater than or equal to 40]; " +
				"Value at 'url' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		"a list echoed in STS": {"sts", "GetWebIdentityToken", "SigningAlgorithm=RS256&Audience.member.1=",
			"1 validation error detected: Value '[]' at 'audience' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 1000, Member must have length greater than or equal to 1]"},
		"a list too long in STS": {"sts", "GetWebIdentityToken", "SigningAlgorithm=RS256" + many("Audience", 11),
			"1 validation error detected: Value '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]' at 'audience' failed to satisfy constraint: Member must have length less than or equal to 10"},
		"an empty list is null to STS": {"sts", "GetWebIdentityToken", "SigningAlgorithm=RS256&Audience=",
			"1 validation error detected: Value null at 'audience' failed to satisfy constraint: Member must not be null"},
		"an enum": {"iam", "GetSSHPublicKey", "UserName=a&SSHPublicKeyId=APKAEXAMPLEEXAMPLEEX&Encoding=ssh",
			"1 validation error detected: Value at 'encoding' failed to satisfy constraint: Member must satisfy enum value set: [SSH, PEM]"},
		"an empty enum": {"iam", "SetSecurityTokenServicePreferences", "GlobalEndpointTokenVersion=",
			"1 validation error detected: Value at 'globalEndpointTokenVersion' failed to satisfy constraint: Member must satisfy enum value set: [v2Token, v1Token]"},
		"an enum whose values are not printed": {"iam", "UpdateServiceSpecificCredential",
			"ServiceSpecificCredentialId=ACCAEXAMPLEEXAMPLEEX&Status=x",
			"1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set"},
		"a list of enums": {"iam", "GetAccountAuthorizationDetails", "Filter.member.1=user",
			"1 validation error detected: Value at 'filter' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [LocalManagedPolicy, User, AWSManagedPolicy, Role, Group]]"},
		"a union's member, echoed in IAM": {"iam", "SimulatePrincipalPolicy",
			"PolicySourceArn=arn:aws:iam::123456789012:user/a&ActionNames.member.1=s3:a&PolicyExclusionList.member.1.InlinePolicyIdentifier.AttachmentType=bogus",
			"1 validation error detected: Value 'bogus' at 'policyExclusionList.1.member.inlinePolicyIdentifier.attachmentType' failed to satisfy constraint: Member must satisfy enum value set: [user, role, group]"},
		"characters beyond U+FFFF": {"sts", "AssumeRole", "RoleArn=arn:aws:iam::123456789012:role/%F0%90%90%80&RoleSessionName=ab",
			`1 validation error detected: Value 'arn:aws:iam::123456789012:role/𐐀' at 'roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+`},
		"a map's key and value": {"iam", "PutAccountProperties", "Properties.entry.1.key=1&Properties.entry.1.value=",
			"2 validation errors detected: Value at 'properties' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 50, Member must have length greater than or equal to 1, " +
				"Member must satisfy regular expression pattern: ^[A-Za-z][A-Za-z0-9/_-]*$, Member must not be null]; " +
				"Value at 'properties' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1]"},
		"a structure in a map": {"iam", "AcquireRole", "TemplateArn=arn:aws:iam::123456789012:t/a&ReplacementValues.entry.1.key=k",
			"1 validation error detected: Value at 'replacementValues.k.member.values' failed to satisfy constraint: Member must not be null"},
		"a name": {"iam", "CreateUser", "UserName=a+b",
			"The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"},
		"a path": {"iam", "CreateUser", "UserName=a&Path=/x",
			"The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters."},
		"a path with a line feed": {"iam", "UpdateUser", "UserName=a&NewPath=/x/%0A",
			"The specified value for newPath is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters."},
		"a prefix": {"iam", "ListUsers", "PathPrefix=x",
			"The specified value for pathPrefix is invalid. It must begin with the / character and contain only alphanumeric characters and/or / characters."},
		"a name, after a constraint": {"iam", "CreateUser", "UserName=a+b&Path=",
			"1 validation error detected: Value at 'path' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		"an alias with two hyphens": {"iam", "CreateAccountAlias", "AccountAlias=a--b",
			"1 validation error detected: Value at 'accountAlias' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := awsapi.Decode(h, c.service, c.operation, c.form)
			if diff := cmp.Diff(failure{"ValidationError", c.want}, failureOf(t, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// manyTags is n tags.
func manyTags(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "&Tags.member.%d.Key=k&Tags.member.%d.Value=v", i, i)
	}
	return b.String()
}

// many is n elements of a list, counting from 1.
func many(list string, n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "&%s.member.%d=%d", list, i, i)
	}
	return b.String()
}
