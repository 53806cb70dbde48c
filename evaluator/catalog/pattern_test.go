package catalog

import (
	"regexp"
	"strings"
	"testing"
)

func TestFits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		service, resource, arn string
		want                   bool
	}{
		{"iam", "user", "arn:aws:iam::123456789012:user/anna", true},
		{"iam", "user", "arn:aws-cn:iam::123456789012:user/some/path/anna", true},
		{"iam", "user", "arn:aws:iam::123456789012:user/", false},
		{"iam", "user", "arn:aws:iam::123456789012:role/anna", false},
		{"iam", "user", "arn:aws:iam:eu-west-1:123456789012:user/anna", false},
		{"iam", "user", "arn:aws:s3:::user/anna", false},
		{"iam", "user", "arn:aws:iam::123456789012:User/anna", false},
		{"iam", "user", "", false},
		{"iam", "user", "arn:aws:iam", false},
		{"iam", "user", "*", false},
		{"sns", "topic", "arn:aws:sns:eu-west-1:123456789012:topic", true},
		{"sns", "topic", "arn:aws:sns:::topic", true},
		{"s3", "bucket", "arn:aws:s3:::bucket", true},
		{"s3", "object", "arn:aws:s3:::bucket", false},
		{"s3", "object", "arn:aws:s3:::bucket/key", true},
		{"s3", "object", "arn:aws:s3:::bucket/a/b/*", true},
		{"apigateway", "Stage", "arn:aws:apigateway:eu-west-1::/apis/a/stages/b", true},
		{"apigateway", "Stage", "arn:aws:apigateway:eu-west-1::/restapis/a/stages/b", true},
		{"apigateway", "Stage", "arn:aws:apigateway:eu-west-1::/other/a/stages/b", false},
		{"opsworks-cm", "backup", "arn:aws:opsworks-cm::123456789012:backup/server-20200101", true},
		{"backup", "recoveryPoint", "arn:aws:ec2:eu-west-1:*:snapshot:snap-1", true},
	}
	for _, test := range tests {
		s, ok := Find(test.service)
		if !ok {
			t.Fatal(test.service)
		}
		r, ok := s.ResourceType(test.resource)
		if !ok {
			t.Fatal(test.service, test.resource)
		}
		if got := r.Fits(test.arn); got != test.want {
			t.Errorf("%s %s: Fits(%q) = %t, patterns %v", test.service, test.resource, test.arn, got, r.Patterns)
		}
	}
}

// TestFitsAgainstRegexp compares fits with regular expressions made from the
// resource parts of all patterns, on strings made from all of them.
func TestFitsAgainstRegexp(t *testing.T) {
	t.Parallel()
	var parts []string
	for info := range Services() {
		s, _ := Find(info.Prefix)
		for _, r := range s.ResourceTypes() {
			for _, p := range r.Patterns {
				parts = append(parts, strings.SplitN(p, ":", 6)[5])
			}
		}
	}
	variable := regexp.MustCompile(`\$\{[^}]*\}`)
	compared := 0
	for i, pattern := range parts {
		quoted := strings.ReplaceAll(regexp.QuoteMeta(variable.ReplaceAllString(pattern, "\x00")), "\x00", ".+")
		oracle := regexp.MustCompile("^(?s:" + strings.ReplaceAll(quoted, `\*`, ".*") + ")$")
		for _, other := range parts[max(0, i-8):min(len(parts), i+8)] {
			for _, value := range []string{"", "x", "a/b:c", "//", other} {
				text := variable.ReplaceAllString(other, strings.ReplaceAll(value, "$", "$$"))
				compared++
				if got := fits(pattern, text); got != oracle.MatchString(text) {
					t.Errorf("fits(%q, %q) = %t", pattern, text, got)
				}
			}
		}
	}
	if compared < 100_000 {
		t.Errorf("only %d comparisons", compared)
	}
}

// TestAccepts checks what AWS's simulator was seen to do.
func TestAccepts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		action, arn string
		want        bool
	}{
		{"iam:GetUser", "arn:aws:iam::123456789012:user/anna", true},
		{"iam:GetUser", "arn:aws:s3:::bucket", false},
		{"iam:GetUser", "arn:aws:iam::123456789012:role/anna", false},
		{"iam:ListUsers", "arn:aws:iam::123456789012:user/anna", false},
		{"ec2:DescribeInstances", "arn:aws:ec2:eu-west-1:123456789012:instance/i-1", false},
		{"ec2:TerminateInstances", "arn:aws:ec2:eu-west-1:123456789012:instance/i-1", true},
		{"s3:GetObject", "arn:aws:s3:::bucket", true},
		{"s3:GetObject", "arn:aws:s3:::bucket/key", true},
		{"s3:ListBucket", "arn:aws:s3:::bucket/key", true},
		{"s3:ListAllMyBuckets", "arn:aws:s3:::bucket", false},
		{"s3:GetObject", "arn:aws:sqs:eu-west-1:123456789012:queue", false},
		{"kms:Encrypt", "arn:aws:kms:us-east-1:123456789012:key/one", true},
		{"sqs:SendMessage", "arn:aws:kms:us-east-1:123456789012:key/one", false},
	}
	for _, test := range tests {
		a, ok := FindAction(test.action)
		if !ok {
			t.Fatal(test.action)
		}
		if got := a.Accepts(test.arn); got != test.want {
			t.Errorf("%s on %s: %t", test.action, test.arn, got)
		}
	}
}

func TestTemplate(t *testing.T) {
	t.Parallel()
	tests := []struct{ service, partition, want string }{
		{"s3", "aws", "arn:aws:s3:::${BucketName}/${KeyName}"},
		{"iam", "aws-cn", "arn:aws-cn:iam::${Account}:${ResourceType}/${ResourceName}"},
		{"sts", "aws", "arn:aws:iam::${Account}:${RelativeId}"},
		{"sqs", "aws", "arn:aws:sqs:${Region}:${Account}:${QueueName}"},
		{"kms", "aws", "arn:aws:kms:${Region}:${Account}:${ResourceType}/${Id}"},
		{"lambda", "aws", "arn:aws:lambda:${Region}:${Account}:${ResourceType}:${ResourceId}"},
		{"ec2", "aws", "arn:aws:ec2:${Region}:${Account}:${ResourceType}/${ResourcePath}"},
		{"sns", "aws", "arn:aws:sns:${Region}:${Account}:${TopicName}"},
		{"ecs", "aws", "arn:aws:ecs:${Region}:${Account}:${ResourceType}/${ResourceName}"},
	}
	for _, test := range tests {
		s, ok := Find(test.service)
		if !ok {
			t.Fatal(test.service)
		}
		if got := s.Template(test.partition); got != test.want {
			t.Errorf("%s: %s, want %s", test.service, got, test.want)
		}
	}
}
