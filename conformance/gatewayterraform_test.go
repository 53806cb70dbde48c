//go:build conformance

package conformance_test

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// TestTerraformThroughTheGateway has Terraform apply a configuration of eight services
// with moto behind the gateway: first as a user who lacks one action, which the output
// names, then as root, until nothing is left to be done; and destroy it.
func TestTerraformThroughTheGateway(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithUpstream(testkit.Moto(t)))
	srv.Seed(`accounts: [{id: "000000000000", users: [{name: ci, inline: {own: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"dynamodb:CreateTable","Resource":"*"}}'}}]}]`)
	ci, err := srv.As("ci").Config(t.Context()).Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f := terraformOf(t, "gatewayterraform", srv.URL)
	f.write("f.zip", functionArchive(t))
	root := f.env
	f.env = append(slices.Clone(root), "AWS_ACCESS_KEY_ID="+ci.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+ci.SecretAccessKey)
	out, code := f.exit("apply", "-input=false", "-auto-approve")
	if code == 0 || !strings.Contains(out, "dynamodb:CreateTable") {
		t.Errorf("an apply that lacks dynamodb:CreateTable: exit status %d\n%s", code, out)
	}

	f.env = root
	f.run("apply", "-input=false", "-auto-approve")
	if out, code := f.exit("plan", "-input=false", "-detailed-exitcode"); code != 0 {
		t.Errorf("a second apply would change something: exit status %d\n%s", code, out)
	}
	f.run("destroy", "-input=false", "-auto-approve")
}

// functionArchive is the code of a function.
func functionArchive(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("index.js")
	if err == nil {
		_, err = w.Write([]byte("exports.handler = async () => 1"))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
