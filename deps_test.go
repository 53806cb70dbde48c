package understudy_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/understudy-iam/understudy"

// imports is the plan of the house: a package imports these of ours and no others, and,
// if it is in restricted, only the outside modules that are named there.
// Change it in a commit of its own, with the reason.
var imports = map[string][]string{
	"principal":         {},
	"evaluator":         {"internal/spelling"},
	"evaluator/actions": {"evaluator", "evaluator/catalog"}, // classes of actions, of decisions and comparisons about all of them
	"evaluator/compare": {"evaluator", "evaluator/actions", "evaluator/catalog", "principal"},
	"evaluator/catalog": {"internal/frames", "internal/spelling"},
	"evaluator/draft":   {"evaluator", "evaluator/catalog"}, // of the catalogue what an action reads or writes, and the forms of ARNs
	// of sigv4 the form of regions, of principal the partitions: facts that have one home
	"evaluator/lint": {"awsapi/sigv4", "evaluator", "evaluator/catalog", "internal/spelling", "principal"},

	"persistence":             {},
	"persistence/badgerstore": {"persistence", "persistence/overlay"}, // of what an Update has written, over what it reads
	"persistence/history":     {"persistence", "persistence/overlay"},
	"persistence/lagstore":    {"persistence", "persistence/overlay"},
	"persistence/memstore":    {"persistence"},
	"persistence/overlay":     {"persistence"},                        // older states, of who sees changes late and of what looks back
	"persistence/pgstore":     {"persistence", "persistence/overlay"}, // an Update's writes over what the database has
	"persistence/storetest":   {"persistence"},
	"awsapi":                  {"awsapi/sigv4", "principal"},
	"awsapi/model":            {"awsapi"},
	"awsapi/next/iam":         {},
	"awsapi/next/sts":         {},
	"awsapi/sigv4":            {},
	"awsapi/sigv4/postform":   {"awsapi/sigv4"},
	"authz":                   {"evaluator", "evaluator/actions", "evaluator/catalog", "persistence", "principal"},
	"faults":                  {"internal/spelling"},
	"internal/mfa":            {"persistence"},
	"federation/oidc":         {},
	"federation/idp":          {"federation/oidc", "internal/shell", "persistence", "principal", "federation/saml"},
	"federation/saml":         {},
	"clock":                   {},
	"management": {"alerts", "audit", "decisions", "docs", "evaluator/draft", "events", "faults", "internal/textfile", "internal/webguard",
		"principal"}, // of the draft what its calls are, which go over the wire
	"management/client":  {"alerts", "audit", "decisions", "events", "faults", "management"},
	"management/console": {"decisions", "internal/webguard", "management", "management/client", "principal"},
	"imds":               {"internal/webguard", "principal"}, // its guard against web pages, which management has too; partitions
	"events":             {"authz", "evaluator", "evaluator/catalog", "evaluator/draft", "internal/linefile", "principal"},
	"alerts": {"alerts/pattern", "authz", "evaluator", "evaluator/actions", "evaluator/compare", "events", "internal/linefile",
		"internal/textfile", "persistence", "persistence/history", "principal"}, // authz decides what a call has changed
	"alerts/pattern": {}, // usable alone
	"advice":         {"evaluator", "evaluator/catalog", "internal/awscli", "internal/ordered", "internal/shell"},
	"audit": {"authz", "evaluator", "evaluator/actions", "evaluator/catalog", "evaluator/compare", "evaluator/lint", "events",
		"internal/shell", "persistence", "principal"}, // of the shell how the words of a command that mends are written
	"cloudtrail": {"authz", "events", "principal"},
	"offboard":   {"events", "internal/awscli", "internal/shell", "principal"}, // plans only: who makes them reads and calls
	"accessanalyzer": {"authz", "evaluator", "evaluator/compare", "evaluator/draft", "evaluator/lint", "events",
		"persistence", "principal"},
	"decisions": {"advice", "authz", "evaluator", "events", "internal/ordered", "internal/shell", "principal"},
	// of lint what is wrong with a policy that AWS would not store
	"seed": {"authz", "awsapi/next/iam", "evaluator", "evaluator/lint", "gateway/services", "iam", "internal/mfa", "internal/spelling",
		"internal/textfile", "persistence", "principal"},
	"iam": {"authz", "awsapi/next/iam", "evaluator", "evaluator/catalog", "iam/managed", "internal/mfa", "persistence",
		"principal", "federation/saml"},
	"iam/managed": {"internal/frames", "principal"}, // partitions: how ARNs begin
	"sts": {"authz", "awsapi/next/sts", "evaluator", "evaluator/catalog", "internal/mfa", "internal/shell",
		"federation/oidc", "persistence", "principal", "federation/saml"},
	"server": {"accessanalyzer",
		"advice", "alerts", "audit", "cloudtrail", "internal/awscli", "internal/mfa", "internal/spelling", "authz", "awsapi",
		"awsapi/model",
		"awsapi/sigv4", "clock", "decisions", "evaluator", "evaluator/lint", "events", "gateway", "gateway/services", "iam",
		"federation/idp", "imds",
		"internal/intake", "internal/webguard", "management", "federation/oidc", "persistence", "principal", "seed", "sts", "faults",
		"persistence/history", "persistence/lagstore"},
	"iamtest": {"advice", "alerts", "authz", "clock", "decisions", "evaluator/draft", "events", "faults", "gateway", "iam",
		"internal/localclient", "management", "persistence", "persistence/badgerstore", "principal", "server"},
	"cmd/understudy": {"alerts", "audit",
		"internal/awscli", "internal/mfa", "internal/shell", "internal/spelling", "authz", "awsapi", "awsapi/model",
		"awsapi/sigv4", "decisions", "evaluator", "evaluator/catalog", "evaluator/compare", "evaluator/draft",
		"evaluator/lint", "events", "federation/idp", "gateway",
		"iam", "imds", "management", "management/client",
		"management/console", "internal/webguard", "seed", "internal/awsprofile", "internal/completion",
		"internal/localclient",
		"internal/textfile", "federation/oidc", "offboard", "persistence", "persistence/badgerstore", "persistence/memstore",
		"persistence/pgstore", "policytest",
		"principal",
		"server", "faults", "gateway/services"},
	// policies tested as code: the state of seed, decided by authz, explained by decisions; PolicyHolder of gateway/services
	"policytest": {"authz", "decisions", "evaluator", "evaluator/catalog", "evaluator/compare", "evaluator/lint", "events",
		"gateway/services", "iam", "internal/spelling", "internal/textfile", "persistence", "persistence/memstore", "principal", "seed",
		"sts"},
	"internal/awscli":     {}, // how a call is written for the AWS CLI, of what is advised or kept for that, and of the command's help
	"internal/awsprofile": {},
	"internal/completion": {},
	"internal/document":   {},
	"internal/frames":     {}, // how embedded tables are compressed, of the catalogue, the managed policies and the gateway
	"internal/intake":     {}, // what clients can make a server hold, of all listeners
	"internal/linefile":   {}, // how lines are appended to a file, of events and of alerts
	"internal/ordered":    {}, // JSON in the order in which it is written, of what changes policies and of what quotes them
	"internal/shell":      {}, // how a word is written for a shell, of what is advised and of what is printed to be pasted or evaluated
	"internal/spelling":   {}, // which word was meant, of members of policies, of actions, of services and of commands
	"internal/postgres":   {}, // servers of tests and measurements
	"internal/testkit":    {"internal/postgres", "persistence"},
	// the engine of tests
	"internal/teststore":   {"internal/testkit", "persistence", "persistence/memstore", "persistence/pgstore"},
	"internal/textfile":    {}, // how much of a file is read, in one place
	"internal/webguard":    {},
	"internal/localclient": {},
	"docs":                 {},

	// what a call to another service needs; of authz the form of a need alone
	"gateway": {"authz", "awsapi/sigv4", "awsapi/sigv4/postform", "gateway/services", "internal/textfile", "principal"},
	// of compare which conditions keep a policy from being public
	"gateway/services": {"authz", "evaluator", "evaluator/catalog", "evaluator/compare", "internal/frames", "internal/spelling",
		"principal"},
}

// restricted says which outside modules a package may import; a package that is
// not named may import any.
var restricted = map[string][]string{
	"principal":         {},
	"clock":             {},
	"imds":              {},
	"evaluator":         {},
	"evaluator/lint":    {},
	"evaluator/actions": {},
	"evaluator/compare": {},
	"evaluator/draft":   {},

	"persistence": {"github.com/fxamacker/cbor/v2"},
	"events":      {},
	"advice":      {},
	"alerts":      {"go.yaml.in/yaml/v4"},
	"audit":       {},
	"cloudtrail":  {"github.com/aws/aws-sdk-go-v2"},
	"offboard":    {"github.com/aws/aws-sdk-go-v2"},

	"accessanalyzer": {"github.com/aws/aws-sdk-go-v2"},

	"decisions": {"github.com/aws/smithy-go"},
	"gateway":   {"github.com/fxamacker/cbor/v2"},
	"seed": {"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go", "github.com/rogpeppe/go-internal/diff",
		"go.yaml.in/yaml/v4"},
	"faults":          {"github.com/aws/smithy-go", "go.yaml.in/yaml/v4"},
	"policytest":      {"go.yaml.in/yaml/v4"},
	"internal/mfa":    {"github.com/boombuler/barcode", "github.com/pquerna/otp"},
	"federation/oidc": {"github.com/go-jose/go-jose/v4"},
	"federation/idp":  {"github.com/go-jose/go-jose/v4", "github.com/google/uuid"},
	"federation/saml": {"github.com/beevik/etree", "github.com/crewjam/saml/xmlenc", "github.com/russellhaering/goxmldsig"},
	"awsapi/sigv4":    {},
	"awsapi":          {"github.com/aws/smithy-go", "github.com/google/uuid"},
	"management":      {"github.com/gorilla/mux"},
	"server":          {"github.com/google/uuid"},
	"iamtest":         {"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go"},

	"management/client":   {},
	"management/console":  {"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go", "github.com/gorilla/mux"},
	"internal/awscli":     {},
	"internal/completion": {"github.com/alecthomas/kong"},
	"internal/document":   {},
	"internal/frames":     {"github.com/klauspost/compress"},
	"internal/linefile":   {}, // how lines are appended to a file, of events and of alerts
	"internal/ordered":    {},
	"internal/shell":      {},
	"internal/spelling":   {},
	"internal/textfile":   {},
	"internal/intake":     {},
	"internal/webguard":   {},
	"docs":                {},

	"alerts/pattern":        {},
	"awsapi/sigv4/postform": {},

	"internal/localclient": {"github.com/aws/aws-sdk-go-v2"},
}

func TestImports(t *testing.T) {
	for _, p := range listPackages(t) {
		path := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if path == "" || strings.HasPrefix(path, "internal/cmd/") || path == "internal/botocore" || path == "internal/npm" ||
			strings.HasPrefix(path, "conformance") {
			continue // generators and black-box suites: nobody imports them, and they are free
		}
		allowed, ok := imports[path]
		if !ok {
			t.Errorf("package %s is not in the plan; add it with its imports", path)
			continue
		}
		for _, i := range allowed {
			if !slices.Contains(p.Imports, module+"/"+i) {
				t.Errorf("package %s does not import %s any more; take it out of the plan", path, i)
			}
		}
		for _, i := range p.Imports {
			ours, ok := strings.CutPrefix(i, module+"/")
			if ok && !slices.Contains(allowed, ours) {
				t.Errorf("package %s imports %s, which the plan does not allow", path, ours)
			}
			if outside, ok := restricted[path]; ok && !isOurs(i) && !std(i) && !slices.ContainsFunc(outside, func(m string) bool {
				return i == m || strings.HasPrefix(i, m+"/")
			}) {
				t.Errorf("package %s imports %s, which the plan does not allow", path, i)
			}
		}
	}
}

func isOurs(path string) bool { return strings.HasPrefix(path, module) }

// std reports whether an import path is the standard library's: its first
// element has no dot.
func std(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

type listedPackage struct {
	ImportPath string
	Imports    []string
}

func listPackages(t *testing.T) []listedPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []listedPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listedPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	if len(list) < len(imports) {
		t.Fatalf("go list shows %d packages; the plan has %d", len(list), len(imports))
	}
	return list
}
