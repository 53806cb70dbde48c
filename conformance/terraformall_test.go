//go:build conformance

package conformance_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// importIDs say, for each resource type, what `terraform import` takes: members
// of the resource, joined as the provider's documentation says. A type that is
// not here cannot be imported, and is in notImported.
var importIDs = map[string]func(member func(string) string) string{
	"aws_iam_access_key":                         id("id"),
	"aws_iam_account_alias":                      id("account_alias"),
	"aws_iam_account_password_policy":            id("id"),
	"aws_iam_group":                              id("name"),
	"aws_iam_group_policies_exclusive":           id("group_name"),
	"aws_iam_group_policy":                       id("group", ":", "name"),
	"aws_iam_group_policy_attachment":            id("group", "/", "policy_arn"),
	"aws_iam_group_policy_attachments_exclusive": id("group_name"),
	"aws_iam_instance_profile":                   id("name"),
	"aws_iam_openid_connect_provider":            id("arn"),
	"aws_iam_organizations_features":             id("id"),
	"aws_iam_policy":                             id("arn"),
	"aws_iam_role":                               id("name"),
	"aws_iam_role_policies_exclusive":            id("role_name"),
	"aws_iam_role_policy":                        id("role", ":", "name"),
	"aws_iam_role_policy_attachment":             id("role", "/", "policy_arn"),
	"aws_iam_role_policy_attachments_exclusive":  id("role_name"),
	"aws_iam_saml_provider":                      id("arn"),
	"aws_iam_server_certificate":                 id("name"),
	"aws_iam_service_linked_role":                id("arn"),
	"aws_iam_service_specific_credential":        id("service_name", ":", "user_name", ":", "service_specific_credential_id"),
	"aws_iam_signing_certificate":                id("certificate_id", ":", "user_name"),
	"aws_iam_user":                               id("name"),
	"aws_iam_user_group_membership":              id("user", "/", "groups"),
	"aws_iam_user_login_profile":                 id("user"),
	"aws_iam_user_policies_exclusive":            id("user_name"),
	"aws_iam_user_policy":                        id("user", ":", "name"),
	"aws_iam_user_policy_attachment":             id("user", "/", "policy_arn"),
	"aws_iam_user_policy_attachments_exclusive":  id("user_name"),
	"aws_iam_user_ssh_key":                       id("username", ":", "ssh_public_key_id", ":", "encoding"),
	"aws_iam_virtual_mfa_device":                 id("arn"),
}

// notImported are the types that the provider cannot import, with the reason.
var notImported = map[string]string{
	"aws_iam_group_membership":                   "the provider has no import for it",
	"aws_iam_policy_attachment":                  "the provider has no import for it",
	"aws_iam_security_token_service_preferences": "the provider has no import for it",
}

// id joins members of a resource with what is between them.
func id(parts ...string) func(func(string) string) string {
	return func(member func(string) string) string {
		var b strings.Builder
		for i, part := range parts {
			if i%2 == 0 {
				part = member(part)
			}
			b.WriteString(part)
		}
		return b.String()
	}
}

var update = flag.Bool("update", false, "rewrite the golden files of the conformance tests")

// A tfResource is one of a state or of a plan.
type tfResource struct {
	Address, Mode, Type string
	Values              map[string]any
	Change              struct{ Actions []string }
}

// member is a member of the resource; the elements of a list are joined by a
// slash.
func (r tfResource) member(name string) string {
	list, ok := r.Values[name].([]any)
	if !ok {
		return fmt.Sprint(r.Values[name])
	}
	texts := make([]string, len(list))
	for i, x := range list {
		texts[i] = fmt.Sprint(x)
	}
	return strings.Join(texts, "/")
}

// TestTerraform has Terraform make, change, import and destroy every resource of
// the AWS provider that IAM serves, and read every data source.
func TestTerraform(t *testing.T) {
	t.Parallel()
	seed := filepath.Join(t.TempDir(), "seed.yaml")
	if err := os.WriteFile(seed, []byte("organization: {id: o-conformance1, management: \"000000000000\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	url := startServer(t, "--seed", seed)
	client := rootClient(url)
	before := summary(t, client)

	f := newTerraform(t, "terraform/*.tf", url)
	f.variables()
	f.covered()
	f.apply("one")
	f.facts("testdata/terraform/facts-one.json")
	f.change("two")
	f.facts("testdata/terraform/facts-two.json")

	imported := newTerraform(t, "terraform/*.tf", url)
	imported.importAll(f)
	imported.run("apply", "-destroy", "-input=false", "-auto-approve", "-var=stage=two")
	if diff := cmp.Diff(before, summary(t, client)); diff != "" {
		t.Errorf("the account after destroy (-before +after):\n%s", diff)
	}
}

// variables writes what the test makes for the configuration.
func (f *terraform) variables() {
	f.t.Helper()
	ca := newCertificate(f.t, "ca", nil, authority)
	leaf := newCertificate(f.t, "leaf", &ca)
	_, one := idpKey(f.t)
	_, two := idpKey(f.t)
	text, err := json.Marshal(map[string]any{
		"certificate": leaf.pem, "chain": ca.pem, "private_key": leaf.key, "ssh_key": sshKeys()[0].openSSH,
		"saml_metadata": map[string]string{
			"one": metadata("https://idp.example.com", one), "two": metadata("https://idp.example.com", two),
		},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.write("terraform.tfvars.json", string(text))
}

// apply applies a stage; after it nothing is left to be done.
func (f *terraform) apply(stage string) {
	f.t.Helper()
	f.run("apply", "-input=false", "-auto-approve", "-var=stage="+stage)
	f.empty(stage)
}

// empty demands that the plan of a stage changes nothing.
func (f *terraform) empty(stage string) {
	f.t.Helper()
	if out, code := f.exit("plan", "-input=false", "-detailed-exitcode", "-var=stage="+stage); code != 0 {
		f.t.Fatalf("stage %s has not reached what it says: exit status %d\n%s", stage, code, out)
	}
}

// plan is what Terraform would do to reach a stage.
func (f *terraform) plan(stage string) []tfResource {
	f.t.Helper()
	f.run("plan", "-input=false", "-out=plan", "-var=stage="+stage)
	var out struct {
		Changes []tfResource `json:"resource_changes"`
	}
	f.read(&out, "show", "-json", "plan")
	return out.Changes
}

// change applies a stage, which must change resources in place and make only
// those anew that are called "more".
func (f *terraform) change(stage string) {
	f.t.Helper()
	types := map[string]bool{}
	for _, r := range f.plan(stage) {
		if r.Mode == "data" {
			continue
		}
		switch actions := strings.Join(r.Change.Actions, " "); actions {
		case "no-op":
		case "update":
			types[r.Type] = true
		case "create":
			if !strings.HasSuffix(r.Address, ".more[0]") {
				f.t.Errorf("%s is made anew", r.Address)
			}
		default:
			f.t.Errorf("%s: %s; want an update in place", r.Address, actions)
		}
	}
	f.run("apply", "-input=false", "plan")
	f.empty(stage)
	f.t.Logf("Terraform: %d resource types updated in place: %s", len(types), strings.Join(slices.Sorted(maps.Keys(types)), ", "))
}

// state are the resources of the state.
func (f *terraform) state() []tfResource {
	f.t.Helper()
	var out struct {
		Values struct {
			Root struct{ Resources []tfResource } `json:"root_module"`
		}
	}
	f.read(&out, "show", "-json")
	return out.Values.Root.Resources
}

// importAll imports everything that another directory made. The plan of the
// imports changes nothing, nor does the one after them.
func (f *terraform) importAll(from *terraform) {
	f.t.Helper()
	text, err := os.ReadFile(filepath.Join(from.dir, "terraform.tfvars.json"))
	if err != nil {
		f.t.Fatal(err)
	}
	f.write("terraform.tfvars.json", string(text))
	var blocks strings.Builder
	imports := 0
	for _, r := range from.state() {
		if of := importIDs[r.Type]; of != nil && r.Mode == "managed" {
			fmt.Fprintf(&blocks, "import {\n  to = %s\n  id = %q\n}\n", r.Address, of(r.member))
			imports++
		}
	}
	f.write("imports.tf", blocks.String())
	for _, r := range f.plan("two") {
		actions := strings.Join(r.Change.Actions, " ")
		if actions != "no-op" && r.Mode == "managed" && notImported[r.Type] == "" {
			f.t.Errorf("%s: the import is followed by %s", r.Address, actions)
		}
	}
	f.run("apply", "-input=false", "plan")
	f.empty("two")
	f.t.Logf("Terraform: %d resources imported", imports)
}

// covered checks that the configuration has every type of the provider.
func (f *terraform) covered() {
	f.t.Helper()
	var out struct {
		Schemas map[string]struct {
			Resources map[string]any `json:"resource_schemas"`
			Data      map[string]any `json:"data_source_schemas"`
		} `json:"provider_schemas"`
	}
	f.read(&out, "providers", "schema", "-json")
	configuration := ""
	for _, file := range must1(filepath.Glob("testdata/terraform/*.tf")) {
		configuration += string(must1(os.ReadFile(file)))
	}
	count := func(kind string, all map[string]any) (n int) {
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if !strings.HasPrefix(name, "aws_iam_") && name != "aws_caller_identity" {
				continue
			}
			if n++; !strings.Contains(configuration, "\n"+kind+` "`+name+`" `) {
				f.t.Errorf("%s %s is not covered", kind, name)
			}
			if kind == "resource" && (importIDs[name] == nil) == (notImported[name] == "") {
				f.t.Errorf("%s is in both or in none of importIDs and notImported", name)
			}
		}
		return n
	}
	for _, provider := range out.Schemas {
		f.t.Logf("Terraform: %d resource types, %d data sources", count("resource", provider.Resources), count("data", provider.Data))
	}
}

// facts compares what the data sources have read with a golden file.
func (f *terraform) facts(golden string) {
	f.t.Helper()
	var got struct {
		Facts struct{ Value map[string]any }
	}
	f.read(&got, "output", "-json")
	text, err := json.MarshalIndent(got.Facts.Value, "", "  ")
	if err != nil {
		f.t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, append(text, '\n'), 0o644); err != nil {
			f.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		f.t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimSpace(string(want)), string(text)); diff != "" {
		f.t.Errorf("facts of %s (-want +got):\n%s", golden, diff)
	}
}

// summary is what the account holds, by AWS's counters.
func summary(t *testing.T, client *iam.Client) map[string]int32 {
	t.Helper()
	return testkit.Must(client.GetAccountSummary(t.Context(), nil))(t).SummaryMap
}

func must1[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
