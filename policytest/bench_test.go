package policytest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/policytest"
)

// manyRows is a file of 10,000 rows about 100 users, each with a group and a boundary.
func manyRows() string {
	var b strings.Builder
	b.WriteString("state:\n  seed:\n    accounts:\n      - id: \"111122223333\"\n        groups:\n")
	b.WriteString("          - {name: g, policies: [ReadOnlyAccess]}\n        users:\n")
	for i := range 100 {
		fmt.Fprintf(&b, "          - {name: u%d, boundary: PowerUserAccess, groups: [g], inline: {own: {Version: 2012-10-17, Statement: ["+
			"{Effect: Allow, Action: 's3:*', Resource: 'arn:aws:s3:::b%d/*'}, {Effect: Deny, Action: '*', Resource: 'arn:aws:s3:::b%d/x/*'}]}}}\n", i, i, i)
	}
	b.WriteString("allow:\n")
	for i := range 100 {
		fmt.Fprintf(&b, "  - {principal: u%d, action: [s3:GetObject, s3:PutObject], resource: [", i)
		for k := range 25 {
			fmt.Fprintf(&b, "'arn:aws:s3:::b%d/k%d',", i, k)
		}
		b.WriteString("]}\n")
	}
	b.WriteString("deny:\n")
	for i := range 100 {
		fmt.Fprintf(&b, "  - {principal: u%d, action: [s3:GetObject, s3:PutObject], resource: [", i)
		for k := range 25 {
			fmt.Fprintf(&b, "'arn:aws:s3:::b%d/x/k%d',", i, k)
		}
		b.WriteString("]}\n")
	}
	return b.String()
}

// BenchmarkRows reads and decides 10,000 rows, with and without coverage.
func BenchmarkRows(b *testing.B) {
	text := manyRows()
	for _, coverage := range []bool{false, true} {
		b.Run(fmt.Sprintf("coverage=%v", coverage), func(b *testing.B) {
			for b.Loop() {
				r, err := runText(b.Context(), text, policytest.Options{Now: now, Coverage: coverage})
				if err != nil || r.Failed > 0 || len(r.Rows) != 10_000 {
					b.Fatal(err, r)
				}
			}
		})
	}
}

// The 10,000 rows pass, and test every statement.
func TestManyRows(t *testing.T) {
	t.Parallel()
	r, err := runText(t.Context(), manyRows(), policytest.Options{Now: now, Coverage: true})
	if err != nil {
		t.Fatal(err)
	}
	if r.Failed > 0 || len(r.Rows) != 10_000 || len(r.Coverage.Statements) != 200 {
		t.Errorf("%d of %d rows fail; %d statements", r.Failed, len(r.Rows), len(r.Coverage.Statements))
	}
	for _, s := range r.Coverage.Statements {
		if s.Touched == 0 || s.Tested != (s.Effect == "Deny" || s.Index == 0) {
			t.Errorf("%+v", s)
		}
	}
}
