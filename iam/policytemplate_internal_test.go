package iam

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/principal"
)

// The examples of AWS's page on policy templates, and templates that are refused.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/temporary-delegation-policy-templates.html
func TestRenderPolicyTemplate(t *testing.T) {
	t.Parallel()
	one := func(text string) templateValue { return templateValue{values: []string{text}} }
	list := func(texts ...string) templateValue { return templateValue{list: true, values: texts} }
	statement := func(text string) string { return `{"Version":"2012-10-17","Statement":[` + text + `]}` }
	for name, c := range map[string]struct {
		template string
		values   templateValues
		want     string
	}{
		"a text": {`{"Resource":"arn:aws:s3:::@{bucket}/*"}`, templateValues{"bucket": one("mine")}, `{"Resource":"arn:aws:s3:::mine/*"}`},
		"a list": {`{"Resource":"arn:aws:s3:::@{buckets}/*"}`, templateValues{"buckets": list("1", "2")},
			`{"Resource":["arn:aws:s3:::1/*","arn:aws:s3:::2/*"]}`},
		"a list of one": {`{"Resource":"@{buckets}"}`, templateValues{"buckets": list("1")}, `{"Resource":["1"]}`},
		"a list in a list": {`{"Resource":["a","@{buckets}","z"]}`, templateValues{"buckets": list("1", "2")},
			`{"Resource":["a","1","2","z"]}`},
		"each combination": {`{"Resource":"@{buckets}/@{prefix}/@{ends}"}`,
			templateValues{"buckets": list("1", "2"), "prefix": one("p"), "ends": list("x", "y")},
			`{"Resource":["1/p/x","1/p/y","2/p/x","2/p/y"]}`},
		"a value in a condition": {`{"Condition":{"StringEquals":{"k":"@{v}"}}}`, templateValues{"v": one(`a"b`)},
			`{"Condition":{"StringEquals":{"k":"a\"b"}}}`},
		"a value that looks like a parameter": {`{"Resource":"@{a}"}`, templateValues{"a": one("@{b}")}, `{"Resource":"@{b}"}`},
		"what else is there":                  {`{"a":[1,true,null,{"b":1.50}],"<":"&"}`, nil, `{"a":[1,true,null,{"b":1.50}],"<":"&"}`},
		"an enabled statement": {statement(`{"@Enabled":"ON","Sid":"a"}`), templateValues{"ON": one("True")},
			statement(`{"Sid":"a"}`)},
		"a statement that is not enabled": {statement(`{"@Enabled":"ON","Sid":"@{none}"},{"Sid":"b"}`), templateValues{"ON": one("False")},
			statement(`{"Sid":"b"}`)},
		"one that must not be": {statement(`{"@Enabled":"!ON","Sid":"a"},{"Sid":"b"}`), templateValues{"ON": one("True")},
			statement(`{"Sid":"b"}`)},
		"one that need not be": {statement(`{"@Enabled":"!ON","Sid":"a"}`), nil, statement(`{"Sid":"a"}`)},
		"no statement left":    {statement(`{"@Enabled":"ON","Sid":"a"}`), nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := c.values.render(c.template)
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Errorf("error %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestRefusedPolicyTemplates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ template, want string }{
		"no value":         {`{"a":["@{x}"]}`, "Parameter 'x' not found."},
		"no name":          {`{"a":"@{}"}`, "Parameter '' not found."},
		"no JSON":          {`{`, errTemplate.Error()},
		"a broken list":    {`{"a":[1,}`, errTemplate.Error()},
		"a broken object":  {`{"a":{"b" 1}}`, errTemplate.Error()},
		"no object":        {`[]`, errTemplate.Error()},
		"two objects":      {`{}{}`, errTemplate.Error()},
		"a missing member": {`{"a":}`, errTemplate.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := (templateValues{}).render(c.template); err == nil || err.Error() != c.want {
				t.Errorf("rendered %q, %v; want the error %q", got, err, c.want)
			}
		})
	}
	if got, err := (templateValues{"x": {list: true, values: []string{"1", "2"}}}).text("@{x}"); err == nil {
		t.Errorf("a pattern with a list is %q", got)
	}
}

// Every template renders with values for all of its parameters, and its roles
// have policies that exist.
func TestRoleTemplatesAreWhole(t *testing.T) {
	t.Parallel()
	if n := len(roleTemplates(principal.AWS)); n != 5 {
		t.Errorf("%d templates", n)
	}
	for arn, template := range roleTemplates(principal.AWS) {
		values := templateValues{}
		for _, p := range template.Parameters {
			values[p.Name] = templateValue{list: strings.HasSuffix(string(p.Type), "List"), values: []string{"True"}}
		}
		for _, p := range template.InlinePolicies {
			if got, err := values.render(string(p.Document)); err != nil || strings.Contains(got, "@") {
				t.Errorf("%s: %s, %v", arn, got, err)
			}
		}
		for _, policy := range template.ManagedPolicies {
			if _, ok := ManagedDocument(policy); !ok {
				t.Errorf("%s: no policy %s", arn, policy)
			}
		}
	}
}
