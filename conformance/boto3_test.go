//go:build conformance

package conformance_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/principal"
)

// TestBoto3 runs the scenario with boto3, which holds every answer against
// botocore's model.
func TestBoto3(t *testing.T) {
	t.Parallel()
	r := runScenario(t, exec.Command(tool(t, "python3"), "testdata/boto3_scenario.py"), "users", "roles", "account", "end")
	r.check(t)
	r.unknown(t, newer)
}

// TestBoto3WithIdentityPropagation does so with what botocore lacks added to its
// model of IAM, as botocore itself adds to models.
func TestBoto3WithIdentityPropagation(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(tool(t, "python3"), "testdata/boto3_scenario.py")
	cmd.Env = []string{"AWS_DATA_PATH=" + testkit.Must(filepath.Abs("testdata/botocore"))(t)}
	r := runScenario(t, cmd, "users", "roles", "account", "propagation", "end")
	r.check(t)
	if !slices.Contains(r.Operations, "UpdateOpenIDConnectProvider") {
		t.Error("botocore did not take what was added to its model")
	}
}

// TestBoto3InOtherPartitions is TestBoto3 in aws-cn and aws-us-gov: no answer may
// have an ARN of the partition aws.
func TestBoto3InOtherPartitions(t *testing.T) {
	t.Parallel()
	for _, p := range []principal.Partition{principal.China, principal.GovCloud} {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			r := runScenarioIn(t, p, exec.Command(tool(t, "python3"), "testdata/boto3_scenario.py"), "users", "roles", "account", "end")
			r.check(t)
		})
	}
}
