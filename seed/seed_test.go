package seed_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/seed"
)

const (
	shop  = "111122223333"
	chief = "999900001111"
)

var birth = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func options(store persistence.Store) seed.Options {
	return seed.Options{Store: store, Now: func() time.Time { return birth }}
}

func full(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// dump returns everything in the store.
func dump(t *testing.T, store persistence.Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := store.View(t.Context(), func(tx persistence.Tx) error {
		for item, err := range tx.Scan(nil, nil) {
			if err != nil {
				return err
			}
			all[string(item.Key)] = string(item.Value)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func view(t *testing.T, store persistence.Store, f func(persistence.Tx) error) {
	t.Helper()
	if err := store.View(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	if err := seed.ApplyFile(t.Context(), options(store), "testdata/full.yaml"); err != nil {
		t.Fatal(err)
	}
	view(t, store, func(tx persistence.Tx) error {
		u, err := persistence.Users.Get(tx, shop, "ana")
		if err != nil {
			return err
		}
		want := &persistence.User{
			Name: "ana", Path: "/staff/", ID: u.ID, CreateDate: birth, Boundary: "arn:aws:iam::aws:policy/PowerUserAccess",
			Tags: []persistence.Tag{{Key: "team", Value: "red"}, {Key: "cost", Value: "007"}},
		}
		if diff := cmp.Diff(want, u); diff != "" {
			t.Errorf("user (-want +got):\n%s", diff)
		}
		if !strings.HasPrefix(u.ID, "AIDA") {
			t.Errorf("user ID %s", u.ID)
		}
		r, err := persistence.Roles.Get(tx, shop, "deploy")
		if err != nil {
			return err
		}
		if r.MaxSessionDuration != 7200 || r.Path != "/ci/" || !strings.Contains(r.TrustPolicy, u.ID) ||
			!strings.Contains(r.TrustPolicy, r.ID) {
			t.Errorf("role %+v; want the IDs of user and role in its trust policy", r)
		}
		k, err := persistence.AccessKeysByUser.First(tx, shop, u.ID)
		if err != nil {
			return err
		}
		if account, _ := principal.AccountOfAccessKey(k.ID); account != shop || k.Secret != "local-secret" {
			t.Errorf("access key %+v", k)
		}
		p, err := persistence.InlinePolicies.Get(tx, shop, u.ID, "own")
		if err != nil {
			return err
		}
		if want := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:Get*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"},"Bool":{"aws:SecureTransport":"true"}}}]}`; p.Document != want {
			t.Errorf("inline policy %s\nwant %s", p.Document, want)
		}
		a, err := persistence.Accounts.Get(tx, shop)
		if err != nil || a.Alias != "shop" {
			t.Errorf("account %+v, %v", a, err)
		}
		return nil
	})
}

func TestOrganization(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	if err := seed.Apply(t.Context(), options(store), "f", full(t)); err != nil {
		t.Fatal(err)
	}
	view(t, store, func(tx persistence.Tx) error {
		o, m, err := persistence.OrganizationOf(tx, shop)
		if err != nil || o == nil {
			t.Fatalf("organization %v, %v", o, err)
		}
		path, ok := o.Path(m.ParentID)
		var names []string
		for _, u := range path {
			names = append(names, u.Name)
		}
		if diff := cmp.Diff([]string{"Work", "Shops"}, names); !ok || diff != "" {
			t.Errorf("path (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{shop, chief}, o.Accounts); diff != "" {
			t.Errorf("accounts (-want +got):\n%s", diff)
		}
		if o.ID != "o-exampleorg1" || len(o.Policies) != 2 || o.Policies[0] != "p-FullAWSAccess" || len(path[0].Policies) != 0 ||
			len(m.Policies) != 1 {
			t.Errorf("organization %+v, member %+v", o, m)
		}
		p, err := persistence.OrganizationPolicies.Get(tx, chief, o.Policies[1])
		if err != nil || p.Name != "NoUsers" || p.Kind != persistence.ServiceControlPolicy {
			t.Errorf("policy %+v, %v", p, err)
		}
		return nil
	})
}

// A file is declarative, so applying it again changes nothing.
func TestApplyTwice(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	for range 2 {
		before := dump(t, store)
		if err := seed.Apply(t.Context(), options(store), "f", full(t)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, dump(t, store)); len(before) > 0 && diff != "" {
			t.Errorf("the second time changes (-first +second):\n%s", diff)
		}
	}
}

// What the file says replaces what exists; what it does not mention stays.
func TestApplyAnEditedFile(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	edit := func(pairs ...string) []byte { return []byte(strings.NewReplacer(pairs...).Replace(string(full(t)))) }
	for i := range 8 { // more often than a policy can have versions
		action := "iam:List" + strings.Repeat("X", i) + "*"
		if err := seed.Apply(t.Context(), options(store), "f",
			edit("iam:ListThings", action, "team: red", "team: blue", "/staff/", "/moved/",
				"maxSessionDuration: 7200", "description: changed", "    units:\n      - name: Work",
				"    units:\n      - name: Play")); err != nil {
			t.Fatal(err)
		}
		view(t, store, func(tx persistence.Tx) error {
			p, err := persistence.Policies.Get(tx, shop, "readusers")
			if err != nil {
				return err
			}
			v, err := persistence.PolicyVersions.Get(tx, shop, p.ID, persistence.VersionKey(p.DefaultVersion))
			if err != nil || !strings.Contains(v.Document, `"`+action+`"`) {
				t.Errorf("policy %+v, %v; want %s", v, err, action)
			}
			return nil
		})
	}
	if err := seed.Apply(t.Context(), options(store), "f", full(t)); err != nil {
		t.Fatal(err)
	}
	view(t, store, func(tx persistence.Tx) error {
		u, err := persistence.Users.Get(tx, shop, "ana")
		if err != nil {
			return err
		}
		r, err := persistence.Roles.Get(tx, shop, "deploy")
		if err != nil {
			return err
		}
		if u.Path != "/staff/" || u.Tags[0].Value != "red" || r.MaxSessionDuration != 7200 || r.Description != "changed" {
			t.Errorf("user %+v, role %+v", u, r)
		}
		return nil
	})
}

// Accounts that the file no longer has leave the organization; what a file cannot declare stays.
func TestOrganizationIsDeclaredWhole(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	if err := seed.Apply(t.Context(), options(store), "f", full(t)); err != nil {
		t.Fatal(err)
	}
	if err := store.Update(t.Context(), func(tx persistence.Tx) error {
		o, err := persistence.Organizations.Get(tx, chief)
		if err != nil {
			return err
		}
		o.RootFeatures = []string{"RootSessions"}
		return persistence.Organizations.Put(tx, chief, o)
	}); err != nil {
		t.Fatal(err)
	}
	if err := seed.Apply(t.Context(), options(store), "f", []byte("organization: {management: '"+chief+"'}")); err != nil {
		t.Fatal(err)
	}
	view(t, store, func(tx persistence.Tx) error {
		if o, _, err := persistence.OrganizationOf(tx, shop); o != nil || err != nil {
			t.Errorf("the shop is still in %v, %v", o, err)
		}
		o, _, err := persistence.OrganizationOf(tx, chief)
		if err != nil || len(o.RootFeatures) != 1 || len(o.Units) != 0 {
			t.Errorf("organization %+v, %v", o, err)
		}
		return nil
	})
}

// A file with a fault changes nothing at all.
func TestFaultsChangeNothing(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	text := string(full(t)) + "\n" // the fault is in the part that is applied last
	text = strings.Replace(text, "policies: [NoUsers]", "policies: [NoSuch]", 1)
	err := seed.Apply(t.Context(), options(store), "my.yaml", []byte(text))
	var f *seed.Fault
	if !errors.As(err, &f) || f.File != "my.yaml" || f.Reason != `the organization declares no policy "NoSuch"` {
		t.Fatalf("error %v", err)
	}
	if line := strings.Count(text[:strings.Index(text, "NoSuch")], "\n") + 1; f.Line != line {
		t.Errorf("line %d, want %d", f.Line, line)
	}
	if all := dump(t, store); len(all) > 0 {
		t.Errorf("%d pairs were written", len(all))
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	account := "accounts:\n- id: '111122223333'\n"
	document := "{Version: 2012-10-17, Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}"
	organization := "organization:\n  management: '999900001111'\n"
	const people = "  oidcProviders:\n  - url: https://id.example.com\n    thumbprints: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]"
	for _, c := range []struct{ name, text, want string }{
		{"no YAML", "accounts:\n\t- b", "f:2: the line is indented with a tab, which YAML does not take; indent it with spaces"},
		{"no mapping", "- a", "f:1: the file must be a mapping"},
		{"unknown member", "accounts: []\npeople: []", `f:2: the file has no "people"; it may have partition, accounts and organization`},
		{"member of an account", "accounts: []\nusers: []",
			`f:2: the file has no "users"; an entry of accounts has it: accounts: [{id: '111122223333', users: ...}]`},
		{"member twice", account + "  users: []\n  users: []", `f:4: an account has "users" twice, first in line 3; take one of them out`},
		{"account without quotes", "accounts:\n- id: 42", `f:2: account ID "42" must have 12 digits; put it in quotes`},
		{"account twice", account + "- id: '111122223333'",
			`f:3: account "111122223333" is declared twice, first in line 2; keep one of them, with all that it should have`},
		{"no list", account + "  users: ana", "f:3: users must be a list"},
		{"bad name", account + "  users:\n  - name: a/b", `f:4: name "a/b" may have letters, digits and +=,.@_- only`},
		{"no name", account + "  users:\n  - path: /a/", "f:4: a user needs name"},
		{"long name", account + "  users:\n  - name: " + strings.Repeat("x", 65), "f:4: the string has more than 64 characters; shorten it"},
		{"bad path", account + "  users:\n  - {name: a, path: a}", `f:4: path "a" must begin and end with a slash`},
		{"too many tags", account + "  users:\n  - {name: a, tags: {" + manyTags(51) + "}}",
			"f:4: there are 51 tags; AWS allows at most 50"},
		{"bad tag", account + "  users:\n  - {name: a, tags: {'a*': b}}",
			`f:4: tag "a*" has characters in its key or value that AWS does not accept`},
		{"reserved tag", account + "  users:\n  - {name: a, tags: {'aws:x': b}}", "f:4: user a: InvalidInput: "},
		{"misspelled member", account + "  users:\n  - {name: a, inlnie: {}}",
			`f:4: a user has no "inlnie"; did you mean "inline"? It may have name, `},
		{"misspelled member of the organization", organization + "  poicies: []",
			`f:3: the organization has no "poicies"; did you mean "policies"? It may have `},
		{"misspelled value", account + "  users:\n  - {name: a, accessKeys: [{secret: s, status: active}]}",
			`f:4: status "active" is unknown; did you mean "Active"? It may be Active or Inactive`},
		{"misspelled type", organization + "  policies:\n  - {name: p, type: SPC, document: " + document + "}",
			`f:4: type "SPC" is unknown; did you mean "SCP"? It may be SCP or RCP`},
		{"unknown policy", account + "  users:\n  - name: a\n    policies:\n    - NoSuch",
			`f:6: policy "NoSuch" is neither an ARN nor the name of a policy of account 111122223333 or of AWS`},
		{"misspelled policy of the account", account + "  policies:\n  - {name: ReadUsers, document: " + document +
			"}\n  users:\n  - {name: a, policies: [ReadUser]}",
			`f:6: policy "ReadUser" is neither an ARN nor the name of a policy of account 111122223333 or of AWS; did you mean "ReadUsers"?`},
		{"misspelled policy of AWS", account + "  users:\n  - {name: a, policies: [ReadOnlyAcess]}",
			`f:4: policy "ReadOnlyAcess" is neither an ARN nor the name of a policy of account 111122223333 or of AWS; did you mean "ReadOnlyAccess"?`},
		{"misspelled boundary", account + "  users:\n  - {name: a, boundary: PowerUserAcces}",
			`f:4: policy "PowerUserAcces" is neither an ARN nor the name of a policy of account 111122223333 or of AWS; did you mean "PowerUserAccess"?`},
		{"misspelled group", account + "  groups:\n  - name: developers\n  users:\n  - {name: a, groups: [developer]}",
			`f:6: group developer: NoSuchEntity: The group with name developer cannot be found; did you mean "developers"?`},
		{"policy that does not exist", account + "  users:\n  - name: a\n    policies:\n    - arn:aws:iam::111122223333:policy/x",
			"f:6: user a: policy arn:aws:iam::111122223333:policy/x: NoSuchEntity: "},
		{"unknown group", account + "  users:\n  - name: a\n    groups:\n    - g",
			"f:6: group g: NoSuchEntity: The group with name g cannot be found."},
		{"malformed policy", account + "  policies:\n  - name: p\n    document: '{'", "f:5: document: MalformedPolicyDocument: "},
		{"misspelt inline policy", account +
			"  users:\n  - name: a\n    inline:\n      p: {Version: 2012-10-17, Statement: {Efect: Allow, Action: '*', Resource: '*'}}",
			"f:6: user a: inline policy p: MalformedPolicyDocument: Syntax errors in policy. (line 6, column 44, Statement.Efect: INVALID_POLICY_ELEMENT: The policy element Efect is not valid. Did you mean Effect?)"},
		{"misspelt SCP", organization +
			"  policies:\n  - {name: p, type: SCP, document: {Version: 2012-10-17, Statement: {Efect: Allow, Action: '*', Resource: '*'}}}",
			"f:4: policy p: MalformedPolicyDocument: The provided policy document does not meet the requirements of the specified policy type. (line 4, column 70, Statement.Efect: INVALID_POLICY_ELEMENT: The policy element Efect is not valid. Did you mean Effect?)"},
		{"malformed inline policy", account + "  users:\n  - name: a\n    inline:\n      p: {Version: 2012-10-17}",
			"f:6: user a: inline policy p: MalformedPolicyDocument: Syntax errors in policy."},
		{"no document", account + "  policies:\n  - name: p", "f:4: a policy needs document"},
		{"no trust", account + "  roles:\n  - name: r", "f:4: a role needs trust"},
		{"trust of nobody", account +
			"  roles:\n  - name: r\n    trust:\n      {Version: 2012-10-17, Statement: {Effect: Allow, Principal: {AWS: 'arn:aws:iam::111122223333:user/no'}, Action: 'sts:AssumeRole'}}",
			`f:6: role r: trust: MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:user/no"`},
		{"duration", account + "  roles:\n  - {name: r, trust: " + document + ", maxSessionDuration: 60}",
			"f:4: maxSessionDuration 60 is not from 3600 to 43200 seconds"},
		{"key of another account", account + "  users:\n  - name: a\n    accessKeys:\n    - {id: AKIAIOSFODNN7EXAMPLE, secret: s}",
			`f:6: access key ID "AKIAIOSFODNN7EXAMPLE" does not contain the account 111122223333, as AWS's do; leave it out to get AKIA`},
		{"key without a secret", account + "  users:\n  - name: a\n    accessKeys:\n    - {}", "f:6: an access key needs secret"},
		{"too many keys", account + "  users:\n  - name: a\n    accessKeys: [{secret: a}, {secret: b}, {secret: c}]",
			"f:5: user a would have 3 access keys; a user may have at most 2"},
		{"context provider without a subject", account + people + "\n    contextProvider: {subjectTypeValue: user}",
			"f:6: contextProvider needs subjectSourceKey"},
		{"long key of a context provider", account + people + "\n    contextProvider: {subjectSourceKey: " + strings.Repeat("x", 129) +
			"}", "f:6: the string has more than 128 characters; shorten it"},
		{"too many keys of a context provider",
			account + people + "\n    contextProvider: {subjectSourceKey: s, keyDefinitions: [" + strings.Repeat("{sourceKey: a},", 11) +
				"]}", "f:6: contextProvider has 11 key definitions, and may have 10"},
		{"bad key of a context provider", account + people +
			"\n    contextProvider: {subjectSourceKey: s, keyDefinitions: [{sourceKey: 'a,b'}]}",
			"f:6: contextProvider: InvalidInput: The key a,b of the context provider is not valid."},
		{"instance without a context provider",
			account + people + "\n    identityCenterInstance: arn:aws:sso:::instance/ssoins-0123456789abcdef",
			"f:6: identityCenterInstance: InvalidInput: Cannot associate an IAM Identity Center instance"},
		{"alias", account + "  alias: A", `f:3: alias "A" must have 3 to 63 lower-case letters, digits and single hyphens between them`},
		{"SCP without a document", organization + "  policies:\n  - {name: p, type: SCP}", "f:4: policy p needs document"},
		{"SCP of another type", organization + "  policies:\n  - {name: p, type: TAG, document: " + document + "}",
			`f:4: type "TAG" is unknown; it may be SCP or RCP`},
		{"RCP that allows", organization + "  policies:\n  - {name: p, type: RCP, document: " + document + "}",
			"f:4: policy p: MalformedPolicyDocument: "},
		{"SCP twice", organization + "  policies:\n  - {name: p, type: SCP, document: " + document +
			"}\n  - {name: p, type: SCP, document: " + document + "}",
			`f:5: policy of the organization "p" is declared twice, first in line 4; `},
		{"account in two places", organization + "  root:\n    accounts: ['111122223333', '111122223333']",
			`f:4: account of the organization "111122223333" is declared twice, first in line 4; `},
		{"units of one name", organization + "  root:\n    units:\n    - name: a\n    - name: a",
			`f:6: unit "a" is declared twice, first in line 5; `},
		{"units without end", organization + "  root: &r\n    units:\n    - &u {name: a, units: [*u]}",
			"f:5: units are nested more than 5 deep"},
		{"document without end", account + "  policies:\n  - name: p\n    document: &d {a: *d}",
			"f:5: the document is nested too deeply or too large"},
		{"truth", organization + "  root: {fullAWSAccess: maybe}", "f:3: fullAWSAccess must be true or false"},
		{"feature set", organization + "  featureSet: SOME", `f:3: featureSet "SOME" is unknown; it may be ALL or CONSOLIDATED_BILLING`},
		{"trusted access", organization + "  trustedAccess: perhaps", "f:3: trustedAccess must be true or false"},
		{"root feature", organization + "  rootFeatures: [RootPower]",
			`f:3: root feature "RootPower" is unknown; it may be RootCredentialsManagement or RootSessions`},
		{"administrator without an account ID", organization + "  administrators: [ana]",
			`f:3: account ID "ana" must have 12 digits; put it in quotes`},
		{"administrator who is not a member", organization + "  administrators: ['111122223333']",
			"f:3: account 111122223333 cannot administer IAM: it is not a member of the organization besides its management account"},
		{"administrator who manages", organization + "  administrators: ['999900001111']",
			"f:3: account 999900001111 cannot administer IAM: "},
		{"policies with billing only", organization +
			"  featureSet: CONSOLIDATED_BILLING\n  policies:\n  - {name: p, type: SCP, document: " + document + "}",
			"f:5: an organization with only consolidated billing cannot have policies"},
		{"organization ID", organization + "  id: x", `f:3: id "x" must be o- and 10 to 32 lower-case letters and digits`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := seed.Apply(t.Context(), options(memstore.New()), "f", []byte(c.text))
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v\n want %s", err, c.want)
			}
		})
	}
}

func TestAnAccountIsInOneOrganization(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	if err := seed.Apply(t.Context(), options(store), "f", full(t)); err != nil {
		t.Fatal(err)
	}
	err := seed.Apply(t.Context(), options(store), "f",
		[]byte("organization: {management: '444455556666', root: {accounts: ['"+shop+"']}}"))
	if want := "f:1: account " + shop + " belongs to the organization of account " + chief; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestPathsCannotChange(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	if err := seed.Apply(t.Context(), options(store), "f", full(t)); err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(full(t)), "path: /ci/", "path: /cd/", 1)
	err := seed.Apply(t.Context(), options(store), "f", []byte(text))
	if err == nil || !strings.Contains(err.Error(), "role deploy exists with the path /ci/, and the path of a role cannot change") {
		t.Errorf("error %v", err)
	}
}

// Empty files, and files without accounts, are accepted.
func TestEmptyFiles(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "# nothing\n", "accounts: []\n", "accounts:\n", "{}"} {
		if err := seed.Apply(t.Context(), options(memstore.New()), "f", []byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// manyTags returns n tags as a mapping in one line.
func manyTags(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("k%d: v", i)
	}
	return strings.Join(list, ", ")
}
