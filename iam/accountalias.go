package iam

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// CreateAccountAlias gives the account an alias, in place of the one that it
// has.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html
//
// An alias is unique among all accounts. The alias that the account has already is
// refused too. It cannot look like an account ID.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/console_account-alias.html
func (s *Service) CreateAccountAlias(ctx context.Context, in *iam.CreateAccountAliasInput) (*iam.CreateAccountAliasOutput, error) {
	alias := aws.ToString(in.AccountAlias)
	if principal.ValidAccountID(alias) {
		return nil, aliasIsAccountID(alias)
	}
	err := s.updateAccount(ctx, func(tx persistence.Tx, a *persistence.Account) error {
		taken, err := aliasTaken(tx, alias)
		if err != nil {
			return err
		}
		if taken {
			return aliasExists(alias)
		}
		a.Alias = alias
		return nil
	})
	return answer(&iam.CreateAccountAliasOutput{}, err)
}

func aliasTaken(tx persistence.Tx, alias string) (bool, error) {
	for a, err := range persistence.AccountRecords(tx) {
		if err != nil || a.Alias == alias {
			return err == nil, err
		}
	}
	return false, nil
}

// updateAccount changes the caller's account in one transaction. The account is created
// if it does not exist yet.
func (s *Service) updateAccount(ctx context.Context, change func(persistence.Tx, *persistence.Account) error) error {
	now := s.now()
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		a, err := persistence.Accounts.Get(tx, account(ctx))
		if errors.Is(err, persistence.ErrNotFound) {
			a, err = &persistence.Account{ID: account(ctx), CreateDate: now}, nil
		}
		if err != nil {
			return err
		}
		if err := change(tx, a); err != nil {
			return err
		}
		return persistence.Accounts.Put(tx, account(ctx), a)
	})
}

// DeleteAccountAlias takes its alias from the account; it must be named.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccountAlias.html
func (s *Service) DeleteAccountAlias(ctx context.Context, in *iam.DeleteAccountAliasInput) (*iam.DeleteAccountAliasOutput, error) {
	alias := aws.ToString(in.AccountAlias)
	err := s.updateAccount(ctx, func(_ persistence.Tx, a *persistence.Account) error {
		if a.Alias != alias {
			return noSuchAlias(alias)
		}
		a.Alias = ""
		return nil
	})
	return answer(&iam.DeleteAccountAliasOutput{}, err)
}

// ListAccountAliases lists the alias of the account: one or none.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html
func (s *Service) ListAccountAliases(ctx context.Context, in *iam.ListAccountAliasesInput) (*iam.ListAccountAliasesOutput, error) {
	out := &iam.ListAccountAliasesOutput{}
	asked := listing{"ListAccountAliases", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		aliases := []string{}
		a, err := persistence.Accounts.Get(tx, account(ctx))
		if err != nil && !errors.Is(err, persistence.ErrNotFound) {
			return err
		}
		if err == nil && a.Alias != "" {
			aliases = append(aliases, a.Alias)
		}
		out.AccountAliases = pick(p, aliases, func(alias string) persistence.Key { return persistence.Key{alias} })
		return nil
	}))
}

// accountAliasRules are the permissions of the operations above, which have no
// resource.
func accountAliasRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(*authz.Query, *iam.CreateAccountAliasInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:CreateAccountAlias", Resource: "*"}}, nil
		}),
		authz.For(func(*authz.Query, *iam.DeleteAccountAliasInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:DeleteAccountAlias", Resource: "*"}}, nil
		}),
		authz.For(func(*authz.Query, *iam.ListAccountAliasesInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:ListAccountAliases", Resource: "*"}}, nil
		}),
	}
}
