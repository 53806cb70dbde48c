package iam

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Uses are kept in memory for a while and stored together, so that a call costs no write.
// A process that is killed loses the uses of that time.
const (
	storeUsesAfter = 2 * time.Second
	usesPerUpdate  = 1000
)

// A use is the last time that something was used.
type use struct {
	at              time.Time
	service, region string
}

// An actionKey names an action that a user, a role or a root user has called.
type actionKey struct{ account, entityID, service, action string }

// A holderKey names an access key or a role, whose last use is shown.
type holderKey struct{ account, id string }

// uses holds the last use of each action and of each access key and role.
type uses struct {
	actions map[actionKey]use
	keys    map[holderKey]use
	roles   map[holderKey]use
}

func newUses() *uses {
	return &uses{actions: map[actionKey]use{}, keys: map[holderKey]use{}, roles: map[holderKey]use{}}
}

// A useLog holds the uses that are not stored yet.
type useLog struct {
	storing sync.Mutex // held while uses are being stored, so that two batches do not overtake each other

	mu      sync.Mutex // guards the fields below
	fresh   *uses
	written *uses // those that are being stored; nil at other times
	timer   *time.Timer
	closed  bool
}

// RecordUse notes that the caller has made its request, for GetAccessKeyLastUsed, GetRole
// and the reports on access. As in AWS, denied requests count and unauthenticated ones do
// not.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
//
// It does not write to the store. FlushUses does, and runs by itself some seconds later.
func (s *Service) RecordUse(c *principal.Caller) {
	s.RecordAction(c, c.Request.Service, c.Request.Operation)
}

// RecordAction is RecordUse for a call whose action has another name than its operation,
// as some calls of other services do.
func (s *Service) RecordAction(c *principal.Caller, service, action string) {
	entity := c.EntityID
	if c.Kind == principal.Root {
		entity = c.AccountID
	}
	if entity == "" {
		return
	}
	r := &c.Request
	last := use{r.Time.UTC().Truncate(time.Second), service, r.Region}
	l := &s.uses
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fresh.actions[actionKey{c.AccountID, entity, service, action}] = last
	switch {
	case c.Kind == principal.AssumedRole:
		l.fresh.roles[holderKey{c.AccountID, entity}] = last
	case c.Session == nil:
		l.fresh.keys[holderKey{c.AccountID, c.AccessKeyID}] = last
	}
	if l.timer == nil && !l.closed {
		// Uses that could not be stored stay for the next time.
		l.timer = time.AfterFunc(storeUsesAfter, func() { _ = s.FlushUses(context.Background()) })
	}
}

// CloseUses stores the uses that are left, and ends the storing that happens by itself.
// It does so even if ctx is done, since nothing would store them later.
func (s *Service) CloseUses(ctx context.Context) error {
	s.uses.mu.Lock()
	s.uses.closed = true
	s.uses.mu.Unlock()
	return s.FlushUses(context.WithoutCancel(ctx))
}

// FlushUses stores the uses that were recorded. If it fails, they are kept, unless the
// store is closed.
func (s *Service) FlushUses(ctx context.Context) error {
	l := &s.uses
	l.storing.Lock()
	defer l.storing.Unlock()
	batch := l.take()
	if batch == nil {
		return nil
	}
	err := s.storeUses(ctx, batch)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.written = nil
	if err != nil && !errors.Is(err, persistence.ErrClosed) {
		keepOlder(l.fresh.actions, batch.actions)
		keepOlder(l.fresh.keys, batch.keys)
		keepOlder(l.fresh.roles, batch.roles)
	}
	return err
}

// ReplaceState runs replace, which replaces the state of the store. Uses that were
// recorded before belong to the old state and are dropped, unless replace fails.
func (s *Service) ReplaceState(replace func() error) error {
	l := &s.uses
	l.storing.Lock()
	defer l.storing.Unlock()
	l.mu.Lock()
	before := l.fresh
	l.fresh = newUses()
	l.mu.Unlock()
	err := replace()
	if err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		keepOlder(l.fresh.actions, before.actions)
		keepOlder(l.fresh.keys, before.keys)
		keepOlder(l.fresh.roles, before.roles)
	}
	return err
}

// take marks the fresh uses as those that are being stored and returns them; nil if there are none.
func (l *useLog) take() *uses {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	if len(l.fresh.actions) == 0 {
		return nil
	}
	l.written, l.fresh = l.fresh, newUses()
	return l.written
}

// keepOlder puts back the uses that were not repeated in the meantime.
func keepOlder[K comparable](fresh, old map[K]use) {
	for k, u := range old {
		if _, again := fresh[k]; !again {
			fresh[k] = u
		}
	}
}

// last returns the last use of an access key or role: the stored one, unless a later one
// is still in memory.
func (l *useLog) last(of func(*uses) map[holderKey]use, k holderKey, stored use) use {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, u := range []*uses{l.fresh, l.written} {
		if u == nil {
			continue
		}
		if last, ok := of(u)[k]; ok {
			return last
		}
	}
	return stored
}

func (s *Service) keyUse(account string, k *persistence.AccessKey) use {
	return s.uses.last(func(u *uses) map[holderKey]use { return u.keys }, holderKey{account, k.ID},
		use{k.LastUsedDate, k.LastUsedService, k.LastUsedRegion})
}

func (s *Service) roleUse(account string, r *persistence.Role) use {
	return s.uses.last(func(u *uses) map[holderKey]use { return u.roles }, holderKey{account, r.ID},
		use{at: r.LastUsedDate, region: r.LastUsedRegion})
}

// storeUses writes the uses, a limited number in a transaction.
func (s *Service) storeUses(ctx context.Context, u *uses) error {
	writes := make([]func(persistence.Tx) error, 0, len(u.actions)+len(u.keys)+len(u.roles))
	for k, at := range maps.All(u.actions) {
		writes = append(writes, func(tx persistence.Tx) error { return storeAccess(tx, k, at) })
	}
	for k, at := range maps.All(u.keys) {
		writes = append(writes, func(tx persistence.Tx) error { return storeKeyUse(tx, k, at) })
	}
	for k, at := range maps.All(u.roles) {
		writes = append(writes, func(tx persistence.Tx) error { return storeRoleUse(tx, k, at) })
	}
	for len(writes) > 0 {
		n := min(len(writes), usesPerUpdate)
		err := s.store.Update(ctx, func(tx persistence.Tx) error {
			for _, write := range writes[:n] {
				if err := write(tx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		writes = writes[n:]
	}
	return nil
}

// storeAccess does nothing for an entity that has been deleted since.
func storeAccess(tx persistence.Tx, k actionKey, u use) error {
	known, err := entityExists(tx, k.account, k.entityID)
	if err != nil || !known {
		return err
	}
	old, err := persistence.Accesses.Get(tx, k.account, k.entityID, k.service, k.action)
	if err == nil && old.Time.After(u.at) {
		return nil
	}
	if err := unlessAbsent(err); err != nil {
		return err
	}
	return persistence.Accesses.Put(tx, k.account, &persistence.Access{
		EntityID: k.entityID, Service: k.service, Action: k.action, Time: u.at, Region: u.region,
	})
}

// entityExists reports whether the ID is that of a user, of a role, or of the
// root user, whose ID is the account's.
func entityExists(tx persistence.Tx, account, id string) (bool, error) {
	if id == account {
		return true, nil
	}
	user, err1 := persistence.UsersByID.Any(tx, account, id)
	role, err2 := persistence.RolesByID.Any(tx, account, id)
	return user || role, errors.Join(err1, err2)
}

func storeKeyUse(tx persistence.Tx, k holderKey, u use) error {
	key, err := persistence.AccessKeys.Get(tx, k.account, k.id)
	if err != nil || key.LastUsedDate.After(u.at) {
		return unlessAbsent(err)
	}
	key.LastUsedDate, key.LastUsedService, key.LastUsedRegion = u.at, u.service, u.region
	return persistence.AccessKeys.Put(tx, k.account, key)
}

func storeRoleUse(tx persistence.Tx, k holderKey, u use) error {
	r, err := persistence.RolesByID.First(tx, k.account, k.id)
	if err != nil || r.LastUsedDate.After(u.at) {
		return unlessAbsent(err)
	}
	r.LastUsedDate, r.LastUsedRegion = u.at, u.region
	return persistence.Roles.Put(tx, k.account, r)
}
