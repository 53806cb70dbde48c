package compare_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/compare"
)

func document(t *testing.T, statements ...string) *evaluator.Document {
	t.Helper()
	doc, err := evaluator.Parse(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// statement writes one of its members, separated by blanks: Allow s3:GetObject arn:... and conditions.
func statement(effect, action, resource string, more ...string) string {
	list := []string{`"Effect":"` + effect + `"`, `"Action":"` + action + `"`}
	if resource != "" {
		list = append(list, `"Resource":"`+resource+`"`)
	}
	return "{" + strings.Join(append(list, more...), ",") + "}"
}

const bucket = "arn:aws:s3:::reports"

func TestCompare(t *testing.T) {
	t.Parallel()
	identity, resource, trust := evaluator.Identity, evaluator.Resource, evaluator.Trust
	own := func() string {
		return statement("Allow", "iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}")
	}
	github := func(subject string) string {
		return statement("Allow", "sts:AssumeRoleWithWebIdentity", "",
			`"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}`,
			`"Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"`+subject+`"}}`)
	}
	to := func(principal string) string {
		return statement("Allow", "s3:GetObject", bucket+"/*", `"Principal":`+principal)
	}
	when := func(condition string) string {
		return statement("Allow", "s3:GetObject", "*", `"Condition":{`+condition+`}`)
	}
	all := statement("Allow", "s3:GetObject", "*")
	for _, c := range []struct {
		name     string
		old, new []string
		kind     evaluator.Kind
		want     string // of the first grant, "" for none: action, resource
	}{
		{"the same", []string{all}, []string{all}, identity, ""},
		{"a narrower action", []string{statement("Allow", "s3:*", "*")}, []string{all}, identity, ""},
		{"a wider action", []string{all}, []string{statement("Allow", "s3:Get*", "*")}, identity, "s3:GetAccelerateConfiguration *"},
		{"an action that no service has", []string{all}, []string{statement("Allow", "nothing:Known", "*")}, identity, "nothing:Known *"},
		{"a narrower resource", []string{all}, []string{statement("Allow", "s3:GetObject", bucket+"/*")}, identity, ""},
		{"a wider resource", []string{statement("Allow", "s3:GetObject", bucket+"/a/*")},
			[]string{statement("Allow", "s3:GetObject", bucket+"/*")},
			identity, "s3:GetObject arn:aws:s3:::reports/"},
		{"two that make up one", []string{statement("Allow", "s3:GetObject", "arn:*"), statement("Allow", "s3:GetObject", "?")},
			[]string{all}, identity, ""},
		{"a deny that is gone", []string{all, statement("Deny", "s3:GetObject", bucket+"/*")}, []string{all}, identity,
			"s3:GetObject arn:aws:s3:::reports/"},
		{"a deny that stays", []string{all, statement("Deny", "*", bucket+"/*")}, []string{all, statement("Deny", "s3:*", bucket+"*")},
			identity, ""},
		{"the user's own", []string{own()}, []string{own()}, identity, ""},
		{"from all to the user's own", []string{statement("Allow", "iam:CreateAccessKey", "arn:aws:iam::*:user/*")}, []string{own()},
			identity, ""},
		{"from the user's own to one", []string{own()},
			[]string{statement("Allow", "iam:CreateAccessKey", "arn:aws:iam::*:user/x")}, identity,
			"iam:CreateAccessKey arn:aws:iam:::user/x"},
		{"every action", []string{statement("Allow", "s3:*", "*")}, []string{statement("Allow", "*", "*")}, identity, "iam:CreateUser *"},
		{"a condition more", []string{all}, []string{when(`"Bool":{"aws:SecureTransport":"true"}`)}, identity, ""},
		{"a condition less", []string{when(`"Bool":{"aws:SecureTransport":"true"}`)}, []string{all}, identity, "s3:GetObject *"},
		{"a narrower network", []string{when(`"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}`)},
			[]string{when(`"IpAddress":{"aws:SourceIp":"10.1.0.0/16"}`)}, identity, ""},
		{"a wider network", []string{when(`"IpAddress":{"aws:SourceIp":"10.1.0.0/16"}`)},
			[]string{when(`"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}`)}, identity,
			"s3:GetObject *"},
		{"an earlier date", []string{when(`"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}`)},
			[]string{when(`"DateLessThan":{"aws:CurrentTime":"2029-01-01T00:00:00Z"}`)}, identity, ""},
		{"a later date", []string{when(`"DateLessThan":{"aws:CurrentTime":"2029-01-01T00:00:00Z"}`)},
			[]string{when(`"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}`)}, identity, "s3:GetObject *"},
		{"values over two statements", []string{when(`"StringEquals":{"aws:username":"a"}`), when(`"StringEquals":{"aws:username":"b"}`)},
			[]string{when(`"StringEquals":{"aws:username":["a","b"]}`)}, identity, ""},
		{"a literal of a pattern", []string{when(`"StringLike":{"aws:username":"dev-*"}`)},
			[]string{when(`"StringEquals":{"aws:username":"dev-a"}`)}, identity, ""},
		{"a deny outside the network", []string{
			all, statement("Deny", "*", "*", `"Condition":{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`),
		},
			[]string{when(`"IpAddress":{"aws:SourceIp":"10.1.0.0/16"}`)}, identity, ""},
		{"the same principal", []string{to(`{"AWS":"arn:aws:iam::999999999999:role/app"}`)},
			[]string{to(`{"AWS":"arn:aws:iam::999999999999:role/app"}`)}, resource, ""},
		{"a role of an account that is trusted", []string{to(`{"AWS":"999999999999"}`)},
			[]string{to(`{"AWS":"arn:aws:iam::999999999999:role/app"}`)}, resource, ""},
		{"the account of a role", []string{to(`{"AWS":"arn:aws:iam::999999999999:role/app"}`)},
			[]string{to(`{"AWS":"999999999999"}`)}, resource,
			"s3:GetObject arn:aws:s3:::reports/"},
		{"everybody", []string{to(`{"AWS":"999999999999"}`)}, []string{to(`"*"`)}, resource, "s3:GetObject arn:aws:s3:::reports/"},
		{"another service", []string{to(`{"Service":"ec2.amazonaws.com"}`)}, []string{to(`{"Service":"lambda.amazonaws.com"}`)}, resource,
			"s3:GetObject arn:aws:s3:::reports/"},
		{"a branch of a repository", []string{github("repo:org/app:*")}, []string{github("repo:org/app:ref:refs/heads/main")}, trust, ""},
		{"every repository", []string{github("repo:org/app:*")}, []string{github("repo:org/*")}, trust, "sts:AssumeRoleWithWebIdentity *"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			grants, err := compare.Compare(document(t, c.old...), document(t, c.new...), c.kind)
			if err != nil {
				t.Fatal(err)
			}
			checkFirst(t, grants, c.want)
		})
	}
}

func checkFirst(t *testing.T, grants []compare.Grant, want string) {
	t.Helper()
	got := ""
	if len(grants) > 0 {
		got = grants[0].Action + " " + grants[0].Resource
		if !grants[0].Proved {
			got += " not proved"
		}
	}
	if got != want {
		raw, _ := json.Marshal(grants)
		t.Errorf("%q; want %q\n%s", got, want, raw)
	}
}

func TestGranted(t *testing.T) {
	t.Parallel()
	read := statement("Allow", "s3:Get*", bucket+"/*")
	for _, c := range []struct {
		name   string
		access compare.Access
		want   string
	}{
		{"an action", compare.Access{Actions: []string{"s3:GetObject"}}, "s3:GetObject arn:aws:s3:::reports/"},
		{"an action that is not allowed", compare.Access{Actions: []string{"s3:PutObject", "iam:*"}}, ""},
		{"an action on a resource", compare.Access{Actions: []string{"s3:GetObject"}, Resources: []string{bucket + "/a"}},
			"s3:GetObject arn:aws:s3:::reports/a"},
		{"an action on another resource", compare.Access{
			Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::other/*"},
		}, ""},
		{"any action on a resource", compare.Access{Resources: []string{bucket + "/a"}},
			"s3:GetAccelerateConfiguration arn:aws:s3:::reports/a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			grants, err := compare.Granted(document(t, read), c.access, evaluator.Identity)
			if err != nil {
				t.Fatal(err)
			}
			checkFirst(t, grants, c.want)
		})
	}
}

// An access that no document has room for is an error.
func TestGrantedIsBounded(t *testing.T) {
	t.Parallel()
	long := compare.Access{Resources: []string{strings.Repeat("a", 1<<20)}}
	var syntax *evaluator.SyntaxError
	if grants, err := compare.Granted(document(t, statement("Allow", "*", "*")), long, evaluator.Identity); !errors.As(err, &syntax) {
		t.Errorf("%v, %v", grants, err)
	}
}

// Wildcards that make too large an automaton are not taken for a proof.
func TestCompareIsBounded(t *testing.T) {
	t.Parallel()
	var entries []string
	for i := range 120 {
		entries = append(entries, fmt.Sprintf("arn:aws:s3:::*%c*%c*%c*", 'a'+i%26, 'a'+i*7%26, 'a'+i*11%26))
	}
	of := func(effect, action string, entries []string) string {
		return fmt.Sprintf(`{"Effect":%q,"Action":%q,"Resource":["%s"]}`, effect, action, strings.Join(entries, `","`))
	}
	allow := of("Allow", "s3:*", entries)
	grants, err := compare.Compare(document(t, allow, of("Deny", "s3:GetObject", entries[30:90])), document(t, allow), evaluator.Identity)
	if err != nil || len(grants) == 0 {
		t.Errorf("%v, %v", grants, err)
	}
}
