package iam

import (
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
)

// maxSimulationSize is how many decisions, statements and missing keys a page
// may hold, so that it fits into memory. AWS documents no such limit.
const maxSimulationSize = 100_000

// checkContextSize applies the limits of authorization to context entries. The API model
// has limits only for names, documents, actions and resources.
func checkContextSize(entries []types.ContextEntry) error {
	if n := len(entries); n > authz.MaxContextKeys {
		return tooManyContextKeys(n, authz.MaxContextKeys)
	}
	size := 0
	for i := range entries {
		size += utf8.RuneCountInString(aws.ToString(entries[i].ContextKeyName))
		for _, v := range entries[i].ContextKeyValues {
			size += utf8.RuneCountInString(v) + 1 // an empty one counts too
		}
	}
	if size > authz.MaxContextSize {
		return contextTooLarge(size, authz.MaxContextSize)
	}
	for i := range entries {
		if n := len(entries[i].ContextKeyValues); n > authz.MaxContextValues {
			return tooManyValues(aws.ToString(entries[i].ContextKeyName), n, authz.MaxContextValues)
		}
	}
	return nil
}
