package conformance_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// What the API answers of a real account, and what the AWS CLI makes of it, are
// seeds too.
func TestImportOfAccountAuthorizationDetails(t *testing.T) {
	t.Parallel()
	from, _ := onStore(t)
	from.rich(rand.New(rand.NewPCG(1, 2)))
	details := testkit.Must(from.GetAccountAuthorizationDetails(t.Context(),
		&iam.GetAccountAuthorizationDetailsInput{MaxItems: aws.Int32(1000), Filter: []types.EntityType{
			types.EntityTypeUser, types.EntityTypeRole, types.EntityTypeGroup, types.EntityTypeLocalManagedPolicy,
		}}))(t)
	for _, decoded := range []bool{false, true} {
		into, _ := emptyServer(t)
		status, answer := askServer(t, into.srv, "POST seed", "application/json", cliJSON(t, details, decoded))
		if status != http.StatusOK {
			t.Fatalf("decoded %v: %d %s", decoded, status, answer)
		}
		got := testkit.Must(into.GetAccountAuthorizationDetails(t.Context(),
			&iam.GetAccountAuthorizationDetailsInput{MaxItems: aws.Int32(1000), Filter: []types.EntityType{
				types.EntityTypeUser, types.EntityTypeRole, types.EntityTypeGroup, types.EntityTypeLocalManagedPolicy,
			}}))(t)
		if diff := cmp.Diff(cliJSON(t, details, true), cliJSON(t, got, true)); diff != "" {
			t.Errorf("decoded %v: other details (-before +after):\n%s", decoded, diff)
		}
	}
}

// cliJSON is an answer as the AWS CLI prints it: with policy documents decoded,
// if they are to be.
func cliJSON(t *testing.T, out *iam.GetAccountAuthorizationDetailsOutput, decoded bool) string {
	t.Helper()
	raw, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	delete(tree.(map[string]any), "ResultMetadata")
	if decoded {
		tree = decodeDocuments(t, tree)
	}
	raw, err = json.MarshalIndent(tree, "", "    ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func decodeDocuments(t *testing.T, tree any) any {
	switch x := tree.(type) {
	case map[string]any:
		for k, v := range x {
			x[k] = decodeDocuments(t, v)
		}
	case []any:
		for i, v := range x {
			x[i] = decodeDocuments(t, v)
		}
	case string:
		if !strings.HasPrefix(x, "%7B") {
			return x
		}
		text, err := url.PathUnescape(x)
		var document any
		if err == nil {
			err = json.Unmarshal([]byte(text), &document)
		}
		if err != nil {
			t.Fatal(err)
		}
		return document
	}
	return tree
}

// The roles of a real account may trust whom only AWS knows. What is exported of
// such an account can be imported, and exported again the same.
func TestExportOfAnAccountFromAWS(t *testing.T) {
	t.Parallel()
	trust := func(principals string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principals + `,"Action":"sts:AssumeRole"}]}`
	}
	role := func(name, document string) map[string]any {
		return map[string]any{"Path": "/", "RoleName": name, "RoleId": "AROAEXAMPLE" + strings.ToUpper(name),
			"Arn":        "arn:aws:iam::000000000000:role/" + name,
			"CreateDate": "2026-01-02 03:04:05+00:00", "AssumeRolePolicyDocument": json.RawMessage(document),
			"InstanceProfileList": []any{}, "RolePolicyList": []any{}, "AttachedManagedPolicies": []any{}, "Tags": []any{}}
	}
	raw, err := json.Marshal(map[string]any{"UserDetailList": []any{}, "GroupDetailList": []any{}, "Policies": []any{},
		"RoleDetailList": []any{
			role("abroad", trust(`{"AWS":"arn:aws:iam::444455556666:role/elsewhere"}`)),
			role("deleted", trust(`{"AWS":"AROAAAAAAAAAAAAAAAAAA"}`)),
			role("plain", trust(`{"Service":"ec2.amazonaws.com"}`)),
			role("strange", trust(`{"Service":"nobody-knows.amazonaws.com"}`)),
		}})
	if err != nil {
		t.Fatal(err)
	}
	first, _ := emptyServer(t)
	if status, answer := askServer(t, first.srv, "POST seed", "application/json", string(raw)); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	_, once := askServer(t, first.srv, "GET export", "", "")
	if n := strings.Count(once, "createDate: 2026-01-02T03:04:05Z"); n != 4 { // as boto3's users print it
		t.Errorf("%d roles have their date:\n%s", n, once)
	}
	if n := strings.Count(once, "unknownPrincipals: true"); n != 2 {
		t.Errorf("%d roles are marked, not 2:\n%s", n, once)
	}
	second, _ := emptyServer(t)
	if status, answer := askServer(t, second.srv, "POST seed", "application/yaml", once); status != http.StatusOK {
		t.Fatalf("%d %s\n%s", status, answer, once)
	}
	if _, again := askServer(t, second.srv, "GET export", "", ""); again != once {
		t.Errorf("exported again (-before +after):\n%s", cmp.Diff(once, again))
	}
}
