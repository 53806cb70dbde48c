package services

import (
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// AskAliases returns the request for the aliases of a key of KMS, which are condition keys like its
// tags; nil for any other resource.
func AskAliases(holder string) *Question {
	a, _ := principal.ParseARN(holder)
	id, ok := strings.CutPrefix(a.Resource, "key/")
	if !ok || a.Service != "kms" {
		return nil
	}
	return ask("kms", a).json("ListAliases", map[string]any{"KeyId": id})
}

// ReadAliases reads kms:ResourceAliases from an answer to AskAliases.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-resource-aliases
func ReadAliases(answer []byte) []authz.Key {
	names, _ := answered(answer).list("Aliases[].AliasName")
	if len(names) == 0 {
		return nil
	}
	return []authz.Key{authz.Strings("kms:ResourceAliases", names...)}
}
