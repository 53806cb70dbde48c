package iam

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// roleTemplateData are AWS's role templates as GetRoleTemplateVersion returned them in
// September 2026. The directory in the User Guide names more, which AWS did not return to
// the account that asked.
//
//go:embed roletemplates.json
var roleTemplateData []byte

// A roleTemplate is the only version of a template: major version 1, minor version 0,
// enabled. Its documents are JSON. Strings and documents contain @{parameters}.
type roleTemplate struct {
	Service, Name, VersionID, Description string
	Date                                  time.Time
	RoleName, RolePath, RoleDescription   string
	Trust                                 json.RawMessage
	InlinePolicies                        []inlineTemplate
	ManagedPolicies                       []string
	Parameters                            []templateParameter
}

type inlineTemplate struct {
	Name     string
	Document json.RawMessage
}

type templateParameter struct {
	Name         string
	Type         types.ParameterTypeType
	Description  string
	IsRequired   bool
	DefaultValue *string
}

// readTemplates caches the roleTemplates of partitions, by the partition's name.
var readTemplates sync.Map

// roleTemplates returns the templates of the partition, by ARN.
func roleTemplates(p principal.Partition) map[string]*roleTemplate {
	all, ok := readTemplates.Load(p.String())
	if !ok {
		all, _ = readTemplates.LoadOrStore(p.String(), readRoleTemplates(p))
	}
	return all.(map[string]*roleTemplate)
}

func readRoleTemplates(p principal.Partition) map[string]*roleTemplate {
	var list []*roleTemplate
	if err := json.Unmarshal([]byte(p.Rewrite(string(roleTemplateData))), &list); err != nil {
		panic("iam: role templates: " + err.Error())
	}
	all := map[string]*roleTemplate{}
	for _, t := range list {
		all[t.arn(p)] = t
	}
	return all
}

func (t *roleTemplate) arn(p principal.Partition) string {
	return p.IAM(principal.AWSAccount, "role-template/"+t.Service+"/"+t.Name+":1")
}

// findRoleTemplate finds the version of a template; without a minor version, the default
// one.
func findRoleTemplate(p principal.Partition, arn string, minor *int32) (*roleTemplate, bool) {
	t, ok := roleTemplates(p)[arn]
	return t, ok && aws.ToInt32(minor) == 0
}

// GetRoleTemplateVersion describes a version of one of AWS's role templates.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRoleTemplateVersion.html
//
// The policy templates are plain JSON, as on AWS's page.
func (s *Service) GetRoleTemplateVersion(_ context.Context,
	in *iam.GetRoleTemplateVersionInput) (*iam.GetRoleTemplateVersionOutput, error) {
	t, ok := findRoleTemplate(s.partition, aws.ToString(in.TemplateArn), in.MinorVersion)
	if parts, ok := principal.ParseARN(aws.ToString(in.TemplateArn)); ok && !strings.HasPrefix(parts.Resource, "role-template/") {
		return nil, wrongKindOfARN(*in.TemplateArn)
	}
	if !ok {
		return nil, noSuchRoleTemplate(aws.ToString(in.TemplateArn))
	}
	v := &types.RoleTemplateVersion{
		TemplateVersionId: &t.VersionID, TemplateArn: aws.String(t.arn(s.partition)), TemplateName: &t.Name,
		MajorVersion: aws.Int32(1), MinorVersion: aws.Int32(0), DefaultMinorVersion: aws.Int32(0),
		Description: &t.Description, ManagedByType: types.ManagedByTypeTypeService, ManagedByValue: &t.Service,
		Enabled: true, VersionEnabled: true,
		RoleNamePattern: &t.RoleName, RolePathPattern: descriptionOut(t.RolePath), RoleDescriptionPattern: &t.RoleDescription,
		AssumeRolePolicyDocumentTemplate: aws.String(compactJSON(t.Trust)), ManagedPolicyArns: slices.Clone(t.ManagedPolicies),
		MaxSessionDuration: aws.Int32(defaultSessionDuration), CreateTimestamp: &t.Date, UpdateTimestamp: &t.Date,
	}
	for _, p := range t.InlinePolicies {
		v.InlinePolicyTemplates = append(v.InlinePolicyTemplates, types.InlinePolicy{
			PolicyName: &p.Name, PolicyDocument: aws.String(compactJSON(p.Document)),
		})
	}
	for _, p := range t.Parameters {
		v.ParametersDefinition = append(v.ParametersDefinition, types.ParameterDefinition{
			Name: &p.Name, Type: p.Type, Description: &p.Description, IsRequired: p.IsRequired, DefaultValue: p.DefaultValue,
		})
	}
	return &iam.GetRoleTemplateVersionOutput{RoleTemplateVersion: v}, nil
}

func compactJSON(raw json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		panic("iam: role templates: " + err.Error())
	}
	return b.String()
}

// A templateRole is the role that a template makes from the values of its parameters.
type templateRole struct {
	name, path, description string
	trust                   string
	inline                  []inlineDocument
	managed                 []string
	values                  map[string][]string // of all parameters that have a value
}

type inlineDocument struct{ name, document string }

// values returns the parameters' values: those that are given, or the defaults.
func (t *roleTemplate) values(given map[string]types.ReplacementValueEntry) (templateValues, error) {
	values := templateValues{}
	for _, p := range t.Parameters {
		entry, ok := given[p.Name]
		list := strings.HasSuffix(string(p.Type), "List")
		switch {
		case ok && !list && len(entry.Values) != 1:
			return nil, notOneValue(p.Name, len(entry.Values))
		case ok:
			values[p.Name] = templateValue{list, entry.Values}
		case p.DefaultValue != nil:
			values[p.Name] = templateValue{list, []string{*p.DefaultValue}}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, ok := values[name]; !ok {
			return nil, unknownParameter(name)
		}
	}
	return values, nil
}

// render makes the role. A parameter needs a value only if a string or an enabled
// statement refers to it, even if the template calls it required (recorded).
func (t *roleTemplate) render(given map[string]types.ReplacementValueEntry) (*templateRole, error) {
	values, err := t.values(given)
	if err != nil {
		return nil, err
	}
	r := &templateRole{path: "/", managed: t.ManagedPolicies, values: map[string][]string{}}
	for name, v := range values {
		r.values[name] = v.values
	}
	for _, part := range []struct {
		pattern string
		into    *string
	}{{t.RoleName, &r.name}, {t.RolePath, &r.path}, {t.RoleDescription, &r.description}} {
		if part.pattern == "" {
			continue
		}
		if *part.into, err = values.text(part.pattern); err != nil {
			return nil, unrenderable(err.Error())
		}
	}
	if r.trust, err = values.render(string(t.Trust)); err != nil {
		return nil, unrenderable(err.Error())
	}
	for _, p := range t.InlinePolicies {
		document, err := values.render(string(p.Document))
		if err != nil {
			return nil, unrenderable(err.Error())
		}
		if document != "" {
			r.inline = append(r.inline, inlineDocument{p.Name, document})
		}
	}
	if !roleName.MatchString(r.name) {
		return nil, badAcquiredName()
	}
	return r, nil
}

// roleName matches valid names of roles.
var roleName = regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]{1,64}$`)

// roleTemplateRules are the permissions of GetRoleTemplateVersion.
func roleTemplateRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(_ *authz.Query, in *iam.GetRoleTemplateVersionInput) ([]authz.Need, error) {
			arn := aws.ToString(in.TemplateArn)
			return []authz.Need{{Action: "iam:GetRoleTemplateVersion", Resource: arn, Label: "role-template " + arn}}, nil
		}),
	}
}
