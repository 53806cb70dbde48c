//go:build conformance

package conformance_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/audit"
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/server"
	"github.com/understudy-iam/understudy/sts"
)

// untidy is an account in which each of fixedByCLI is found once, of which the fixes do not
// touch each other.
const untidy = `accounts:
- id: "000000000000"
  createDate: 2024-01-01T00:00:00Z
  policies:
  - name: shared
    lastVersion: 2
    versions:
    - {id: v1, document: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'}
    - {id: v2, default: true, document: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'}
  - {name: twin, document: '{"Version":"2012-10-17","Statement":[{"Resource":"*","Effect":"Allow","Action":"s3:GetObject"}]}'}
  groups:
  - {name: empty, policies: [ReadOnlyAccess]}
  - {name: readers, policies: [shared, twin]}
  users:
  - name: ana+x
    groups: [readers]
    inline: {"own+1": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:SetDefaultPolicyVersion","Resource":"*"}]}'}
    accessKeys: [{secret: s1, createDate: 2024-01-01T00:00:00Z}, {secret: s2}]
  roles:
  - name: open
    trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {AWS: "*"}, Action: "sts:AssumeRole"}]}
  - name: old
    createDate: 2024-01-01T00:00:00Z
    policies: [SecurityAudit]
    trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}
`

var fixedByCLI = []string{
	"duplicate-policy", "group-empty", "groups-only", "key-age-90", "password-length", "policy-rollback", "role-unused", "support-role",
	"trust-world",
}

// The commands with which an audit mends what it finds are run by the AWS CLI, and the
// next audit does not find it.
func TestFixesOfAuditsInTheCLI(t *testing.T) {
	t.Parallel()
	tool(t, "aws")
	var store persistence.Store
	srv := iamtest.Start(t, iamtest.WithSeedText(untidy), iamtest.WithServer(func(o *server.Options) { store = o.Store }))
	decide := authz.New(authz.Options{Store: store, Rules: slices.Concat(iam.Rules(), sts.Rules()), Managed: iam.ManagedDocument})
	find := func() map[string]audit.Finding {
		r, err := audit.Run(t.Context(), audit.Options{Store: store, Authorizer: decide, Account: "000000000000", Now: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]audit.Finding{}
		for _, f := range r.Findings {
			found[f.ID] = f
		}
		return found
	}
	before := find()
	for _, id := range fixedByCLI {
		f, ok := before[id]
		if !ok || len(f.Fix) == 0 {
			t.Errorf("%s is not found, or has no fix", id)
		}
		for _, command := range f.Fix {
			c := exec.Command("sh", "-c", command)
			c.Env = append(clientEnv(t), "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_ENDPOINT_URL="+srv.URL)
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", command, err, out)
			}
		}
	}
	after := find()
	for _, id := range fixedByCLI {
		if f, ok := after[id]; ok {
			t.Errorf("%s is found after %s", id, strings.Join(f.Fix, "; "))
		}
	}
}
