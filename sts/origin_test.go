package sts

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
)

// What a context provider makes of what is said.
func TestKeysOfAContextProvider(t *testing.T) {
	t.Parallel()
	said := map[string]string{
		"sub": "ana", "kind": "workload", "department": "sales", "acr": "2", "blank": " ",
		"long": strings.Repeat("é", maxTransactionValue+1),
		"full": strings.Repeat("é", maxTransactionValue),
	}
	o := &origin{provider: "arn:p", issuer: "id.example.com", said: func(name string) (string, bool) { v, ok := said[name]; return v, ok }}
	who := map[string][]string{originSubject: {"ana"}, originIssuer: {"id.example.com"}, originProvider: {"arn:p"}}
	with := func(pairs ...string) map[string][]string {
		all := map[string][]string{}
		for k, v := range who {
			all[k] = v
		}
		for i := 0; i < len(pairs); i += 2 {
			all[pairs[i]] = []string{pairs[i+1]}
		}
		return all
	}
	type provider = persistence.ContextProvider
	define := func(pairs ...string) *provider {
		p := &provider{SubjectSourceKey: "sub"}
		for i := 0; i < len(pairs); i += 2 {
			p.KeyDefinitions = append(p.KeyDefinitions, persistence.ContextKeyDefinition{SourceKey: pairs[i], TargetKey: pairs[i+1]})
		}
		return p
	}
	for name, c := range map[string]struct {
		provider *provider
		want     map[string][]string
		refused  string
	}{
		"none":      {nil, nil, ""},
		"a subject": {define(), who, ""},
		"a fixed type": {
			&provider{SubjectSourceKey: "sub", SubjectTypeValue: "user"}, with(originSubjectType, "user"), "",
		},
		"a type that is said": {
			&provider{SubjectSourceKey: "sub", SubjectTypeSourceKey: "kind"}, with(originSubjectType, "workload"), "",
		},
		"a type that is not said": {&provider{SubjectSourceKey: "sub", SubjectTypeSourceKey: "none"}, who, ""},
		"a claim by its own name": {define("department", ""), with(transactionPrefix+"department", "sales"), ""},
		"a claim by another name": {
			define("department", "dept", "acr", ""), with(transactionPrefix+"dept", "sales", transactionPrefix+"acr", "2"), "",
		},
		"a claim by a whole key": {
			define("department", "AWS:transactioncontext/IdentityProvider/dept"), with(transactionPrefix+"dept", "sales"), "",
		},
		"a claim that is not there":     {define("none", "x"), who, ""},
		"a value as long as one can be": {define("full", ""), with(transactionPrefix+"full", said["full"]), ""},
		"a value that is too long":      {define("long", ""), nil, "InvalidIdentityToken: The claim long has more than 128 characters."},
		"no subject": {
			&provider{SubjectSourceKey: "none"}, nil, "InvalidIdentityToken: Missing a required claim: none.",
		},
		"a blank subject": {&provider{SubjectSourceKey: "blank"}, nil, "InvalidIdentityToken: Missing a required claim: blank."},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := o.keys(c.provider)
			if diff := cmp.Diff(c.want, got); diff != "" || testkit.Answer(err) != c.refused {
				t.Errorf("error %q, keys (-want +got):\n%s", testkit.Answer(err), diff)
			}
		})
	}
	o.instance = "arn:aws:sso:::instance/ssoins-1"
	if got, err := o.keys(define()); err != nil || !cmp.Equal(got, with(centerInstance, o.instance)) {
		t.Errorf("with an instance of Identity Center: %v, %v", got, err)
	}
	if shown := propagation(with(centerInstance, o.instance)); shown.TransactionContext != nil ||
		shown.OriginIdentity.SubjectType != nil || *shown.OriginIdentity.Subject != "ana" {
		t.Errorf("an answer shows %+v", shown)
	}
}
