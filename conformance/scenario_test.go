//go:build conformance

package conformance_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/principal"
)

// A scenario is one story that every SDK tells: each operation of IAM and STS
// with its answers and errors, every paginator over several pages, every waiter.
// It is in testdata/scenario, one step a line:
//
//	[@WHO] iam.Operation INPUT [=> name=Path, ...] [?? Path=VALUE | !! Code message]
//	pages [@WHO] iam.Operation INPUT COUNT
//	wait iam.Waiter INPUT [!! Code]
//	manage METHOD route INPUT [=> name=Path, ...]
//
// WHO is a variable that holds credentials; without it the root user calls. =>
// saves members of the answer, ?? demands one, !! an error instead of an answer.
// Texts of the input name variables as ${name}; ${name STEP} is the one-time code
// of a seed, STEP times 30 seconds from now.
type scenario struct {
	URL       string         `json:"url"`
	Region    string         `json:"region"`    // that clients sign for
	Partition string         `json:"partition"` // of which all ARNs of answers must be
	Variables map[string]any `json:"variables"`
	Steps     []step         `json:"steps"`
}

// A step is a line of a scenario.
type step struct {
	At        string            `json:"at"`   // file and line
	Kind      string            `json:"kind"` // call, pages, wait or manage
	As        string            `json:"as"`
	Service   string            `json:"service"`
	Operation string            `json:"operation"` // of manage: the method
	Path      string            `json:"path,omitempty"`
	Input     map[string]any    `json:"input"`
	Save      map[string]string `json:"save,omitempty"`
	Check     map[string]any    `json:"check,omitempty"`
	Code      string            `json:"code,omitempty"`
	Message   string            `json:"message,omitempty"`
	Count     int               `json:"count,omitempty"`
}

// newer are the operations that botocore 1.43.11 does not know; new.txt calls
// them, and scoped.txt and origin.txt what is of November 2026, which the SDK for Go
// does not know.
var newer = []string{"AcquireRole", "GetAccountProperties", "GetRoleTemplateVersion", "PutAccountProperties"}

// unserved are operations that a client knows and no scenario calls, with the
// reason.
var unserved = map[string]string{}

var stepHead = regexp.MustCompile(`^(?:(pages|wait|manage) )?(?:@(\w+) )?(?:(iam|sts)\.)?(\w+) (?:([^ {][^ ]*) )?(\{.*)$`)

// parseStep reads a line.
func parseStep(at, line string) (step, error) {
	m := stepHead.FindStringSubmatch(line)
	if m == nil {
		return step{}, fmt.Errorf("%s: not a step: %s", at, line)
	}
	s := step{At: at + " " + m[4], Kind: m[1], As: m[2], Service: m[3], Operation: m[4], Path: m[5], Save: map[string]string{},
		Check: map[string]any{}}
	if s.Kind == "" {
		s.Kind = "call"
	}
	if s.As == "" {
		s.As = "test"
	}
	in := json.NewDecoder(strings.NewReader(m[6]))
	if err := in.Decode(&s.Input); err != nil {
		return step{}, fmt.Errorf("%s: %w", at, err)
	}
	return s, s.tail(m[6][in.InputOffset():])
}

// tail reads what follows a step's input.
func (s *step) tail(text string) error {
	text, refusal, _ := strings.Cut(text, " !! ")
	s.Code, s.Message, _ = strings.Cut(refusal, " ")
	text, check, ok := strings.Cut(text, " ?? ")
	if ok {
		path, value, _ := strings.Cut(check, "=")
		var want any
		if err := json.Unmarshal([]byte(value), &want); err != nil {
			return fmt.Errorf("%s: %w", s.At, err)
		}
		s.Check[path] = want
	}
	text, saves, ok := strings.Cut(text, " => ")
	if ok {
		for _, save := range strings.Split(saves, ", ") {
			name, path, _ := strings.Cut(save, "=")
			s.Save[name] = path
		}
	}
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	if _, err := fmt.Sscan(text, &s.Count); err != nil || s.Kind != "pages" {
		return fmt.Errorf("%s: what is %q? (%v)", s.At, text, err)
	}
	return nil
}

// steps reads files of testdata/scenario, in order.
func steps(t *testing.T, names ...string) []step {
	t.Helper()
	var all []step
	for _, name := range names {
		text, err := os.ReadFile("testdata/scenario/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			s, err := parseStep(fmt.Sprintf("%s:%d", name, i+1), line)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, s)
		}
	}
	return all
}

// A report is what a client's runner prints of a scenario.
type report struct {
	Client, Notes string
	Operations    []string // that the client knows
	Paginators    []string
	Waiters       []string
	Done          struct{ Call, Pages, Wait map[string]int }
	Failures      []string
}

// check fails the test for every failure and for everything that the client
// knows and the scenario does not do. It prints what was covered.
func (r *report) check(t *testing.T) {
	t.Helper()
	for _, f := range r.Failures {
		t.Error(f)
	}
	total := 0
	for _, n := range r.Done.Call {
		total += n
	}
	for kind, all := range map[string]struct {
		known []string
		done  map[string]int
	}{"operation": {r.Operations, r.Done.Call}, "paginator": {r.Paginators, r.Done.Pages}, "waiter": {r.Waiters, r.Done.Wait}} {
		for _, name := range all.known {
			if all.done[name] == 0 && unserved[name] == "" && (kind != "operation" || r.Done.Pages[name] == 0) {
				t.Errorf("%s: %s %s is not covered", r.Client, kind, name)
			}
		}
	}
	t.Logf("%s: %d operations in %d calls, %d paginators, %d waiters; %s", r.Client, len(r.Operations), total, len(r.Done.Pages),
		len(r.Done.Wait), r.Notes)
}

// runScenario has a command run the files of testdata/scenario against a fresh
// server, and reads its report. The command gets the scenario's file at the end.
func runScenario(t *testing.T, cmd *exec.Cmd, files ...string) *report {
	t.Helper()
	return runScenarioIn(t, principal.AWS, cmd, files...)
}

// runScenarioIn is runScenario in a partition, whose ARNs stand in the place of
// those of the files.
func runScenarioIn(t *testing.T, p principal.Partition, cmd *exec.Cmd, files ...string) *report {
	t.Helper()
	text, err := json.Marshal(newScenario(t, p, files...))
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(p.Rewrite(string(text)))
	file := filepath.Join(t.TempDir(), "scenario.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd.Args = append(cmd.Args, file)
	cmd.Env = append(clientEnv(t), cmd.Env...)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s%s", cmd, err, &out, &log)
	}
	var r report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v: %v\n%s%s", cmd, err, &out, &log)
	}
	return &r
}

// clientEnv is an environment in which a client finds nothing of this user's.
func clientEnv(t *testing.T) []string {
	t.Helper()
	home := t.TempDir()
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AWS_") })
	return append(env, "AWS_CONFIG_FILE="+filepath.Join(home, "config"), "AWS_SHARED_CREDENTIALS_FILE="+filepath.Join(home, "credentials"),
		"AWS_EC2_METADATA_DISABLED=true", "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1", "AWS_PAGER=", "PYTHONDONTWRITEBYTECODE=1")
}

// unknown compares the operations of the scenario with those of the client.
func (r *report) unknown(t *testing.T, want []string) {
	t.Helper()
	all := map[string]bool{}
	for _, s := range steps(t, "users", "roles", "account", "new", "end") {
		if s.Kind == "call" || s.Kind == "pages" {
			all[s.Operation] = true
		}
	}
	for _, name := range r.Operations {
		delete(all, name)
	}
	if got := slices.Sorted(maps.Keys(all)); !slices.Equal(got, want) {
		t.Errorf("%s does not know %v; want %v", r.Client, got, want)
	}
}
