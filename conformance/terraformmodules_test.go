//go:build conformance

package conformance_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// modulesSeed is a second account, with the role by which pipelines reach it.
const modulesSeed = `
accounts:
- id: "111122223333"
  roles:
  - name: terraform
    path: /deploy/
    policies: [IAMFullAccess]
    trust:
      Version: 2012-10-17
      Statement:
      - {Effect: Allow, Principal: {AWS: "arn:aws:iam::000000000000:root"}, Action: "sts:AssumeRole", Condition: {StringEquals: {sts:ExternalId: shared-secret}}}
      - {Effect: Allow, Principal: {AWS: "arn:aws:iam::000000000000:root"}, Action: "sts:TagSession"}
`

// TestTerraformModules has Terraform apply a configuration of modules, plan nothing
// more and destroy it.
func TestTerraformModules(t *testing.T) {
	t.Parallel()
	seed := filepath.Join(t.TempDir(), "seed.yaml")
	if err := os.WriteFile(seed, []byte(modulesSeed), 0o600); err != nil {
		t.Fatal(err)
	}
	url := startServer(t, "--seed", seed)
	client := rootClient(url)
	before := summary(t, client)
	f := terraformOf(t, "modules", url)
	_, signing := idpKey(t)
	variables, err := json.Marshal(map[string]string{
		"ssh_key": sshKeys()[0].openSSH, "saml_metadata": metadata("https://idp.example.com", signing),
	})
	if err != nil {
		t.Fatal(err)
	}
	f.write("terraform.tfvars.json", string(variables))
	f.run("apply", "-input=false", "-auto-approve")
	f.facts("testdata/modules/facts.json")
	if out, code := f.exit("plan", "-input=false", "-detailed-exitcode"); code != 0 {
		t.Errorf("a second apply would change something: exit status %d\n%s", code, out)
	}
	f.run("destroy", "-input=false", "-auto-approve", "-refresh=false")
	if diff := cmp.Diff(before, summary(t, client)); diff != "" {
		t.Errorf("the account after destroy (-before +after):\n%s", diff)
	}
}
