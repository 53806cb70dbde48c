//go:build conformance

package conformance_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTerraformSimulation reads the data source aws_iam_principal_policy_simulation
// for a user whom the same configuration makes.
func TestTerraformSimulation(t *testing.T) {
	t.Parallel()
	f := newTerraform(t, "simulation.tf", startServer(t))
	f.run("apply", "-input=false", "-auto-approve")
	var got map[string]struct {
		Value any `json:"value"`
	}
	f.read(&got, "output", "-json")
	want := map[string]any{
		"read_allowed": true,
		"read_decisions": map[string]any{
			"s3:GetObject arn:aws:s3:::example-bucket/a":  "allowed",
			"s3:ListBucket arn:aws:s3:::example-bucket/a": "allowed",
		},
		"read_statements": []any{"user_simulated_read"},
		"write_allowed":   false,
		"write_decision":  "explicitDeny",
		"write_missing":   []any{},
		"tag_allowed":     true,
		"untagged_missing": []any{
			"aws:RequestTag/team",
		},
		"boundary_allowed": false,
	}
	values := map[string]any{}
	for name, output := range got {
		values[name] = output.Value
	}
	if diff := cmp.Diff(want, values); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
	f.run("destroy", "-input=false", "-auto-approve")
}
