package services

import (
	"strings"

	"github.com/understudy-iam/understudy/authz"
)

// unknownSuffix stands for the six characters that AWS adds to the name of a secret in
// its ARN.
const unknownSuffix = "-??????"

// refineSecrets knows the six characters at the end of a secret's ARN, and what a batch
// needs.
func refineSecrets(r *reader, n *Needs) error {
	if r.call.Operation == "BatchGetSecretValue" {
		if err := secretsOfBatch(r, n); err != nil {
			return err
		}
	}
	for i := range n.Needs {
		r.request.completeSecret(&n.Needs[i])
	}
	return nil
}

// completeSecret puts the whole ARN of a secret in the place of one without the six
// characters, if it is known.
func (r *Request) completeSecret(need *authz.Need) {
	whole := r.resolve(NameOfSecret, incomplete(need.Resource))
	if whole == "" {
		return
	}
	replaceKey(need, authz.String("secretsmanager:SecretId", whole))
	become(need, whole)
}

// secretOf is for secrets. What stands for the six characters is left out.
func secretOf(resource string) string {
	return below("secret:")(strings.TrimSuffix(resource, unknownSuffix))
}

// incomplete returns the ARN of a secret that lacks the six characters, without what
// stands for them; empty for any other resource.
func incomplete(resource string) string {
	name, ok := strings.CutSuffix(resource, unknownSuffix)
	if !ok && (!strings.Contains(name, ":secret:") || strings.HasSuffix(name, "*") || complete(name)) {
		return ""
	}
	return name
}

// complete reports whether a name ends as the ARN of a secret does: with a hyphen and
// six letters or digits.
func complete(name string) bool {
	i := strings.LastIndexByte(name, '-')
	strange := func(r rune) bool { return r == '_' || !isNameRune(r) }
	return i >= 0 && len(name)-i == len(unknownSuffix) && !strings.ContainsFunc(name[i:], strange)
}
