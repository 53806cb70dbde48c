package conformance_test

import (
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const (
	templateHead     = "arn:aws:iam::aws:role-template/"
	powerTemplate    = templateHead + "iam.amazonaws.com/PowerUserRoleTemplate:1"
	rotationTemplate = templateHead + "secretsmanager.amazonaws.com/AWSSecretsManagerRotationRoleTemplate:1"
	studioTemplate   = templateHead + "datazone.amazonaws.com/AmazonSageMakerAdminIAMPermissiveExecutionRoleTemplate:1"
)

// replacements are the values of parameters, by name; the name comes first.
func replacements(pairs ...string) map[string]types.ReplacementValueEntry {
	values := map[string]types.ReplacementValueEntry{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = types.ReplacementValueEntry{Values: append(values[pairs[i]].Values, pairs[i+1])}
	}
	return values
}

// power acquires a role for a service.
func power(role, service string) *iam.AcquireRoleInput {
	return &iam.AcquireRoleInput{
		TemplateArn: aws.String(powerTemplate), ReplacementValues: replacements("RoleName", role, "AWSServiceName", service),
	}
}

func TestGetRoleTemplateVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := testkit.Must(w.GetRoleTemplateVersion(w.ctx,
		&iam.GetRoleTemplateVersionInput{TemplateArn: aws.String(rotationTemplate), MinorVersion: aws.Int32(0)}))(t).RoleTemplateVersion
	if *v.TemplateName != "AWSSecretsManagerRotationRoleTemplate" || *v.MajorVersion != 1 || *v.MinorVersion != 0 || !v.Enabled ||
		!v.VersionEnabled ||
		*v.RolePathPattern != "/service-role/" || *v.RoleNamePattern != "@{RoleName}" || len(v.ParametersDefinition) != 8 ||
		len(v.InlinePolicyTemplates) != 1 {
		t.Errorf("template = %+v", v)
	}
	if p := v.ParametersDefinition[5]; *p.Name != "kmsKeyArn" || p.Type != types.ParameterTypeTypeStringList || !p.IsRequired {
		t.Errorf("parameter = %+v", p)
	}
	for name, in := range map[string]iam.GetRoleTemplateVersionInput{
		"another minor version": {TemplateArn: aws.String(powerTemplate), MinorVersion: aws.Int32(1)},
		"another major version": {TemplateArn: aws.String(powerTemplate[:len(powerTemplate)-1] + "2")},
	} {
		t.Run(name, func(t *testing.T) {
			testkit.WantError(t, testkit.Refused(w.GetRoleTemplateVersion(w.ctx, &in)), "NoSuchEntity",
				"Role Template "+*in.TemplateArn+" cannot be found.")
		})
	}
}

func TestAcquireRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := testkit.Must(w.AcquireRole(w.ctx, power("worker", "lambda.amazonaws.com")))(t).Role
	trust, err := url.QueryUnescape(*made.AssumeRolePolicyDocument)
	if err != nil ||
		trust != `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}` ||
		made.Description != nil || made.MaxSessionDuration != nil {
		t.Errorf("made %+v with trust %s, %v", made, trust, err)
	}
	name := made.RoleName
	got := testkit.Must(w.GetRole(w.ctx, &iam.GetRoleInput{RoleName: name}))(t).Role
	if *got.Description != "Power user role for lambda.amazonaws.com" || *got.SourceRoleTemplate.TemplateArn != powerTemplate ||
		*got.SourceRoleTemplate.TemplateMinorVersion != 0 {
		t.Errorf("role = %+v", got)
	}
	attached := testkit.Must(w.ListAttachedRolePolicies(w.ctx, &iam.ListAttachedRolePoliciesInput{RoleName: name}))(t).AttachedPolicies
	if joined(attached, func(p types.AttachedPolicy) *string { return p.PolicyName }) != "PowerUserAccess" {
		t.Errorf("attached = %+v", attached)
	}
	if listed := testkit.Must(w.ListRoles(w.ctx, nil))(t).Roles; listed[0].SourceRoleTemplate != nil {
		t.Error("a list shows the template")
	}

	again := func() error { return testkit.Refused(w.AcquireRole(w.ctx, power("worker", "lambda.amazonaws.com"))) }
	testkit.Must(w.UpdateRole(w.ctx, &iam.UpdateRoleInput{
		RoleName: name, Description: aws.String("mine"), MaxSessionDuration: aws.Int32(7200),
	}))(t)
	if same := testkit.Must(w.AcquireRole(w.ctx, power("worker", "lambda.amazonaws.com")))(t).Role; *same.RoleId != *made.RoleId {
		t.Errorf("acquired %s, then %s", *made.RoleId, *same.RoleId)
	}
	other := aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")
	for change, c := range map[string]struct{ do, undo func() error }{
		"tags": {func() error {
			return testkit.Refused(w.TagRole(w.ctx, &iam.TagRoleInput{RoleName: name, Tags: tags("k", "v")}))
		}, func() error {
			return testkit.Refused(w.UntagRole(w.ctx, &iam.UntagRoleInput{RoleName: name, TagKeys: []string{"k"}}))
		}},
		"an attachment": {func() error {
			return testkit.Refused(w.AttachRolePolicy(w.ctx, &iam.AttachRolePolicyInput{RoleName: name, PolicyArn: other}))
		}, func() error {
			return testkit.Refused(w.DetachRolePolicy(w.ctx, &iam.DetachRolePolicyInput{RoleName: name, PolicyArn: other}))
		}},
		"a boundary": {func() error {
			return testkit.Refused(w.PutRolePermissionsBoundary(w.ctx,
				&iam.PutRolePermissionsBoundaryInput{RoleName: name, PermissionsBoundary: other}))
		}, func() error {
			return testkit.Refused(w.DeleteRolePermissionsBoundary(w.ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: name}))
		}},
		"an inline policy": {func() error {
			return testkit.Refused(w.PutRolePolicy(w.ctx,
				&iam.PutRolePolicyInput{RoleName: name, PolicyName: aws.String("p"), PolicyDocument: aws.String(allow("s3:*"))}))
		}, func() error {
			return testkit.Refused(w.DeleteRolePolicy(w.ctx, &iam.DeleteRolePolicyInput{RoleName: name, PolicyName: aws.String("p")}))
		}},
		"the trust policy": {func() error {
			return testkit.Refused(w.UpdateAssumeRolePolicy(w.ctx,
				&iam.UpdateAssumeRolePolicyInput{RoleName: name, PolicyDocument: aws.String(trustEC2)}))
		}, func() error {
			return testkit.Refused(w.UpdateAssumeRolePolicy(w.ctx,
				&iam.UpdateAssumeRolePolicyInput{RoleName: name, PolicyDocument: &trust}))
		}},
	} {
		if err := c.do(); err != nil {
			t.Fatalf("%s: %v", change, err)
		}
		testkit.WantError(t, again(), "RoleModified", "Role worker has been modified since it was created and is no longer managed.")
		if err := c.undo(); err != nil {
			t.Fatalf("%s: %v", change, err)
		}
		if err := again(); err != nil {
			t.Errorf("%s undone: %v", change, err)
		}
	}
}

func TestRefusedAcquisitions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	testkit.Must(w.AcquireRole(w.ctx, power("worker", "lambda.amazonaws.com")))(t)
	w.role("ordinary", trustEC2)
	conflict := "A role with this name exists but was created with different parameters. Pass a unique roleName to create a new role."
	for name, c := range map[string]struct {
		in         *iam.AcquireRoleInput
		code, text string
	}{
		"other parameters":         {power("worker", "ec2.amazonaws.com"), "NameConflict", conflict},
		"the name in another case": {power("WORKER", "lambda.amazonaws.com"), "NameConflict", conflict},
		"a role of another origin": {power("ordinary", "ec2.amazonaws.com"), "NameConflict",
			"A role with this name already exists in the account but was not created from this template. Choose a different role name, or remove the existing role if it is no longer needed."},
		"a parameter missing": {
			&iam.AcquireRoleInput{TemplateArn: aws.String(powerTemplate)}, "InvalidInput",
			"Failed to render template: Parameter 'AWSServiceName' not found.",
		},
		"a parameter too many": {&iam.AcquireRoleInput{
			TemplateArn: aws.String(powerTemplate), ReplacementValues: replacements("AWSServiceName", "ec2.amazonaws.com", "Unused", "x"),
		},
			"InvalidInput", "Failed to render template: Unrecognized parameter: Unused"},
		"two values for one": {&iam.AcquireRoleInput{
			TemplateArn:       aws.String(powerTemplate),
			ReplacementValues: replacements("AWSServiceName", "ec2.amazonaws.com", "AWSServiceName", "x"),
		},
			"ValidationError", "AWSServiceName replacement value must contain exactly one value, got 2"},
		"an unknown service": {
			power("x", "not-a-service"), "MalformedPolicyDocument", `Invalid principal in policy: "SERVICE":"not-a-service"`,
		},
		"a name of no role": {
			power("a/b", "ec2.amazonaws.com"), "ValidationError",
			"The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
		},
		"an unknown version": {&iam.AcquireRoleInput{TemplateArn: aws.String(powerTemplate), TemplateMinorVersion: aws.Int32(-1)},
			"NoSuchEntity", "Role template not found in repository: " + powerTemplate},
	} {
		t.Run(name, func(t *testing.T) { testkit.WantError(t, testkit.Refused(w.AcquireRole(w.ctx, c.in)), c.code, c.text) })
	}
}

// Statements count as parameters say, and need their parameters only then.
func TestAcquiredInlinePolicies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := []string{"accountId", "111111111111", "region", "us-east-1", "resourceType", "probe"}
	inline := func(template, role string, pairs ...string) string {
		t.Helper()
		testkit.Must(w.AcquireRole(w.ctx, &iam.AcquireRoleInput{
			TemplateArn: &template, ReplacementValues: replacements(append(pairs, "RoleName", role)...),
		}))(t)
		names := testkit.Must(w.ListRolePolicies(w.ctx, &iam.ListRolePoliciesInput{RoleName: &role}))(t).PolicyNames
		if len(names) == 0 {
			return ""
		}
		document, err := url.QueryUnescape(*testkit.Must(w.GetRolePolicy(w.ctx,
			&iam.GetRolePolicyInput{RoleName: &role, PolicyName: &names[0]}))(t).PolicyDocument)
		if err != nil {
			t.Fatal(err)
		}
		return document
	}
	const generic = `{"Version":"2012-10-17","Statement":[{"Sid":"AllowRotationAccessGeneric","Effect":"Allow","Action":["secretsmanager:DescribeSecret","secretsmanager:GetSecretValue","secretsmanager:PutSecretValue","secretsmanager:UpdateSecretVersionStage"],` +
		`"Resource":"arn:aws:secretsmanager:us-east-1:111111111111:secret:*","Condition":{"StringEquals":{"secretsmanager:resource/Type":"probe"}}},` +
		`{"Effect":"Allow","Sid":"AllowPasswordGenerationAccessAdmin","Action":["secretsmanager:GetRandomPassword"],"Resource":"*"}`
	const key = "arn:aws:kms:us-east-1:111111111111:key/"
	const kms = `,{"Sid":"KMSAccessForCustomerSecret","Effect":"Allow","Action":["kms:Decrypt","kms:DescribeKey","kms:GenerateDataKey"],"Resource":["` + key + `1","` + key + `2"],` +
		`"Condition":{"StringEquals":{"kms:ViaService":"secretsmanager.us-east-1.amazonaws.com"}}}`
	if diff := cmp.Diff(generic+"]}", inline(rotationTemplate, "plain", base...)); diff != "" {
		t.Errorf("without what may be left out (-want +got):\n%s", diff)
	}
	with := append(base, "CMK_ENABLED", "true", "kmsKeyArn", key+"1", "kmsKeyArn", key+"2")
	if diff := cmp.Diff(generic+kms+"]}", inline(rotationTemplate, "keys", with...)); diff != "" {
		t.Errorf("with keys (-want +got):\n%s", diff)
	}
	if got := inline(studioTemplate, "studio", "accountId", "111111111111"); got != "" {
		t.Errorf("a policy without statements: %s", got)
	}
}

// Who acquires a role needs what makes it, or may read it if it is there.
func TestPermissionsOfAcquireRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	testkit.Must(w.AcquireRole(w.ctx, power("there", "lambda.amazonaws.com")))(t)
	const head, role = "User: arn:aws:iam::000000000000:user/anna is not authorized to perform: ", "arn:aws:iam::000000000000:role/"
	statement := func(action, resource, condition string) string {
		return `{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `","Condition":{` + condition + `}}`
	}
	const template = `"ArnEquals":{"iam:RoleTemplateARN":"` + powerTemplate + `"}`
	read := statement("iam:GetRoleTemplateVersion", powerTemplate, "")
	get := statement("iam:GetRole", role+"there", template)
	create := statement("iam:CreateRole", role+"new", template)
	attach := statement("iam:AttachRolePolicy", role+"new", template+`,"ArnLike":{"iam:PolicyARN":"arn:aws:iam::aws:policy/Power*"}`)
	anna := w.user("anna", "")
	for _, c := range []struct{ name, role, statements, denied string }{
		{"nothing", "there", get, "iam:GetRoleTemplateVersion on resource: role template " + powerTemplate +
			" because no identity-based policy allows the iam:GetRoleTemplateVersion action"},
		{"the template under the key", "there", get + "," + statement("iam:GetRoleTemplateVersion", "*", template),
			"iam:GetRoleTemplateVersion on resource: role template " + powerTemplate +
				" because no identity-based policy allows the iam:GetRoleTemplateVersion action"},
		{"the role that is there", "there", get + "," + read, ""},
		{"not the role that is there", "there", create + "," + read,
			"iam:GetRole on resource: role there because no identity-based policy allows the iam:GetRole action"},
		{"not the attachment", "new", create + "," + read,
			"iam:AttachRolePolicy on resource: role/new because no identity-based policy allows the iam:AttachRolePolicy action"},
		{"not the role", "new", attach + "," + read,
			"iam:CreateRole on resource: role/new because no identity-based policy allows the iam:CreateRole action"},
		{"all of it", "new", create + "," + attach + "," + read, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			testkit.Must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: aws.String("anna"), PolicyName: aws.String("p"),
				PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[` + c.statements + `]}`)}))(t)
			err := testkit.Refused(anna.AcquireRole(w.ctx, power(c.role, "lambda.amazonaws.com")))
			if c.denied == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			testkit.WantError(t, err, "AccessDenied", head+c.denied)
		})
	}
}
