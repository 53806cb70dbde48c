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

// imports is the plan of the house: a package may import these of ours and, if
// it stands in restricted, only the outside modules that are named there.
// Change it in a commit of its own, with the reason.
var imports = map[string][]string{
	"principal":               {},
	"evaluator":               {"internal/spelling"},
	"evaluator/catalog":       {"internal/spelling"},
	"persistence":             {},
	"persistence/badgerstore": {"persistence"},
	"persistence/lagstore":    {"persistence"},
	"persistence/memstore":    {"persistence"},
	"persistence/storetest":   {"persistence"},
	"awsapi":                  {"awsapi/sigv4", "principal"},
	"awsapi/model":            {"awsapi"},
	"awsapi/next/iam":         {},
	"awsapi/next/sts":         {},
	"awsapi/sigv4":            {},
	"awsapi/sigv4/postform":   {"awsapi/sigv4"},
	"authz":                   {"evaluator", "evaluator/catalog", "persistence", "principal"},
	"faults":                  {"internal/spelling"},
	"internal/mfa":            {"persistence"},
	"federation/oidc":         {},
	"federation/idp":          {"federation/oidc", "persistence", "principal", "federation/saml"},
	"federation/saml":         {},
	"clock":                   {},
	"management":              {"decisions", "docs", "faults", "internal/textfile", "internal/webguard"},
	"management/client":       {"decisions", "faults", "management"},
	"imds":                    {"internal/webguard", "principal"}, // its guard against web pages, which management has too; partitions
	"events":                  {"authz", "principal"},
	"advice":                  {"evaluator", "evaluator/catalog", "internal/shell"},
	"decisions":               {"advice", "authz", "evaluator", "events", "internal/shell", "principal"},
	"seed":                    {"awsapi/next/iam", "evaluator", "iam", "internal/mfa", "internal/spelling", "internal/textfile", "persistence", "principal"},
	"iam":                     {"authz", "awsapi/next/iam", "evaluator", "evaluator/catalog", "iam/managed", "internal/mfa", "persistence", "principal", "federation/saml"},
	"iam/managed":             {"principal"}, // partitions: how ARNs begin
	"sts":                     {"authz", "awsapi/next/sts", "evaluator", "evaluator/catalog", "internal/mfa", "federation/oidc", "persistence", "principal", "federation/saml"},
	"server":                  {"advice", "internal/mfa", "authz", "awsapi", "awsapi/model", "awsapi/sigv4", "clock", "decisions", "evaluator", "events", "gateway", "iam", "federation/idp", "imds", "internal/intake", "internal/webguard", "management", "federation/oidc", "persistence", "principal", "seed", "sts", "faults", "persistence/lagstore"},
	"iamtest":                 {"advice", "authz", "clock", "decisions", "events", "faults", "gateway", "iam", "internal/localclient", "persistence", "persistence/badgerstore", "principal", "server"},
	"cmd/understudy":          {"internal/mfa", "internal/shell", "internal/spelling", "authz", "awsapi", "awsapi/model", "awsapi/sigv4", "decisions", "evaluator", "evaluator/catalog", "federation/idp", "gateway", "iam", "imds", "management", "management/client", "internal/webguard", "seed", "internal/awsprofile", "internal/completion", "internal/localclient", "internal/textfile", "federation/oidc", "persistence", "persistence/badgerstore", "persistence/memstore", "principal", "server", "faults", "gateway/services"},
	"internal/awsprofile":     {},
	"internal/completion":     {},
	"internal/document":       {},
	"internal/intake":         {}, // what clients can make a server hold, of all listeners
	"internal/shell":          {}, // how a word is written for a shell, of what is advised and of what is printed to be evaluated
	"internal/spelling":       {}, // which word was meant, of members of policies, of actions and of commands
	"internal/testkit":        {"persistence"},
	"internal/textfile":       {}, // how much of a file is read, in one place
	"internal/webguard":       {},
	"internal/localclient":    {},
	"docs":                    {},

	// what a call to another service needs; of authz the form of a need alone
	"gateway":          {"authz", "awsapi/sigv4", "awsapi/sigv4/postform", "gateway/services", "internal/textfile", "principal"},
	"gateway/services": {"authz", "evaluator/catalog", "principal"},
}

// restricted says which outside modules a package may import; a package that is
// not named may import any.
var restricted = map[string][]string{
	"principal":       {},
	"clock":           {},
	"imds":            {},
	"evaluator":       {},
	"persistence":     {"github.com/fxamacker/cbor/v2"},
	"events":          {},
	"advice":          {},
	"decisions":       {"github.com/aws/smithy-go"},
	"gateway":         {"github.com/fxamacker/cbor/v2"},
	"seed":            {"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go", "github.com/rogpeppe/go-internal/diff", "go.yaml.in/yaml/v4"},
	"faults":          {"github.com/aws/smithy-go", "go.yaml.in/yaml/v4"},
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
	"internal/completion": {"github.com/alecthomas/kong"},
	"internal/document":   {},
	"internal/shell":      {},
	"internal/spelling":   {},
	"internal/textfile":   {},
	"internal/intake":     {},
	"internal/webguard":   {},
	"docs":                {},

	"awsapi/sigv4/postform": {},

	"internal/localclient": {"github.com/aws/aws-sdk-go-v2"},
}

func TestImports(t *testing.T) {
	for _, p := range listPackages(t) {
		path := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if path == "" || strings.HasPrefix(path, "internal/cmd/") || path == "internal/botocore" || path == "internal/npm" || strings.HasPrefix(path, "conformance") {
			continue // generators and black-box suites: nobody imports them, and they are free
		}
		allowed, ok := imports[path]
		if !ok {
			t.Errorf("package %s is not in the plan; add it with its imports", path)
			continue
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
