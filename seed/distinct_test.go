package seed_test

import (
	"os"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/seed"
)

// If a list has something twice, the fault names both lines, for every list of the form.
func TestNothingIsDeclaredTwice(t *testing.T) {
	t.Parallel()
	const (
		account  = "accounts:\n- id: '111122223333'\n"
		user     = account + "  users:\n  - name: ana\n"
		provider = account + "  samlProviders:\n  - name: p\n    metadata: m\n"
		request  = account +
			"  delegationRequests:\n  - id: r\n    requestorWorkflowId: w\n    notificationChannel: c\n    sessionDuration: 300\n    policyTemplateArn: a\n    policy: p\n    changes: [{state: ASSIGNED, time: 2026-01-01T00:00:00Z}]\n"
		organization = "organization:\n  management: '999900001111'\n"
	)
	for name, c := range map[string]struct{ text, want string }{
		"keys of outbound federation": {account + "  outboundFederation:\n    keys:\n    - {id: k, key: aa==}\n    - {id: k, key: aa==}",
			`f:6: key "k" is declared twice, first in line 5; keep`},
		"identity provider keys": {
			account + "  identityProviderKeys:\n  - {kind: RSA, id: a, key: aa==}\n  - {kind: RSA, id: b, key: aa==}",
			`f:5: key "RSA" is declared twice, first in line 4; keep`,
		},
		"policies, in another case": {account + "  policies:\n  - {name: P, document: d}\n  - {name: p, document: d}",
			`f:5: policy "p" is declared twice, first in line 4; keep`},
		"groups": {
			account + "  groups:\n  - name: g\n  - {name: g}", `f:5: group "g" is declared twice, first in line 4; keep`,
		},
		"users": {user + "  - path: /p/\n    name: ANA", `f:6: user "ana" is declared twice, first in line 4; keep`},
		"roles": {
			account + "  roles:\n  - {name: r, trust: t}\n  - {name: r, trust: t}",
			`f:5: role "r" is declared twice, first in line 4; keep`,
		},
		"roles of services": {
			account + "  roles:\n  - service: a.amazonaws.com\n  - {service: a.amazonaws.com, suffix: s}\n  - service: a.amazonaws.com",
			`f:6: role "a.amazonaws.com " is declared twice, first in line 4; keep`,
		},
		"instance profiles": {
			account + "  instanceProfiles:\n  - name: p\n  - name: p", `f:5: instance profile "p" is declared twice, first in line 4; keep`,
		},
		"OIDC providers": {
			account + "  oidcProviders:\n  - url: https://a\n  - url: https://a",
			`f:5: OIDC provider "https://a" is declared twice, first in line 4; keep`,
		},
		"SAML providers": {
			provider + "  - {name: p, metadata: m}", `f:6: SAML provider "p" is declared twice, first in line 4; keep`,
		},
		"keys of a SAML provider": {
			provider + "    privateKeys:\n    - {id: k, key: a}\n    - {id: k, key: b}",
			`f:8: private key "k" is declared twice, first in line 7; keep`,
		},
		"server certificates": {account + "  serverCertificates:\n  - {name: c, body: b}\n  - {name: C, body: b}",
			`f:5: server certificate "c" is declared twice, first in line 4; keep`},
		"virtual MFA devices": {account + "  mfaDevices:\n  - name: d\n  - {name: d, path: /p/}\n  - name: d",
			`f:6: MFA device "/d" is declared twice, first in line 4; keep`},
		"hardware tokens": {
			account + "  mfaDevices:\n  - serial: s\n  - serial: s", `f:5: MFA device "s" is declared twice, first in line 4; keep`,
		},
		"delegation templates": {
			account + "  delegationTemplates:\n  - {name: t, requestor: r, policy: p}\n  - {name: t, requestor: r, policy: p}",
			`f:5: delegation template "t" is declared twice, first in line 4; keep`,
		},
		"delegation requests": {
			request + strings.TrimPrefix(request, account+"  delegationRequests:\n"),
			`f:11: delegation request "r" is declared twice, first in line 4; keep`,
		},
		"parameters of a request": {
			request + "    parameters:\n    - name: p\n    - name: p", `f:13: parameter "p" is declared twice, first in line 12; keep`,
		},
		"policies of a user": {
			user + "    policies:\n    - a\n    - b\n    - a", `f:8: policies has "a" twice, first in line 6; take`,
		},
		"groups of a user": {
			user + "    groups:\n    - devs\n    - devs", `f:7: groups has "devs" twice, first in line 6; take`,
		},
		"access keys": {user + "    accessKeys:\n    - {id: AKIA, secret: a}\n    - {id: AKIA, secret: b}",
			`f:7: access key "AKIA" is declared twice, first in line 6; keep`},
		"SSH public keys": {
			user + "    sshPublicKeys:\n    - {id: K, body: a}\n    - {id: K, body: b}",
			`f:7: SSH public key "K" is declared twice, first in line 6; keep`,
		},
		"service-specific credentials": {user + "    serviceSpecificCredentials:\n    - {id: K, service: a}\n    - {id: K, service: b}",
			`f:7: service-specific credential "K" is declared twice, first in line 6; keep`},
		"client IDs": {
			account + "  oidcProviders:\n  - url: https://a\n    clientIds: [a, a]", `f:5: clientIds has "a" twice, first in line 5; take`,
		},
		"administrators": {
			organization + "  administrators:\n  - '111122223333'\n  - '111122223333'",
			`f:5: administrators has "111122223333" twice, first in line 4; take`,
		},
		"root features": {
			organization + "  rootFeatures: [RootSessions, RootSessions]",
			`f:3: rootFeatures has "RootSessions" twice, first in line 3; take`,
		},
		"policies of a unit": {
			organization + "  root:\n    units:\n    - name: a\n      policies: [p, p]",
			`f:6: policies has "p" twice, first in line 6; take`,
		},
		"policies of the root": {organization + "  root: {policies: [p, p]}", `f:3: policies has "p" twice, first in line 3; take`},
		"policies of a member": {organization + "  root:\n    accounts:\n    - {id: '111122223333', policies: [p, p]}",
			`f:5: policies has "p" twice, first in line 5; take`},
		"accounts of two units": {
			organization + "  root:\n    accounts: ['111122223333']\n    units:\n    - name: a\n      accounts: ['111122223333']",
			`f:7: account of the organization "111122223333" is declared twice, first in line 4; keep`,
		},
		"AWS's own policy": {organization + "  policies:\n  - {name: FullAWSAccess, type: SCP, document: d}",
			"f:4: policy FullAWSAccess is there already: every organization has it from AWS; give yours another name"},
		"tags": {user + "    tags:\n      a: b\n      a: b", `f:7: tags has "a" twice, first in line 6; take`},
		"inline policies": {
			user + "    inline:\n      p:\n        '{}'\n      p: '{}'", `f:8: inline has "p" twice, first in line 6; take`,
		},
		"members of a document": {
			user + "    inline:\n      p:\n        Version: 2012-10-17\n        Statement: []\n        Version: 2012-10-17",
			`f:9: the document has "Version" twice, first in line 7; take`,
		},
		"many members of a document": {
			user + "    inline:\n      p: {" + manyTags(30) + ", k3: v}", `f:6: the document has "k3" twice, first in line 6; take`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := seed.Apply(t.Context(), options(memstore.New()), "f", []byte(c.text))
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v\n want %s", err, c.want)
			}
		})
	}
}

// The output for a real account, printed twice into one file, declares things twice.
func TestRealAccountTwice(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/real-account.json")
	if err != nil {
		t.Fatal(err)
	}
	err = seed.Apply(t.Context(), options(memstore.New()), "f", append(text, text...))
	if err == nil || !strings.Contains(err.Error(), "is declared twice, first in line ") {
		t.Errorf("error %v", err)
	}
}

func TestEmptyEntries(t *testing.T) {
	t.Parallel()
	const account = "accounts:\n- id: '111122223333'\n"
	for name, c := range map[string]struct{ text, want string }{
		"of the file":       {account + "-\n", "f:3: accounts has an empty entry; write what belongs there, or take it out"},
		"of users":          {account + "  users:\n  -\n  - name: a", "f:4: users has an empty entry; "},
		"of a list of text": {account + "  users:\n  - name: a\n    groups:\n    - devs\n    -", "f:7: groups has an empty entry; "},
		"in one line":       {account + "  users: [~]", "f:3: users has an empty entry; "},
		"in JSON":           {`{"accounts": [null]}`, "f:1: accounts has an empty entry; "},
		"of the organization": {
			"organization:\n  management: '999900001111'\n  root:\n    units:\n    -", "f:5: units has an empty entry; ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := seed.Apply(t.Context(), options(memstore.New()), "f", []byte(c.text))
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v\n want %s", err, c.want)
			}
		})
	}
}

func TestTabs(t *testing.T) {
	t.Parallel()
	const tab = "the line is indented with a tab, which YAML does not take; indent it with spaces"
	for name, c := range map[string]struct{ text, want string }{
		"before a member":     {"accounts:\n- id: '111122223333'\n\tusers: []", "f:3: " + tab},
		"behind spaces":       {"accounts:\n- id: '111122223333'\n  users:\n  \t- name: a", "f:4: " + tab},
		"before the first":    {"\taccounts: []", "f:1: " + tab},
		"far above the fault": {"# a\n\t# a comment\n\naccounts: []\n\n\n\nb: [", "f:9: did not find expected node content"},
		"in a text of its own": {
			"accounts:\n- id: '111122223333'\n  policies:\n  - name: p\n    document: |\n      {\n      \t\"Version\": 1}",
			"f:5: document: MalformedPolicyDocument: ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := seed.Apply(t.Context(), options(memstore.New()), "f", []byte(c.text))
			if err == nil || !strings.HasPrefix(err.Error(), c.want) ||
				strings.Contains(err.Error(), tab) != strings.HasSuffix(c.want, tab) {
				t.Errorf("error %v\n want %s", err, c.want)
			}
		})
	}
}
