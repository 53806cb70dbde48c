package policytest_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/understudy-iam/understudy/policytest"
)

// FuzzRead reads anything as a file of tests, and runs what can be read: a fault has a
// reason and a place, and a report says why each row fails.
func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob("testdata/run/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file(a, "tests.yaml"))
	}
	f.Add(smallState + "allow: [{principal: alice, action: s3:Get*, context: [{aws:SourceIp: 1.2.3.4}, {x: [a, b]}]}]")
	f.Add(smallState + "deny: &a [{principal: [alice, zoe], action: iam:*}]\nallow: *a")
	f.Add("a: &a [*a]\nstate: {policies: {app: policy.json}}")
	for _, rows := range []string{
		"nobody-but: [{principal: [], action: 'iam:*User'}, {principal: 'user/*', action: s3:GetObject, resource: 'arn:aws:s3:::b'}]",
		"grants-nothing-new-over: [{policy: policy.json, baseline: policy.json}, {principal: [alice, role/both], baseline: ReadOnlyAccess}]",
		"deny: [{principal: role/both, action: s3:GetObject, because: Everyone, session-policy: policy.json, resource-policy: policy.json}]",
		"deny: [{principal: alice, action: sts:AssumeRole, because: {layer: trust, statement: Everyone}, name: x, resource-account: '1'}]",
		"allow: [{principal: root, action: x:Y}]\nunknown-actions: true\ntime: 2026-03-01T12:00:00Z\ncontext: {aws:SourceIp: [1.2.3.4]}",
		"allow: [{principal: 'arn:aws:sts::111122223333:assumed-role/both/x', action: sts:AssumeRole, resource: '*'}]\npartition: aws-cn",
	} {
		f.Add(smallState + rows)
	}
	f.Add("state: {files: [policy.json, broken.json], policies: {app: {policies: [policy.json, ReadOnlyAccess], boundary: policy.json}}}\n" +
		"allow: [{principal: app, action: s3:GetObject}]")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 10_000 {
			return
		}
		r, err := runText(t.Context(), text, policytest.Options{Now: now, Open: openFew, Coverage: len(text)%2 == 0})
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Error("a fault without a reason")
			}
			return
		}
		failed := 0
		for i := range r.Rows {
			if row := &r.Rows[i]; row.Passed != (row.Failure == "") || row.Line == 0 {
				t.Errorf("%+v", row)
			} else if !row.Passed {
				failed++
			}
		}
		if failed != r.Failed {
			t.Errorf("%d rows fail, and %d are counted", failed, r.Failed)
		}
	})
}
