package persistence_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
)

func TestNamesAreFoundInAnyCase(t *testing.T) {
	t.Parallel()
	update(t, func(tx persistence.Tx) error {
		put(t, tx, account, user("Ana"), user("BEN"))
		for _, name := range []string{"ana", "ANA", "Ana"} {
			u, err := persistence.Users.Get(tx, account, name)
			if err != nil || u.Name != "Ana" {
				t.Errorf("%s: %v, %v", name, u, err)
			}
			if has, err := persistence.Users.Has(tx, account, name); !has || err != nil {
				t.Errorf("%s: has %v, %v", name, has, err)
			}
		}
		if diff := cmp.Diff([]string{"BEN"}, names(t, tx, account, persistence.Key{"ANA"})); diff != "" {
			t.Errorf("behind ANA (-want +got):\n%s", diff)
		}
		if err := persistence.Users.Delete(tx, account, "bEn"); err != nil {
			t.Error(err)
		}
		return nil
	})
}

// Only names are folded: IDs and ARNs differ by case.
func TestOtherPartsOfKeysAreTakenAsTheyAre(t *testing.T) {
	t.Parallel()
	update(t, func(tx persistence.Tx) error {
		p := &persistence.InlinePolicy{EntityID: "AIDA1", Name: "Read"}
		if err := persistence.InlinePolicies.Put(tx, account, p); err != nil {
			t.Fatal(err)
		}
		if _, err := persistence.InlinePolicies.Get(tx, account, "AIDA1", "READ"); err != nil {
			t.Error(err)
		}
		if _, err := persistence.InlinePolicies.Get(tx, account, "aida1", "Read"); !errors.Is(err, persistence.ErrNotFound) {
			t.Errorf("by another ID: %v", err)
		}
		return nil
	})
}

func TestKeyIsThePositionOfARecord(t *testing.T) {
	t.Parallel()
	a := &persistence.Attachment{EntityID: "AIDA1", PolicyName: "ReadOnly", PolicyARN: "arn:aws:iam::aws:policy/ReadOnly"}
	want := persistence.Key{"AIDA1", "readonly", "arn:aws:iam::aws:policy/ReadOnly"}
	if diff := cmp.Diff(want, persistence.Attachments.Key(a)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if a.PolicyName != "ReadOnly" {
		t.Error("the record was changed")
	}
}

func TestCompareNames(t *testing.T) {
	t.Parallel()
	list := []string{"b", "A", "B2", "aa"}
	slices.SortFunc(list, persistence.CompareNames)
	if diff := cmp.Diff([]string{"A", "aa", "b", "B2"}, list); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !persistence.SameName("App", "aPP") || persistence.SameName("App", "Apps") {
		t.Error("names are not told apart by letters alone")
	}
}

func TestReplaceMovesARecordWhoseNameWasChanged(t *testing.T) {
	t.Parallel()
	update(t, func(tx persistence.Tx) error {
		put(t, tx, account, user("Ana"), user("Ben"))
		rename := func(from, to string) error {
			u, err := persistence.Users.Get(tx, account, from)
			if err != nil {
				t.Fatal(err)
			}
			was := persistence.Users.Key(u)
			u.Name = to
			return persistence.Users.Replace(tx, account, was, u)
		}
		if err := rename("Ana", "BEN"); !errors.Is(err, persistence.ErrExists) {
			t.Errorf("to a name that another has: %v", err)
		}
		if err := rename("Ana", "ANA"); err != nil {
			t.Errorf("to other letters of the same name: %v", err)
		}
		if err := rename("ana", "Cleo"); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"Ben", "Cleo"}, names(t, tx, account, nil)); diff != "" {
			t.Errorf("afterwards (-want +got):\n%s", diff)
		}
		if n, err := persistence.Users.Count(tx, account); n != 2 || err != nil {
			t.Errorf("counted %d, %v", n, err)
		}
		return nil
	})
}

func TestChangePutsBackWhatHasNoError(t *testing.T) {
	t.Parallel()
	update(t, func(tx persistence.Tx) error {
		put(t, tx, account, user("Ana"))
		refused := errors.New("refused")
		to := func(path string, err error) func(*persistence.User) error {
			return func(u *persistence.User) error {
				u.Path = path
				return err
			}
		}
		if err := persistence.Users.Change(tx, account, to("/a/", nil), "ana"); err != nil {
			t.Error(err)
		}
		if err := persistence.Users.Change(tx, account, to("/b/", refused), "Ana"); !errors.Is(err, refused) {
			t.Errorf("with an error: %v", err)
		}
		if err := persistence.Users.Change(tx, account, to("/c/", nil), "Ben"); !errors.Is(err, persistence.ErrNotFound) {
			t.Errorf("of nobody: %v", err)
		}
		if u, err := persistence.Users.Get(tx, account, "Ana"); err != nil || u.Path != "/a/" {
			t.Errorf("afterwards %v, %v", u, err)
		}
		return nil
	})
}
