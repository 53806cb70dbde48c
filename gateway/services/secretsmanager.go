package services

import (
	"strings"

	"github.com/understudy-iam/understudy/authz"
)

// unknownSuffix is put in place of the six characters that AWS adds to the name of a secret in its
// ARN.
const unknownSuffix = "-??????"

// refineSecrets handles the six characters at the end of a secret's ARN, and the needs of a batch.
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

// completeSecret replaces the ARN of a secret without the six characters by the whole one, if it is
// known.
func (r *Request) completeSecret(need *authz.Need) {
	whole := r.resolve(NameOfSecret, incomplete(need.Resource))
	if whole == "" {
		return
	}
	replaceKey(need, authz.String("secretsmanager:SecretId", whole))
	become(need, whole)
}

// secretOf is for secrets. The placeholder for the six characters is left out.
func secretOf(resource string) string {
	return below("secret:")(strings.TrimSuffix(resource, unknownSuffix))
}

// incomplete returns the ARN of a secret that lacks the six characters, without their placeholder;
// empty for any other resource.
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
