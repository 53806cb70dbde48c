package sts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// accounts opens accounts: an Account record comes into being when the account
// is first used, and its sealing key with it.
type accounts struct {
	partition principal.Partition
	store     persistence.Store
	clock     func() time.Time
	random    io.Reader
	room      *room // nil: as many accounts as come
	kept      persistence.StateCache[string, persistence.Account]

	sealers sync.Map // of *sealer, by the sealing key itself, so that none can be out of date
	held    atomic.Int32
}

// maxSealers bounds the sealers that are kept. Each reset makes new keys; a sealer
// that is not kept is made again.
const maxSealers = 4096

// sealerOf returns the sealer of the account that has the key.
func (a *accounts) sealerOf(key []byte) (*sealer, error) {
	if len(key) != sealingKeySize {
		return nil, fmt.Errorf("%w: a sealing key of %d bytes", persistence.ErrDamaged, len(key))
	}
	if s, ok := a.sealers.Load([sealingKeySize]byte(key)); ok {
		return s.(*sealer), nil
	}
	s, err := newSealer(key)
	if err != nil {
		return nil, err
	}
	if a.held.Add(1) > maxSealers {
		a.sealers.Clear()
		a.held.Store(1)
	}
	a.sealers.Store([sealingKeySize]byte(key), s)
	return s, nil
}

// open returns the account's sealing key and makes what is missing.
func (a *accounts) open(ctx context.Context, account string) ([]byte, error) {
	var key []byte
	err := a.store.View(ctx, func(tx persistence.Tx) error {
		var err error
		key, err = a.sealingKey(tx, account)
		return err
	})
	if err != nil || key != nil {
		return key, err
	}
	if err := a.room.take(ctx); err != nil {
		return nil, err
	}
	fresh, err := a.fresh(account)
	if err != nil {
		return nil, err
	}
	err = a.store.Update(ctx, func(tx persistence.Tx) error {
		r, err := openAs(tx, fresh)
		if err == nil {
			key = r.SealingKey
		}
		return err
	})
	return key, err
}

// fresh makes an account with a new sealing key.
func (a *accounts) fresh(account string) (*persistence.Account, error) {
	key := make([]byte, sealingKeySize)
	if _, err := io.ReadFull(a.random, key); err != nil {
		return nil, fmt.Errorf("sts: sealing key: %w", err)
	}
	return &persistence.Account{
		ID: account, Partition: a.partition.Mark(), CreateDate: a.clock().UTC().Truncate(time.Second), SealingKey: key,
	}, nil
}

// openAs opens an account. What it already has, perhaps from another process, is kept; what it
// lacks is taken from fresh.
func openAs(tx persistence.Tx, fresh *persistence.Account) (*persistence.Account, error) {
	r, err := persistence.Accounts.Get(tx, fresh.ID)
	switch {
	case errors.Is(err, persistence.ErrNotFound):
		r = fresh
	case err != nil:
		return nil, err
	case r.SealingKey == nil:
		r.SealingKey = fresh.SealingKey
	default:
		return r, nil
	}
	return r, persistence.Accounts.Put(tx, fresh.ID, r)
}

// errNotOpened is returned by opened for an account that nobody has used.
var errNotOpened = errors.New("sts: the account is not open")

// opened reads an account that has a sealing key.
func (a *accounts) opened(tx persistence.Tx, account string) (*persistence.Account, error) {
	r, err := a.read(tx, account)
	if errors.Is(err, persistence.ErrNotFound) || err == nil && r.SealingKey == nil {
		return nil, errNotOpened
	}
	return r, err
}

// read reads an account. The caller must not change it: the record is shared between calls.
func (a *accounts) read(tx persistence.Tx, account string) (*persistence.Account, error) {
	if r := a.kept.Get(tx, account); r != nil {
		return r, nil
	}
	tx = persistence.Noting(tx)
	r, err := persistence.Accounts.Get(tx, account)
	if err == nil {
		a.kept.Put(tx, account, r)
	}
	return r, err
}

// sealingKey reads the account's key; nil if there is none yet.
func (a *accounts) sealingKey(tx persistence.Tx, account string) ([]byte, error) {
	r, err := a.read(tx, account)
	if errors.Is(err, persistence.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return r.SealingKey, nil
}
