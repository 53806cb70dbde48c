package iam

import (
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	next "github.com/understudy-iam/understudy/awsapi/next/iam"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// newContextProvider makes the record of the context provider of a request; nil if the
// request has none. The constraints of the API model cover the lengths but not the
// characters.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextProvider.html
func newContextProvider(in *next.ContextProvider) (*persistence.ContextProvider, error) {
	if in == nil {
		return nil, nil
	}
	p := &persistence.ContextProvider{
		SubjectSourceKey:     aws.ToString(in.SubjectSourceKey),
		SubjectTypeSourceKey: aws.ToString(in.SubjectTypeSourceKey),
		SubjectTypeValue:     aws.ToString(in.SubjectTypeValue),
	}
	keys := []*string{in.SubjectSourceKey, in.SubjectTypeSourceKey, in.SubjectTypeValue}
	for _, d := range in.KeyDefinitionList {
		p.KeyDefinitions = append(p.KeyDefinitions, persistence.ContextKeyDefinition{
			SourceKey: aws.ToString(d.SourceKey), TargetKey: aws.ToString(d.TargetKey),
		})
		keys = append(keys, d.SourceKey, d.TargetKey)
	}
	for _, key := range keys {
		if key != nil && !isContextKey(*key) {
			return nil, malformedContextKey(*key)
		}
	}
	return p, nil
}

// isContextKey reports whether a string has only characters that a key of a context
// provider may have, with single spaces between them.
func isContextKey(text string) bool {
	foreign := strings.ContainsFunc(text, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("_.:/=+-@# ", r))
	})
	return !foreign && text == strings.TrimSpace(text) && !strings.Contains(text, "  ")
}

// contextProviderOut is a context provider as an answer has it.
func contextProviderOut(p *persistence.ContextProvider) *next.ContextProvider {
	if p == nil {
		return nil
	}
	out := &next.ContextProvider{
		SubjectSourceKey: &p.SubjectSourceKey, KeyDefinitionList: []next.ContextProviderKeyDefinition{},
		SubjectTypeSourceKey: textOut(p.SubjectTypeSourceKey), SubjectTypeValue: textOut(p.SubjectTypeValue),
	}
	for i := range p.KeyDefinitions {
		d := &p.KeyDefinitions[i]
		out.KeyDefinitionList = append(out.KeyDefinitionList,
			next.ContextProviderKeyDefinition{SourceKey: &d.SourceKey, TargetKey: textOut(d.TargetKey)})
	}
	return out
}

// textOut is a member of an answer that is left out if it is empty.
func textOut(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// identityCenterInstance matches the resource part of the ARN of an instance, as IAM
// Identity Center's own API describes it.
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_InstanceMetadata.html
var identityCenterInstance = regexp.MustCompile(`^instance/(sso)?ins-[a-zA-Z0-9-.]{16}$`)

func isIdentityCenterInstance(p principal.Partition, arn string) bool {
	parts, ok := principal.ParseARN(arn)
	return ok && p.Is(parts) && parts.Service == "sso" && parts.Region == "" && parts.AccountID == "" &&
		identityCenterInstance.MatchString(parts.Resource)
}
