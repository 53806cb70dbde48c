package advice

import (
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// servicePaths are the paths of roles that only AWS changes: service-linked roles, and
// those of IAM Identity Center.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
var servicePaths = []string{"aws-service-role/", "aws-reserved/"}

// roleOfService is the ARN of the role whose own policies are in the place, if only AWS
// can change them; otherwise empty.
func roleOfService(st *state, at place) string {
	arn := ""
	switch at.kind {
	case evaluator.Identity, evaluator.Boundary:
		arn = st.request.Principal.EntityARN
	case evaluator.Trust:
		arn = st.request.Resource
	}
	_, path, ok := strings.Cut(arn, ":role/")
	for _, reserved := range servicePaths {
		if ok && strings.HasPrefix(path, reserved) {
			return arn
		}
	}
	return ""
}

// blameService records that the policies belong to AWS.
func (s *search) blameService(st *state, at place) {
	if arn := roleOfService(st, at); arn != "" {
		s.denied = append(s.denied, Step{Kind: LeaveDenied, Layer: at.kind.String(), Sentence: fmt.Sprintf(
			"Only AWS changes the policies of %s, which belongs to a service of AWS. Use a role of your own.", arn)})
	}
}
