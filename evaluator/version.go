package evaluator

// The two versions of the policy language. In documents of the older one, and
// in those without a version, "${...}" is ordinary text.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
const (
	Version2008 = "2008-10-17"
	Version2012 = "2012-10-17"
)
