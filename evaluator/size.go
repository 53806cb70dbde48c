package evaluator

import "unicode/utf8"

// Size counts the characters of a document as IAM counts them for its quotas: without white
// space, wherever that is.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func Size(src string) int {
	n := utf8.RuneCountInString(src)
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case ' ', '\t', '\r', '\n':
			n--
		}
	}
	return n
}
