//go:build conformance

package conformance_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A play of Ansible's report, which the callback json prints.
type ansiblePlay struct {
	Play  struct{ Name string }
	Tasks []struct {
		Task  struct{ Name string }
		Hosts map[string]struct {
			Changed, Skipped bool
			Results          []struct{ Changed bool } // of a loop
		}
	}
}

// TestAnsible has Ansible's modules for IAM make an account's identities, make them
// again, which changes nothing, and remove them.
func TestAnsible(t *testing.T) {
	t.Parallel()
	url := startServer(t)
	client := rootClient(url)
	before := summary(t, client)
	_, signing := idpKey(t)
	cmd := exec.Command(tool(t, "ansible-playbook"), "-i", "localhost,", "-c", "local", "testdata/ansible/play.yml")
	cmd.Env = append(clientEnv(t), "AWS_URL="+url, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		"ANSIBLE_STDOUT_CALLBACK=json", "ANSIBLE_PIPELINING=true", "ANSIBLE_LOCALHOST_WARNING=false", "ANSIBLE_HOME="+t.TempDir(),
		"ANSIBLE_PYTHON_INTERPRETER="+tool(t, "python3"), // the one with boto3
		"SAML_METADATA="+metadata("https://idp.example.com", signing))
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, &complaint)
	}
	var report struct{ Plays []ansiblePlay }
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var plays []string
	for _, p := range report.Plays {
		plays = append(plays, p.Play.Name)
		t.Logf("Ansible: %s, %d tasks", p.Play.Name, p.check(t, p.Play.Name != "made again"))
	}
	if diff := cmp.Diff([]string{"made", "made again", "gone"}, plays); diff != "" {
		t.Errorf("plays (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, summary(t, client)); diff != "" {
		t.Errorf("the account after the plays (-before +after):\n%s", diff)
	}
}

// check checks that each task of a play that does something has changed something,
// or that none has, and counts them.
func (p *ansiblePlay) check(t *testing.T, changes bool) (count int) {
	t.Helper()
	for _, task := range p.Tasks {
		result := task.Hosts["localhost"]
		if strings.HasPrefix(task.Task.Name, "ask ") || result.Skipped {
			continue
		}
		count++
		wrong := result.Changed != changes
		for _, r := range result.Results {
			wrong = wrong || r.Changed != changes
		}
		if wrong {
			t.Errorf("%s: %s: changed %v %v; want %v", p.Play.Name, task.Task.Name, result.Changed, result.Results, changes)
		}
	}
	return count
}
