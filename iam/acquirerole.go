package iam

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// AcquireRole makes a role from a role template. Called again with the same parameters,
// it returns the role that exists, if that is still as the template describes it.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AcquireRole.html
//
// Description and MaxSessionDuration may have changed; trust policy, policies,
// permissions boundary and tags may not (recorded).
func (s *Service) AcquireRole(ctx context.Context, in *iam.AcquireRoleInput) (*iam.AcquireRoleOutput, error) {
	arn := aws.ToString(in.TemplateArn)
	t, ok := findRoleTemplate(s.partition, arn, in.TemplateMinorVersion)
	if !ok {
		return nil, noTemplateToAcquire(arn)
	}
	made, err := t.render(in.ReplacementValues)
	if err != nil {
		return nil, err
	}
	if err := s.checkTrustDocument(ctx, made.trust); err != nil {
		return nil, err
	}
	r, err := s.newRole(made.name, made.path)
	if err != nil {
		return nil, err
	}
	r.Description, r.Template = made.description, &persistence.RoleSource{ARN: arn, Values: made.values}
	out := &iam.AcquireRoleOutput{}
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		role, trust, err := s.acquire(tx, account(ctx), *r, made)
		row := roleRow(s.in(account(ctx)), role, trust)
		out.Role = &row
		return err
	})
	return answer(out, err)
}

// acquire returns the role of that name, or else stores r, and returns the trust policy with it.
func (s *Service) acquire(tx persistence.Tx, account string, r persistence.Role, made *templateRole) (*persistence.Role, string, error) {
	have, err := persistence.Roles.Get(tx, account, made.name)
	if errors.Is(err, persistence.ErrNotFound) {
		return &r, made.trust, s.makeTemplateRole(tx, account, &r, made)
	}
	if err != nil {
		return &r, "", err
	}
	if err := checkOrigin(have.Template, r.Template); err != nil {
		return have, "", err
	}
	same, err := isAsMade(tx, s.in(account), have, made)
	if err == nil && !same {
		err = roleModified(have.Name)
	}
	if err != nil {
		return have, "", err
	}
	trust, err := shownTrust(tx, s.in(account), have.TrustPolicy)
	return have, trust, err
}

func (s *Service) makeTemplateRole(tx persistence.Tx, account string, r *persistence.Role, made *templateRole) error {
	if err := s.checkNewRole(tx, account, r.Name); err != nil {
		return err
	}
	trust, err := storedTrust(tx, s.in(account), made.trust)
	if err != nil {
		return err
	}
	r.TrustPolicy = trust
	if err := persistence.Roles.Put(tx, account, r); err != nil {
		return err
	}
	for _, p := range made.inline {
		if err := s.checkPolicyDocument(p.document, evaluator.Identity); err != nil {
			return err
		}
		if err := persistence.InlinePolicies.Put(tx, account, &persistence.InlinePolicy{
			EntityID: r.ID, Name: p.name, Document: p.document,
		}); err != nil {
			return err
		}
	}
	for _, arn := range made.managed {
		p, err := findManagedPolicy(tx, account, arn)
		if err != nil {
			return err
		}
		if err := persistence.Attachments.Put(tx, account, &persistence.Attachment{
			EntityID: r.ID, PolicyARN: p.arn, PolicyName: p.name,
		}); err != nil {
			return err
		}
	}
	return nil
}

// checkOrigin refuses a role that was not made from the template and the values.
func checkOrigin(have, want *persistence.RoleSource) error {
	switch {
	case have == nil || have.ARN != want.ARN:
		return notAcquired()
	case have.Minor != want.Minor || !maps.EqualFunc(have.Values, want.Values, slices.Equal):
		return acquiredOtherwise()
	}
	return nil
}

// isAsMade reports whether a role still is what its template made.
func isAsMade(tx persistence.Tx, account principal.Account, r *persistence.Role, made *templateRole) (bool, error) {
	trust, err := storedTrust(tx, account, made.trust)
	if err != nil {
		return false, err
	}
	if r.TrustPolicy != trust || r.Boundary != "" || len(r.Tags) > 0 {
		return false, nil
	}
	attached, inline := []string{}, []inlineDocument{}
	holder := authz.RoleHolder(account.ID, r)
	for p, err := range authz.OwnPolicies(tx, &holder) {
		switch {
		case err != nil:
			return false, err
		case p.Inline == nil:
			attached = append(attached, p.ARN)
		default:
			inline = append(inline, inlineDocument{p.Inline.Name, p.Inline.Document})
		}
	}
	return sameSet(attached, made.managed) && sameSet(inline, made.inline), nil
}

// sameSet reports whether two lists hold the same items, in any order. No list holds an item twice.
func sameSet[T comparable](a, b []T) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(item T) bool { return !slices.Contains(b, item) })
}

// acquireRoleRules are the permissions of AcquireRole: to read the template, and then to
// read the role that exists or to make it. All but the first have the template in
// iam:RoleTemplateARN (recorded).
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_role-manager_enable-use.html
func acquireRoleRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.AcquireRoleInput) ([]authz.Need, error) {
			arn := aws.ToString(in.TemplateArn)
			needs := []authz.Need{{Action: "iam:GetRoleTemplateVersion", Resource: arn, Label: "role template " + arn}}
			t, ok := findRoleTemplate(q.Partition, arn, in.TemplateMinorVersion)
			if !ok {
				return needs, nil
			}
			made, err := t.render(in.ReplacementValues)
			if err != nil { // the operation refuses it, if the caller may read the template
				return needs, nil
			}
			more, err := acquireNeeds(q, t, made)
			return append(needs, more...), err
		}),
	}
}

func acquireNeeds(q *authz.Query, t *roleTemplate, made *templateRole) ([]authz.Need, error) {
	template := authz.String("iam:RoleTemplateARN", t.arn(q.Partition))
	there, err := persistence.Roles.Has(q.Tx, q.Account(), made.name)
	if err != nil {
		return nil, err
	}
	if there {
		need, err := identityNeed(q, roleKind, "iam:GetRole", made.name)
		need.Keys = append(need.Keys, template)
		return []authz.Need{need}, err
	}
	resource := "role" + made.path + made.name
	need := func(action string, keys ...authz.Key) authz.Need {
		return authz.Need{Action: action, Resource: q.Own().IAM(resource), Label: resource, Keys: append(keys, template)}
	}
	needs := []authz.Need{need("iam:CreateRole")}
	for _, policy := range made.managed {
		needs = append(needs, need("iam:AttachRolePolicy", authz.String("iam:PolicyARN", policy)))
	}
	for range made.inline {
		needs = append(needs, need("iam:PutRolePolicy"))
	}
	return needs, nil
}
