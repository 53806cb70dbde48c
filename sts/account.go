package sts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/understudy-iam/understudy/persistence"
)

// accounts opens accounts: an Account record comes into being when the account
// is first used, and its sealing key with it.
type accounts struct {
	store  persistence.Store
	clock  func() time.Time
	random io.Reader

	sealers sync.Map // of *sealer, by the sealing key itself, so none is ever out of date
}

// sealer returns what seals and opens the tokens of an account.
func (a *accounts) sealer(ctx context.Context, account string) (*sealer, error) {
	key, err := a.open(ctx, account)
	if err != nil {
		return nil, err
	}
	return a.sealerOf(key)
}

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
	a.sealers.Store([sealingKeySize]byte(key), s)
	return s, nil
}

// open returns the account's sealing key and makes what is missing.
func (a *accounts) open(ctx context.Context, account string) ([]byte, error) {
	var key []byte
	err := a.store.View(ctx, func(tx persistence.Tx) error {
		var err error
		key, err = sealingKey(tx, account)
		return err
	})
	if err != nil || key != nil {
		return key, err
	}
	fresh := make([]byte, sealingKeySize)
	if _, err := io.ReadFull(a.random, fresh); err != nil {
		return nil, fmt.Errorf("sts: sealing key: %w", err)
	}
	now := a.clock().UTC().Truncate(time.Second)
	err = a.store.Update(ctx, func(tx persistence.Tx) error {
		r, err := persistence.Accounts.Get(tx, account)
		if errors.Is(err, persistence.ErrNotFound) {
			r, err = &persistence.Account{ID: account, CreateDate: now}, nil
		}
		if err != nil {
			return err
		}
		if r.SealingKey == nil { // somebody else may have come first
			r.SealingKey = fresh
		}
		key = r.SealingKey
		return persistence.Accounts.Put(tx, account, r)
	})
	return key, err
}

// sealingKey reads the account's key; nil if there is none yet.
func sealingKey(tx persistence.Tx, account string) ([]byte, error) {
	r, err := persistence.Accounts.Get(tx, account)
	if errors.Is(err, persistence.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return r.SealingKey, nil
}
