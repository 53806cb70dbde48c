package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// A tagging holds how the resources of one kind are tagged.
type tagging[R any] struct {
	table *persistence.Table[R]
	find  finder[R]
	tags  func(*R) *[]persistence.Tag

	keys   tagKeys
	noTags func() error // refuses an empty list of tags
	noKeys func() error // refuses an empty list of keys; nil: such a list is not an error

	check   func(s *Service, name string) error // refuses a name whose tags cannot be changed; may be nil
	refuses func(*R) error                      // refuses to put tags on the resource; may be nil
}

// A finder finds the resource of the account that a request names.
type finder[R any] func(tx persistence.Tx, account principal.Account, name string) (*R, error)

// byName makes a finder from a function that needs only the account's ID.
func byName[R any](find func(tx persistence.Tx, account, name string) (*R, error)) finder[R] {
	return func(tx persistence.Tx, account principal.Account, name string) (*R, error) {
		return find(tx, account.ID, name)
	}
}

// tag puts tags on a resource, in place of those with the same keys. If the resource
// would have more tags than the maximum, it refuses all of them.
func (t *tagging[R]) tag(ctx context.Context, s *Service, name *string, tags []types.Tag) error {
	if len(tags) == 0 {
		return t.noTags()
	}
	put, err := newTags(tags, t.keys)
	if err != nil {
		return err
	}
	return t.change(ctx, s, name, func(r *R) (err error) {
		if t.refuses != nil {
			err = t.refuses(r)
		}
		if have := t.tags(r); err == nil {
			*have, err = mergeTags(*have, put, t.keys, s.quotas.TagsPerEntity)
		}
		return err
	})
}

// untag removes tags from a resource. Keys that it does not have are ignored.
func (t *tagging[R]) untag(ctx context.Context, s *Service, name *string, keys []string) error {
	if len(keys) == 0 && t.noKeys != nil {
		return t.noKeys()
	}
	return t.change(ctx, s, name, func(r *R) error {
		have := t.tags(r)
		*have = dropTags(*have, keys, t.keys)
		return nil
	})
}

func (t *tagging[R]) change(ctx context.Context, s *Service, name *string, edit func(*R) error) error {
	if t.check != nil {
		if err := t.check(s, aws.ToString(name)); err != nil {
			return err
		}
	}
	own := s.in(account(ctx))
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		r, err := t.find(tx, own, aws.ToString(name))
		if err != nil {
			return err
		}
		if err := edit(r); err != nil {
			return err
		}
		return t.table.Put(tx, own.ID, r)
	})
}

// list answers a page of the tags of a resource.
func (t *tagging[R]) list(ctx context.Context, s *Service, name *string, l listing, tags *[]types.Tag) error {
	l.list += "/" + aws.ToString(name)
	return s.page(ctx, l, func(tx persistence.Tx, p *page) error {
		r, err := t.find(tx, s.in(account(ctx)), aws.ToString(name))
		if err != nil {
			return err
		}
		*tags = tagPage(p, *t.tags(r))
		return nil
	})
}
