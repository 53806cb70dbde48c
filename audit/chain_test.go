package audit_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/audit"
	"github.com/understudy-iam/understudy/persistence"
)

// chained is an account in which ana may assume hop, hop may make keys of bob, and bob may
// write his own policies; carl may do nothing of that, and dora is an administrator.
const chained = `accounts:
  - id: "111122223333"
    users:
      - {name: ana, inline: {hop: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}]}}}
      - {name: bob, inline: {own: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "iam:PutUserPolicy", Resource: "arn:aws:iam::111122223333:user/${aws:username}"}]}}}
      - {name: carl, inline: {read: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: ["iam:Get*", "iam:List*"], Resource: "*"}]}}}
      - {name: dora, policies: [AdministratorAccess]}
    roles:
      - name: hop
        trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {AWS: "111122223333"}, Action: "sts:AssumeRole"}]}
        inline: {keys: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "iam:CreateAccessKey", Resource: "arn:aws:iam::111122223333:user/bob"}]}}
`

// ways are the paths of a report, a line each.
func ways(r *audit.Report) (list []string) {
	short := func(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] }
	for _, p := range r.Paths {
		line := short(p.From)
		for _, s := range p.Steps {
			line += " -> " + s.Action + " " + short(s.Resource)
		}
		list = append(list, line+" = "+short(p.To))
	}
	return list
}

func TestChains(t *testing.T) {
	t.Parallel()
	w := newWorld(t, chained)
	r := w.audit(t)
	want := []string{
		"role/hop -> iam:CreateAccessKey user/bob -> iam:PutUserPolicy user/bob = user/bob",
		"user/ana -> sts:AssumeRole role/hop -> iam:CreateAccessKey user/bob -> iam:PutUserPolicy user/bob = user/bob",
		"user/bob -> iam:PutUserPolicy user/bob = user/bob",
	}
	if diff := cmp.Diff(want, ways(r)); diff != "" {
		t.Errorf("the paths (-want +got):\n%s", diff)
	}
	for who, want := range map[string][]string{
		":user/ana": {"own-chain"}, ":role/hop": {"own-chain"}, ":user/bob": {"iam-007"}, ":user/carl": nil,
	} {
		got := slices.DeleteFunc(of(r, who), func(id string) bool {
			c, ok := audit.Find(id)
			return !ok || c.Severity != audit.Critical
		})
		if !slices.Equal(got, want) {
			t.Errorf("%s has %v; want %v", who, got, want)
		}
	}
	f := finding(r, "own-chain", ":user/ana")
	if f == nil || len(f.Evidence) != 4 || f.Evidence[1].Policy != "trust policy of arn:aws:iam::111122223333:role/hop" ||
		!strings.HasSuffix(f.Resource, ":user/bob") {
		t.Errorf("ana's way is told as %+v", f)
	}
}

// An administrator who makes another one of whoever acts as it.
func TestRaisedByAnother(t *testing.T) {
	t.Parallel()
	r := newWorld(t, `accounts:
  - id: "111122223333"
    users:
      - {name: ana, inline: {hop: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}]}}}
    roles:
      - name: desk
        trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {AWS: "111122223333"}, Action: "sts:AssumeRole"}]}
        inline: {own: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "iam:AttachUserPolicy", Resource: "*"}]}}
`).audit(t)
	want := []string{"user/ana -> sts:AssumeRole role/desk -> iam:AttachUserPolicy user/ana = user/ana"}
	if diff := cmp.Diff(want, ways(r)); diff != "" {
		t.Errorf("the paths (-want +got):\n%s", diff)
	}
}

// Who is kept from being an administrator by a boundary alone, and may remove it.
func TestBoundaryRemoved(t *testing.T) {
	t.Parallel()
	state := func(rights string) string {
		return `accounts:
  - id: "111122223333"
    policies: [{name: edge, document: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: ["s3:*", ` + rights + `], Resource: "*"}]}}]
    users: [{name: eve, policies: [AdministratorAccess], boundary: edge}]
`
	}
	if ids := of(newWorld(t, state(`"iam:DeleteUserPermissionsBoundary"`)).audit(t), ":user/eve"); !slices.Contains(ids, "own-boundary") {
		t.Errorf("it is not found: %v", ids)
	}
	if ids := of(newWorld(t, state(`"iam:GetUser"`)).audit(t), ":user/eve"); slices.Contains(ids, "own-boundary") {
		t.Errorf("it is found though it may not remove the boundary: %v", ids)
	}
}

func TestFromAndTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, chained)
	const ana, hop = "arn:aws:iam::111122223333:user/ana", "arn:aws:iam::111122223333:role/hop"
	r := w.audit(t, func(o *audit.Options) { o.From = ana })
	if diff := cmp.Diff([]string{
		"user/ana -> sts:AssumeRole role/hop -> iam:CreateAccessKey user/bob -> iam:PutUserPolicy user/bob = user/bob",
	}, ways(r)); diff != "" || len(r.Findings) != 1 {
		t.Errorf("from ana: %d findings, paths (-want +got):\n%s", len(r.Findings), diff)
	}
	r = w.audit(t, func(o *audit.Options) { o.To = hop })
	if diff := cmp.Diff([]string{"user/ana -> sts:AssumeRole role/hop = role/hop"}, ways(r)[:1]); diff != "" || len(r.Findings) > 0 {
		t.Errorf("to hop: %d findings, paths (-want +got):\n%s", len(r.Findings), diff)
	}
	r = w.audit(t, func(o *audit.Options) { o.From, o.To = ana, hop })
	if diff := cmp.Diff([]string{"user/ana -> sts:AssumeRole role/hop = role/hop"}, ways(r)); diff != "" {
		t.Errorf("from ana to hop, the paths (-want +got):\n%s", diff)
	}
	if r := w.audit(t, func(o *audit.Options) { o.From, o.To = ana, ana }); len(r.Paths) > 0 {
		t.Errorf("from ana to ana: %v", ways(r))
	}
	for _, change := range []func(*audit.Options){
		func(o *audit.Options) { o.From = ana + "2" }, func(o *audit.Options) { o.To = ana + "2" },
	} {
		o := audit.Options{Store: w.store, Authorizer: w.authorizer, Account: account, Now: now}
		change(&o)
		if _, err := audit.Run(t.Context(), o); !errors.Is(err, persistence.ErrNotFound) {
			t.Errorf("of nobody: %v", err)
		}
	}
}

// An audit of an account that has nobody.
func TestNobody(t *testing.T) {
	t.Parallel()
	r := newWorld(t).audit(t)
	if r.Principals != 0 || len(r.Paths) != 0 || r.Findings == nil || r.Paths == nil {
		t.Errorf("it is %+v", r)
	}
}
