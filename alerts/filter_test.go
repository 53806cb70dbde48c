package alerts_test

import (
	"testing"
	"time"

	"github.com/understudy-iam/understudy/alerts"
)

func TestFilters(t *testing.T) {
	t.Parallel()
	a := alert("a1") // root-used, high, at noon
	for _, c := range []struct {
		name   string
		filter alerts.Filter
		want   bool
	}{
		{"none", alerts.Filter{}, true},
		{"rule", alerts.Filter{Rule: "root-used"}, true},
		{"another rule", alerts.Filter{Rule: "root"}, false},
		{"one of several rules", alerts.Filter{Rule: "other,root-used"}, true},
		{"severity", alerts.Filter{Severity: "high"}, true},
		{"one of several severities", alerts.Filter{Severity: "critical,high"}, true},
		{"another severity", alerts.Filter{Severity: "low"}, false},
		{"since then", alerts.Filter{Since: noon}, true},
		{"since later", alerts.Filter{Since: noon.Add(time.Second)}, false},
		{"a rule, but not since then", alerts.Filter{Rule: "root-used", Since: noon.Add(time.Hour)}, false},
	} {
		if got := c.filter.Admits(a); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
