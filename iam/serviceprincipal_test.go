package iam

import (
	"regexp"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iam/managed"
	"github.com/understudy-iam/understudy/principal"
)

func TestServicesAreListedOnce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, name := range listedServices() {
		if seen[name] {
			t.Errorf("%s is listed twice", name)
		}
		seen[name] = true
		if r, ok := managed.ServiceLinkedRoleOf(principal.AWS, name+".amazonaws.com"); ok {
			t.Errorf("%s is known by its role %s already", name, r.Name)
		}
	}
}

// servicesOf matches a key of a condition whose values are service principals.
var servicesOf = regexp.MustCompile(`"iam:(?:PassedToService|AWSServiceName)": (?:\[[^\]]*\]|"[^"]*")`)

var quotedService = regexp.MustCompile(`"([^"*]+\.amazonaws\.com(?:\.cn)?)"`)

// Every service to which AWS lets roles be passed can be in a trust policy.
func TestServicesOfManagedPoliciesAreKnown(t *testing.T) {
	t.Parallel()
	found := 0
	for p := range managed.All(principal.AWS) {
		text, _ := managed.Document(p.ARN, p.DefaultVersionID)
		for _, condition := range servicesOf.FindAllString(text, -1) {
			for _, match := range quotedService.FindAllStringSubmatch(condition, -1) {
				found++
				if !knownService(principal.AWS, match[1]) && !strings.HasPrefix(match[1], "*") {
					t.Errorf("%s names %s", p.Name, match[1])
				}
			}
		}
	}
	if found < 500 {
		t.Errorf("found %d names of services in the managed policies", found)
	}
}

func TestKnownService(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"ec2.amazonaws.com":                true,
		"ec2.amazonaws.com.cn":             true,
		"EC2.amazonaws.com":                false,
		"ec2.us-gov-west-1.amazonaws.com":  true,
		"ec2.nowhere.amazonaws.com":        false,
		"tag.us-east-1.amazonaws.com":      false,
		"us-east-1.amazonaws.com":          false,
		"ec2.amazonaws.org":                false,
		"ec2":                              false,
		".amazonaws.com":                   false,
		"alexa-appkit.amazon.com":          true,
		"alexa-appkit.amazonaws.com":       false,
		"ec2.amazonaws.com.amazonaws.com":  false,
		"delivery.logs.amazonaws.com":      true,
		"logs.delivery.amazonaws.com":      false,
		"lambda.eu-north-1.amazonaws.com ": false,
		"# Prefixes.amazonaws.com":         false,

		// each from another block of the list
		"cognito-identity-us-gov.amazonaws.com":        true,
		"osis-pipelines.amazonaws.com":                 true,
		"codeartifact.amazonaws.com":                   true,
		"drt.shield.amazonaws.com":                     true,
		"resources.cloudformation.amazonaws.com":       true,
		"hooks.cloudformation.amazonaws.com":           true,
		"scheduler.redshift.amazonaws.com":             true,
		"application.qbusiness.amazonaws.com":          true,
		"dnssec-route53.amazonaws.com":                 true,
		"batchoperations.s3.amazonaws.com":             true,
		"ssm.alarms.cloudwatch.amazonaws.com":          true,
		"guardduty.amazonaws.com":                      true, // has a service-linked role
		"guardduty.me-south-1.amazonaws.com":           true,
		"scheduler.redshift.eu-west-1.amazonaws.com":   true,
		"hooks.cloudformation.amazonaws.com.cn":        true,
		"states.cn-north-1.amazonaws.com.cn":           true,
		"codedeploy.us-gov-east-1.amazonaws.com":       true,
		"hooks.amazonaws.com":                          false,
		"cloudformation.hooks.amazonaws.com":           false,
		"hooks.us-east-1.cloudformation.amazonaws.com": false,
		"osis-pipelines.eu-west-1.osis.amazonaws.com":  false,
	} {
		if got := knownService(principal.AWS, name); got != want {
			t.Errorf("knownService(%q) = %v; want %v", name, got, want)
		}
	}
}

// In China most services have the same names as elsewhere.
func TestServicesOfChina(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"ec2.amazonaws.com":                      true,
		"ec2.amazonaws.com.cn":                   true,
		"logs.cn-north-1.amazonaws.com.cn":       true,
		"codedeploy.cn-north-1.amazonaws.com.cn": true,
		"elasticmapreduce.amazonaws.com.cn":      true,
		"lambda.amazonaws.com":                   true,
		"states.cn-north-1.amazonaws.com":        true,
		"lambda.amazonaws.com.cn":                false,
		"ecs-tasks.amazonaws.com.cn":             false,
		"monitoring.rds.amazonaws.com.cn":        false,
	} {
		if got := knownService(principal.China, name); got != want {
			t.Errorf("knownService(%q) = %v; want %v", name, got, want)
		}
	}
}
