package seed

import (
	next "github.com/understudy-iam/understudy/awsapi/next/iam"
	"github.com/understudy-iam/understudy/persistence"
)

// oidcPropagation gives an OpenID Connect provider its declared context provider and
// association with IAM Identity Center.
func (w *writer) oidcPropagation(arn *string, x *oidcProvider) error {
	if x.Context != nil {
		_, err := w.UpdateOpenIDConnectProvider(w.ctx, &next.UpdateOpenIDConnectProviderInput{
			OpenIDConnectProviderArn: arn, ContextProvider: x.Context.input(),
		})
		if err := refused(x.Context.Line, "contextProvider", err); err != nil {
			return err
		}
	}
	if !x.Instance.given() {
		return nil
	}
	_, err := w.UpdateOpenIDConnectProvider(w.ctx, &next.UpdateOpenIDConnectProviderInput{
		OpenIDConnectProviderArn: arn, IdentityCenterInstanceArn: &x.Instance.value,
	})
	return refused(x.Instance.line, "identityCenterInstance", err)
}

// samlPropagation gives a SAML provider its declared context provider.
func (w *writer) samlPropagation(arn *string, x *samlProvider) error {
	if x.Context == nil {
		return nil
	}
	_, err := w.UpdateSAMLProvider(w.ctx, &next.UpdateSAMLProviderInput{SAMLProviderArn: arn, ContextProvider: x.Context.input()})
	return refused(x.Context.Line, "contextProvider", err)
}

// input returns the context provider as the input of an operation.
func (p *contextProvider) input() *next.ContextProvider {
	in := &next.ContextProvider{
		SubjectSourceKey: &p.SubjectSource.value, SubjectTypeSourceKey: p.SubjectTypeFrom.pointer(),
		SubjectTypeValue: p.SubjectType.pointer(),
	}
	for i := range p.KeyDefinitions {
		d := &p.KeyDefinitions[i]
		in.KeyDefinitionList = append(in.KeyDefinitionList,
			next.ContextProviderKeyDefinition{SourceKey: &d.Source.value, TargetKey: d.Target.pointer()})
	}
	return in
}

// exportContextProvider returns a record in the form of the file.
func exportContextProvider(r *persistence.ContextProvider) *contextProvider {
	if r == nil {
		return nil
	}
	x := &contextProvider{
		SubjectSource: given(r.SubjectSourceKey), SubjectTypeFrom: given(r.SubjectTypeSourceKey), SubjectType: given(r.SubjectTypeValue),
	}
	for _, d := range r.KeyDefinitions {
		x.KeyDefinitions = append(x.KeyDefinitions, contextKey{given(d.SourceKey), given(d.TargetKey)})
	}
	return x
}
