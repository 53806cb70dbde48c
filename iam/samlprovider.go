package iam

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	next "github.com/understudy-iam/understudy/awsapi/next/iam"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

const (
	samlResource      = "saml-provider/"
	samlProviderID    = "SAMLSP"
	samlPrivateKeyID  = "SAMLPK"
	maxSAMLKeys       = 2
	samlValidityYears = 100
)

// CreateSAMLProvider makes a SAML provider from the metadata of an identity
// provider.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateSAMLProvider.html
//
// It is valid for a hundred years, whatever the metadata says (recorded).
func (s *Service) CreateSAMLProvider(ctx context.Context, in *next.CreateSAMLProviderInput) (*iam.CreateSAMLProviderOutput, error) {
	tags, err := newTags(in.Tags, exactTagKeys)
	if err != nil {
		return nil, err
	}
	if err := checkSAMLMetadata(aws.ToString(in.SAMLMetadataDocument)); err != nil {
		return nil, err
	}
	propagation, err := newContextProvider(in.ContextProvider)
	if err != nil {
		return nil, err
	}
	now := s.now()
	p := &persistence.SAMLProvider{
		Name: aws.ToString(in.Name), CreateDate: now, ValidUntil: now.AddDate(samlValidityYears, 0, 0),
		Metadata: aws.ToString(in.SAMLMetadataDocument), Tags: tags, Context: propagation,
	}
	if p.UUID, err = s.newSAMLID(samlProviderID); err != nil {
		return nil, err
	}
	key, err := s.newSAMLKey(in.AddPrivateKey)
	if err != nil {
		return nil, err
	}
	if err := changeSAMLEncryption(p, samlChange{mode: in.AssertionEncryptionMode, add: key}); err != nil {
		return nil, err
	}
	err = s.store.Update(ctx, func(tx persistence.Tx) error { return s.insertSAMLProvider(tx, account(ctx), p) })
	if err != nil {
		return nil, err
	}
	return &iam.CreateSAMLProviderOutput{
		SAMLProviderArn: aws.String(s.in(account(ctx)).IAM(samlResource + p.Name)), Tags: tagsOut(tags),
	}, nil
}

// newSAMLID makes the ID of a provider or of a key: the prefix followed by 16 characters.
func (s *Service) newSAMLID(prefix string) (string, error) {
	id, err := s.newID(prefix)
	if err != nil {
		return "", err
	}
	return id[:len(id)-1], nil
}

// newSAMLKey makes the record of the private key of a request; nil if it has none.
func (s *Service) newSAMLKey(text *string) (*persistence.SAMLPrivateKey, error) {
	if text == nil {
		return nil, nil
	}
	if !isPrivateKey(*text) {
		return nil, malformedPrivateKey()
	}
	id, err := s.newSAMLID(samlPrivateKeyID)
	return &persistence.SAMLPrivateKey{ID: id, PEM: *text, UploadDate: s.now()}, err
}

// samlChange is a change of how assertions are encrypted.
type samlChange struct {
	mode   types.AssertionEncryptionModeType // empty: as it is
	add    *persistence.SAMLPrivateKey
	remove *string
}

// changeSAMLEncryption changes the keys before the mode, so that a request can add the
// first key and require encryption. The same key may be added twice (recorded).
func changeSAMLEncryption(p *persistence.SAMLProvider, c samlChange) error {
	if c.add != nil {
		if len(p.PrivateKeys) >= maxSAMLKeys {
			return tooManyPrivateKeys(maxSAMLKeys)
		}
		p.PrivateKeys = append(p.PrivateKeys, *c.add)
	}
	required := p.EncryptionRequired
	if c.mode != "" {
		required = c.mode == types.AssertionEncryptionModeTypeRequired
	}
	if c.remove != nil {
		at := slices.IndexFunc(p.PrivateKeys, func(k persistence.SAMLPrivateKey) bool { return k.ID == *c.remove })
		if at < 0 {
			return noSuchPrivateKey(*c.remove)
		}
		if required && len(p.PrivateKeys) == 1 {
			return lastPrivateKey()
		}
		p.PrivateKeys = slices.Delete(p.PrivateKeys, at, at+1)
	}
	if required && len(p.PrivateKeys) == 0 {
		return noPrivateKey()
	}
	p.EncryptionRequired = required
	return nil
}

func (s *Service) insertSAMLProvider(tx persistence.Tx, account string, p *persistence.SAMLProvider) error {
	if err := orTaken(persistence.SAMLProviders.Absent(tx, account, p.Name), samlProviderExists, p.Name); err != nil {
		return err
	}
	if err := s.checkCount(tx, account, samlProvidersQuota); err != nil {
		return err
	}
	return persistence.SAMLProviders.Put(tx, account, p)
}

// GetSAMLProvider describes a provider with its metadata, and the IDs of its
// private keys.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetSAMLProvider.html
func (s *Service) GetSAMLProvider(ctx context.Context, in *iam.GetSAMLProviderInput) (*next.GetSAMLProviderOutput, error) {
	out := &next.GetSAMLProviderOutput{}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		p, err := findSAMLProvider(tx, s.in(account(ctx)), aws.ToString(in.SAMLProviderArn))
		if err != nil {
			return err
		}
		*out = next.GetSAMLProviderOutput{
			SAMLProviderUUID: &p.UUID, SAMLMetadataDocument: &p.Metadata, CreateDate: &p.CreateDate, ValidUntil: &p.ValidUntil,
			Tags: tagsAlwaysOut(sortedTags(p.Tags)), AssertionEncryptionMode: encryptionMode(p), PrivateKeyList: samlKeysOut(p),
			ContextProvider: contextProviderOut(p.Context),
		}
		return nil
	})
	return answer(out, err)
}

func encryptionMode(p *persistence.SAMLProvider) types.AssertionEncryptionModeType {
	if p.EncryptionRequired {
		return types.AssertionEncryptionModeTypeRequired
	}
	return types.AssertionEncryptionModeTypeAllowed
}

func samlKeysOut(p *persistence.SAMLProvider) []types.SAMLPrivateKey {
	list := make([]types.SAMLPrivateKey, len(p.PrivateKeys))
	for i := range p.PrivateKeys {
		list[i] = types.SAMLPrivateKey{KeyId: &p.PrivateKeys[i].ID, Timestamp: &p.PrivateKeys[i].UploadDate}
	}
	return list
}

// ListSAMLProviders lists the providers, by name. It does not page.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviders.html
func (s *Service) ListSAMLProviders(ctx context.Context, _ *iam.ListSAMLProvidersInput) (*iam.ListSAMLProvidersOutput, error) {
	out := &iam.ListSAMLProvidersOutput{SAMLProviderList: []types.SAMLProviderListEntry{}}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		for p, err := range persistence.SAMLProviders.Scan(tx, account(ctx), nil, nil) {
			if err != nil {
				return err
			}
			arn := s.in(account(ctx)).IAM(samlResource + p.Name)
			out.SAMLProviderList = append(out.SAMLProviderList, types.SAMLProviderListEntry{
				Arn: &arn, ValidUntil: &p.ValidUntil, CreateDate: &p.CreateDate,
			})
		}
		return nil
	})
	return answer(out, err)
}

// UpdateSAMLProvider changes the metadata, whether assertions must be
// encrypted, the private keys, or the context provider. There are at most two
// keys, and one cannot be added and another removed at once.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSAMLProvider.html
func (s *Service) UpdateSAMLProvider(ctx context.Context, in *next.UpdateSAMLProviderInput) (*iam.UpdateSAMLProviderOutput, error) {
	switch {
	case in.AddPrivateKey != nil && in.RemovePrivateKey != nil:
		return nil, addAndRemovePrivateKey()
	case in.SAMLMetadataDocument == nil && in.AssertionEncryptionMode == "" && in.AddPrivateKey == nil && in.RemovePrivateKey == nil &&
		in.ContextProvider == nil:
		return nil, noSAMLUpdate()
	}
	if in.SAMLMetadataDocument != nil {
		if err := checkSAMLMetadata(*in.SAMLMetadataDocument); err != nil {
			return nil, err
		}
	}
	propagation, err := newContextProvider(in.ContextProvider)
	if err != nil {
		return nil, err
	}
	key, err := s.newSAMLKey(in.AddPrivateKey)
	if err != nil {
		return nil, err
	}
	err = s.updateSAMLProvider(ctx, in.SAMLProviderArn, func(p *persistence.SAMLProvider) error {
		if in.SAMLMetadataDocument != nil {
			p.Metadata = *in.SAMLMetadataDocument
		}
		if propagation != nil {
			p.Context = propagation
		}
		return changeSAMLEncryption(p, samlChange{mode: in.AssertionEncryptionMode, add: key, remove: in.RemovePrivateKey})
	})
	return answer(&iam.UpdateSAMLProviderOutput{SAMLProviderArn: in.SAMLProviderArn}, err)
}

func (s *Service) updateSAMLProvider(ctx context.Context, arn *string, change func(*persistence.SAMLProvider) error) error {
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		p, err := findSAMLProvider(tx, s.in(account(ctx)), aws.ToString(arn))
		if err != nil {
			return err
		}
		if err := change(p); err != nil {
			return err
		}
		return persistence.SAMLProviders.Put(tx, account(ctx), p)
	})
}

// DeleteSAMLProvider removes a provider. Roles that name it stay as they are.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteSAMLProvider.html
func (s *Service) DeleteSAMLProvider(ctx context.Context, in *iam.DeleteSAMLProviderInput) (*iam.DeleteSAMLProviderOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		p, err := findSAMLProvider(tx, s.in(account(ctx)), aws.ToString(in.SAMLProviderArn))
		if err != nil {
			return err
		}
		return persistence.SAMLProviders.Delete(tx, account(ctx), p.Name)
	})
	return answer(&iam.DeleteSAMLProviderOutput{}, err)
}

func findSAMLProvider(tx persistence.Tx, account principal.Account, arn string) (*persistence.SAMLProvider, error) {
	name, ok := resourceOf(account, arn, samlResource)
	if !ok {
		return nil, notProviderARN(arn, noSuchSAMLProvider)
	}
	p, err := persistence.SAMLProviders.Get(tx, account.ID, name)
	return found(p, err, noSuchSAMLProvider, arn)
}

// samlProviderRules are the permissions of the operations above.
func samlProviderRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *next.CreateSAMLProviderInput) ([]authz.Need, error) {
			arn := q.Own().IAM(samlResource + aws.ToString(in.Name))
			needs := createNeeds("iam:CreateSAMLProvider", "iam:TagSAMLProvider", arn, in.Tags, nil)
			return withKeys(needs, propagationKeys(in.ContextProvider, false)), nil
		}),
		authz.For(func(q *authz.Query, in *iam.GetSAMLProviderInput) ([]authz.Need, error) {
			return samlProviderNeeds(q, "iam:GetSAMLProvider", in.SAMLProviderArn)
		}),
		authz.For(func(q *authz.Query, _ *iam.ListSAMLProvidersInput) ([]authz.Need, error) {
			return []authz.Need{listNeed(q, "iam:ListSAMLProviders", "saml-provider", nil)}, nil
		}),
		authz.For(func(q *authz.Query, in *next.UpdateSAMLProviderInput) ([]authz.Need, error) {
			needs, err := samlProviderNeeds(q, "iam:UpdateSAMLProvider", in.SAMLProviderArn)
			return withKeys(needs, propagationKeys(in.ContextProvider, false)), err
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteSAMLProviderInput) ([]authz.Need, error) {
			return samlProviderNeeds(q, "iam:DeleteSAMLProvider", in.SAMLProviderArn)
		}),
	}
}

func samlProviderNeeds(q *authz.Query, action string, arn *string) ([]authz.Need, error) {
	need, err := samlProviderNeed(q, action, arn)
	return []authz.Need{need}, err
}

func samlProviderNeed(q *authz.Query, action string, arn *string) (authz.Need, error) {
	return providerNeed(q, action, arn, func(need *authz.Need) error {
		name, _ := resourceOf(q.Own(), need.Resource, samlResource)
		p, err := persistence.SAMLProviders.Get(q.Tx, q.Account(), name)
		if err != nil {
			return err
		}
		need.Tags = p.Tags
		if configuresPropagation[action] {
			need.Keys = samlResourceKeys(p)
		}
		return nil
	})
}
