package services

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestPassedRoles compares the table with what AWS's reference says of
// operations that may pass a role. Those without a rule, by hand or in the table,
// are golden: their requests have no member that is a role, or name it in a
// document.
func TestPassedRoles(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../internal/cmd/gengateway/actions.txt")
	if err != nil {
		t.Fatal(err)
	}
	passes := map[string]bool{}
	each(func(s *Service, o *operation) {
		_, written := byHand()[s.Name][o.name]
		passes[s.Name+"."+o.name] = written || slices.ContainsFunc(o.permissions(),
			func(p permission) bool { return p.action == "iam:PassRole" })
	})
	known := 0
	var without strings.Builder
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") || !strings.Contains(line, "\tiam:PassRole") {
			continue
		}
		known++
		if f := strings.Split(line, "\t"); !passes[f[0]+"."+f[1]] {
			without.WriteString(f[0] + "." + f[1] + "\n")
		}
	}
	if known < 300 {
		t.Errorf("%d operations pass a role", known)
	}
	golden(t, "unpassed.txt", without.String())
}
