package actions_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/actions"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// TestRepresentatives checks every action: the patterns that match it match one of
// the representatives too, and no two representatives are matched by the same
// patterns.
func TestRepresentatives(t *testing.T) {
	t.Parallel()
	all := []string{actions.Unknown}
	for s := range catalog.Services() {
		service, _ := catalog.Find(s.Prefix)
		for name := range service.ActionNames() {
			all = append(all, s.Prefix+":"+name)
		}
	}
	for _, texts := range [][]string{
		{}, {"*"}, {"s3:*"}, {"S3:getobject", "s3:Get*"}, {"*:Get*", "iam:*", "iam:?reateUser"}, {"nothing:Known"}, {"understudy:*"},
		{"*:*", "ec2:Describe*", "ec2:DescribeInstances", "e*:*s"},
	} {
		slices.Sort(texts)
		patterns := make([]*evaluator.ActionPattern, len(texts))
		for i, text := range texts {
			patterns[i] = evaluator.NewActionPattern(text)
		}
		matching := func(action string) string {
			var b strings.Builder
			for i, p := range patterns {
				if p.Matches(action) {
					b.WriteString(texts[i] + " ")
				}
			}
			return b.String()
		}
		want := map[string]bool{}
		for _, action := range all {
			want[matching(action)] = true
		}
		list := new(actions.Classes).Representatives(texts)
		for _, action := range list {
			if m := matching(action); !want[m] {
				t.Errorf("%v: %s is matched by %q, for which another stands already", texts, action, m)
			} else {
				delete(want, m)
			}
		}
		if len(want) > 0 {
			t.Errorf("%v: nothing stands for %v, only %v", texts, want, list)
		}
	}
}
