package persistence_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
)

const account = "000000000000"

var created = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// update runs f on a store of its own and fails the test on an error.
func update(t *testing.T, f func(tx persistence.Tx) error) {
	t.Helper()
	store := memstore.New()
	defer store.Close()
	if err := store.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func user(name string) *persistence.User {
	return &persistence.User{Name: name, Path: "/", ID: "AIDA" + name, CreateDate: created}
}

func put(t *testing.T, tx persistence.Tx, account string, users ...*persistence.User) {
	t.Helper()
	for _, u := range users {
		if err := persistence.Users.Put(tx, account, u); err != nil {
			t.Fatal(err)
		}
	}
}

func names(t *testing.T, tx persistence.Tx, account string, after persistence.Key) []string {
	t.Helper()
	list := []string{}
	for u, err := range persistence.Users.Scan(tx, account, nil, after) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, u.Name)
	}
	return list
}

func TestARecordComesBackAsItWasPut(t *testing.T) {
	t.Parallel()
	update(t, func(tx persistence.Tx) error {
		want := user("Ana")
		want.Tags = []persistence.Tag{{Key: "k", Value: ""}, {Key: "", Value: "v"}}
		want.Boundary = "arn:aws:iam::aws:policy/X"
		put(t, tx, account, want)
		got, err := persistence.Users.Get(tx, account, "ana")
		if err != nil {
			return err
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("record (-want +got):\n%s", diff)
		}
		return nil
	})
}

func TestScanIsInOrderAndStaysInItsAccount(t *testing.T) {
	t.Parallel()
	update(t, func(tx persistence.Tx) error {
		put(t, tx, account, user("b"), user("A"), user("c"), user("ab"))
		put(t, tx, "000000000001", user("z"))
		if diff := cmp.Diff([]string{"A", "ab", "b", "c"}, names(t, tx, account, nil)); diff != "" {
			t.Errorf("all (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"b", "c"}, names(t, tx, account, persistence.Key{"ab"})); diff != "" {
			t.Errorf("behind ab (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"b", "c"}, names(t, tx, account, persistence.Key{"aba"})); diff != "" {
			t.Errorf("behind a position that is gone (-want +got):\n%s", diff)
		}
		return nil
	})
}

func TestCountFollowsPutAndDelete(t *testing.T) {
	t.Parallel()
	update(t, func(tx persistence.Tx) error {
		put(t, tx, account, user("a"), user("b"), user("a"))
		if n, err := persistence.Users.Count(tx, account); err != nil || n != 2 {
			t.Errorf("Count = %d, %v; want 2: replacing adds nothing", n, err)
		}
		if err := persistence.Users.Delete(tx, account, "a"); err != nil {
			return err
		}
		if err := persistence.Users.Delete(tx, account, "a"); !errors.Is(err, persistence.ErrNotFound) {
			t.Errorf("a second Delete = %v; want ErrNotFound", err)
		}
		if n, err := persistence.Users.Count(tx, account); err != nil || n != 1 {
			t.Errorf("Count = %d, %v; want 1", n, err)
		}
		if _, err := persistence.AccessKeys.Count(tx, account); err == nil {
			t.Error("a table without a count answered one")
		}
		return nil
	})
}

func TestIndexFollowsTheRecord(t *testing.T) {
	t.Parallel()
	const x, y = "arn:aws:iam::aws:policy/X", "arn:aws:iam::aws:policy/XY"
	update(t, func(tx persistence.Tx) error {
		u := user("a")
		u.Boundary = x
		put(t, tx, account, u)
		u.Boundary = y
		put(t, tx, account, u)
		for arn, want := range map[string]int{x: 0, y: 1} {
			if n, err := persistence.UsersByBoundary.Count(tx, account, arn); err != nil || n != want {
				t.Errorf("users with boundary %s = %d, %v; want %d", arn, n, err, want)
			}
		}
		got, err := persistence.UsersByID.First(tx, account, u.ID)
		if err != nil || got.Boundary != y {
			t.Errorf("First by ID = %+v, %v", got, err)
		}
		if err := persistence.Users.Delete(tx, account, "a"); err != nil {
			return err
		}
		if found, err := persistence.UsersByID.Any(tx, account, u.ID); err != nil || found {
			t.Errorf("the index has a deleted record: %v, %v", found, err)
		}
		if _, err := persistence.UsersByID.First(tx, account, u.ID); !errors.Is(err, persistence.ErrNotFound) {
			t.Errorf("First of a deleted record = %v; want ErrNotFound", err)
		}
		return nil
	})
}

func TestAnyTakesWholeKeyParts(t *testing.T) {
	t.Parallel()
	update(t, func(tx persistence.Tx) error {
		err := persistence.InlinePolicies.Put(tx, account, &persistence.InlinePolicy{EntityID: "AIDAX1", Name: "p"})
		if err != nil {
			return err
		}
		for id, want := range map[string]bool{"AIDAX1": true, "AIDAX": false, "": false} {
			if got, err := persistence.InlinePolicies.Any(tx, account, id); err != nil || got != want {
				t.Errorf("Any(%q) = %v, %v; want %v", id, got, err, want)
			}
		}
		return nil
	})
}

func TestNULInAKeyFindsAndStoresNothing(t *testing.T) {
	t.Parallel()
	update(t, func(tx persistence.Tx) error {
		put(t, tx, account, user("a"))
		if _, err := persistence.Users.Get(tx, account, "a\x00"); !errors.Is(err, persistence.ErrNotFound) {
			t.Errorf("Get = %v; want ErrNotFound", err)
		}
		if has, err := persistence.Users.Has(tx, account, "a\x00"); err != nil || has {
			t.Errorf("Has = %v, %v", has, err)
		}
		if err := persistence.Users.Put(tx, account, user("b\x00")); err == nil {
			t.Error("Put took a name with NUL")
		}
		for range persistence.Users.Scan(tx, account, persistence.Key{"a\x00"}, nil) {
			t.Error("Scan found something under a prefix with NUL")
		}
		return nil
	})
}

func TestDamagedRecordIsReported(t *testing.T) {
	t.Parallel()
	update(t, func(tx persistence.Tx) error {
		if err := tx.Put([]byte(account+"\x00user\x00x\x00"), []byte{0xff, 1, 2}); err != nil {
			return err
		}
		if _, err := persistence.Users.Get(tx, account, "x"); !errors.Is(err, persistence.ErrDamaged) {
			t.Errorf("Get = %v; want ErrDamaged", err)
		}
		for _, err := range persistence.Users.Scan(tx, account, nil, nil) {
			if !errors.Is(err, persistence.ErrDamaged) {
				t.Errorf("Scan = %v; want ErrDamaged", err)
			}
		}
		return nil
	})
}

func TestAllAccounts(t *testing.T) {
	t.Parallel()
	update(t, func(tx persistence.Tx) error {
		for _, id := range []string{"000000000002", "000000000000", "999999999999"} {
			if err := persistence.Accounts.Put(tx, id, &persistence.Account{ID: id, CreateDate: created}); err != nil {
				return err
			}
		}
		put(t, tx, "000000000002", user("a"), user("b"))
		put(t, tx, "000000000001", user("nobody registered this account"))
		var got []string
		for id, err := range persistence.AllAccounts(tx) {
			if err != nil {
				return err
			}
			got = append(got, id)
		}
		if diff := cmp.Diff([]string{"000000000000", "000000000002", "999999999999"}, got); diff != "" {
			t.Errorf("accounts (-want +got):\n%s", diff)
		}
		return nil
	})
}

func TestAnIndexThatPointsNowhereIsDamage(t *testing.T) {
	t.Parallel()
	update(t, func(tx persistence.Tx) error {
		put(t, tx, account, user("a"))
		if err := tx.Delete([]byte(account + "\x00user\x00a\x00")); err != nil {
			return err
		}
		if _, err := persistence.UsersByID.First(tx, account, "AIDAa"); !errors.Is(err, persistence.ErrDamaged) {
			t.Errorf("First = %v; want ErrDamaged", err)
		}
		for _, err := range persistence.UsersByID.Scan(tx, account, nil, nil) {
			if !errors.Is(err, persistence.ErrDamaged) {
				t.Errorf("Scan = %v; want ErrDamaged", err)
			}
		}
		return nil
	})
}
