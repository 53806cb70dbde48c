package catalog

import "strings"

// fits reports whether text has the form of pattern: a variable (${Name} or <name>)
// matches one or more characters of any kind, a star any number, everything else
// itself.
//
// It goes back to the last wildcard only, which is enough: an earlier one never has
// to take more than the minimum with which the literal after it matches.
func fits(pattern, text string) bool {
	var retryPattern, retryText string
	retry := false
	for {
		if rest, least, wild := wildcard(pattern); wild {
			if len(text) < least {
				return false
			}
			pattern, text = rest, text[least:]
			retryPattern, retryText, retry = pattern, text, true
			continue
		}
		switch {
		case pattern == "" && text == "":
			return true
		case pattern != "" && text != "" && pattern[0] == text[0]:
			pattern, text = pattern[1:], text[1:]
		case retry && retryText != "":
			retryText = retryText[1:]
			pattern, text = retryPattern, retryText
		default:
			return false
		}
	}
}

// wildcard cuts a variable or a star off the front of pattern and returns the
// minimum number of characters that it matches.
func wildcard(pattern string) (rest string, least int, ok bool) {
	end := -1
	switch {
	case strings.HasPrefix(pattern, "*"):
		return pattern[1:], 0, true
	case strings.HasPrefix(pattern, "${"):
		end = strings.IndexByte(pattern, '}')
	case strings.HasPrefix(pattern, "<"):
		end = strings.IndexByte(pattern, '>')
	}
	if end < 0 {
		return "", 0, false
	}
	return pattern[end+1:], 1, true
}

// Fits reports whether arn has the form of one of the type's patterns. A variable
// matches any string, slashes and colons included, because names may have paths;
// region and account may be empty where the pattern has a variable. So an ARN may
// fit several types, and the pattern of an S3 bucket fits objects.
func (r ResourceType) Fits(arn string) bool {
	for _, pattern := range r.Patterns {
		if fitsARN(pattern, arn) {
			return true
		}
	}
	return false
}

func fitsARN(pattern, arn string) bool {
	for range 5 { // arn, partition, service, region, account
		p, patternRest, ok := cutPart(pattern)
		a, arnRest, found := strings.Cut(arn, ":")
		if !ok || !found {
			return false
		}
		if open := p == "*" || strings.HasPrefix(p, "${"); !open && p != a {
			return false
		}
		pattern, arn = patternRest, arnRest
	}
	return fits(pattern, arn)
}

// cutPart cuts pattern at its first colon. No variable in the first five parts
// contains a colon.
func cutPart(pattern string) (part, rest string, ok bool) { return strings.Cut(pattern, ":") }

// Accepts reports whether the simulator accepts the resource for the action:
// whether arn fits one of the action's resource types. For an action without
// resource types no ARN fits (recorded: iam:ListUsers on a user and
// ec2:DescribeInstances on an instance are denied even under Allow * *).
func (a Action) Accepts(arn string) bool {
	if a.Service == "s3" && len(a.Resources) > 0 && isBucketOrObject(arn) {
		return true
	}
	for _, r := range a.Resources {
		if r.Fits(arn) {
			return true
		}
	}
	return false
}

// isBucketOrObject is for a quirk of AWS: its simulator accepts both bucket and
// object ARNs, a bucket for s3:GetObject and an object for s3:ListBucket
// (recorded).
func isBucketOrObject(arn string) bool {
	return fitsARN("arn:${Partition}:s3:::${BucketName}", arn)
}

// recordedTemplates are the names that AWS's simulator gives to several resources
// together (recorded 2026 for these services). They are not patterns of the
// reference.
var recordedTemplates = []struct{ service, afterPartition string }{
	{"ec2", "ec2:${Region}:${Account}:${ResourceType}/${ResourcePath}"},
	{"iam", "iam::${Account}:${ResourceType}/${ResourceName}"},
	{"kms", "kms:${Region}:${Account}:${ResourceType}/${Id}"},
	{"lambda", "lambda:${Region}:${Account}:${ResourceType}:${ResourceId}"},
	{"s3", "s3:::${BucketName}/${KeyName}"},
	{"sqs", "sqs:${Region}:${Account}:${QueueName}"},
	{"sts", "iam::${Account}:${RelativeId}"},
}

// Template returns the ARN with variables that the simulator prints for an action
// of the service when it was asked about several resources; partition is the
// partition of the first. Where AWS's own ARN is not recorded it is the pattern of
// the service's only resource type, or a general form (text not confirmed).
func (s *Service) Template(partition string) string {
	for _, t := range recordedTemplates {
		if t.service == s.info.Prefix {
			return "arn:" + partition + ":" + t.afterPartition
		}
	}
	if len(s.resources) == 1 {
		return strings.Replace(s.resources[0].Patterns[0], "${Partition}", partition, 1)
	}
	return "arn:" + partition + ":" + s.info.Prefix + ":${Region}:${Account}:${ResourceType}/${ResourceName}"
}
