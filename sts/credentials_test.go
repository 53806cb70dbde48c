package sts_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/internal/teststore"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
	stssvc "github.com/understudy-iam/understudy/sts"
)

func TestLookupOfLongTermKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ana := principal.Principal{Kind: principal.User, AccountID: account, ARN: anaARN, UserID: anaID, EntityID: anaID, Name: "ana",
		AccessKeyID: w.anaKey}
	root := func(account, key string) principal.Principal {
		return principal.Principal{Kind: principal.Root, AccountID: account, ARN: "arn:aws:iam::" + account + ":root", UserID: account,
			AccessKeyID: key}
	}
	inactive, orphan, roots := w.newKey(), w.newKey(), w.newKey()
	w.update(func(tx persistence.Tx) error {
		return errors.Join(
			persistence.AccessKeys.Put(tx, account, &persistence.AccessKey{ID: inactive, Secret: "s", UserID: anaID, Inactive: true}),
			persistence.AccessKeys.Put(tx, account, &persistence.AccessKey{ID: roots, Secret: "root's", UserID: account}),
			persistence.AccessKeys.Put(tx, account, &persistence.AccessKey{ID: orphan, Secret: "s", UserID: "AIDAGONE"}),
		)
	})
	for name, c := range map[string]struct {
		key, token string
		secret     string
		want       principal.Principal
	}{
		"a user's key":                          {w.anaKey, "", anaSecret, ana},
		"the bootstrap key":                     {"test", "", "secret", root(account, "test")},
		"an account ID":                         {"999988887777", "", "secret", root("999988887777", "999988887777")},
		"root's own key":                        {roots, "", "root's", root(account, roots)},
		"an inactive key":                       {key: inactive},
		"the key of a deleted user":             {key: orphan},
		"an unknown key":                        {key: w.newKey()},
		"no key":                                {},
		"a word":                                {key: "AKIA"},
		"a user's key with a token":             {key: w.anaKey, token: "t"},
		"the bootstrap key with a token":        {key: "test", token: "t"},
		"an account ID with a token":            {key: "999988887777", token: "t"},
		"eleven digits":                         {key: "99998888777"},
		"a temporary key without a token":       {key: "ASIA" + w.anaKey[4:]},
		"a temporary key with a long-term name": {key: "ASIA" + w.anaKey[4:], token: "x"},
	} {
		t.Run(name, func(t *testing.T) {
			secret, got, err := w.credentials.Lookup(t.Context(), c.key, c.token, "")
			want := ""
			if c.secret == "" {
				want = invalid
			}
			if testkit.Answer(err) != want || secret != c.secret {
				t.Fatalf("secret %q, error %q; want %q, %q", secret, testkit.Answer(err), c.secret, want)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("principal (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBootstrapKeysCanBeTurnedOff(t *testing.T) {
	t.Parallel()
	c := stssvc.NewCredentials(stssvc.CredentialsOptions{Store: teststore.New(t), Account: account, RootSecretAccessKey: "test"})
	for _, key := range []string{"", "test", account} {
		if _, _, err := c.Lookup(t.Context(), key, "", ""); testkit.Answer(err) != invalid {
			t.Errorf("key %q: %v", key, err)
		}
	}
}

// An account comes into being when its root user is first used, once.
func TestAccountIsMadeAtFirstUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	read := func() (a *persistence.Account, err error) {
		err = w.store.View(t.Context(), func(tx persistence.Tx) error {
			a, err = persistence.Accounts.Get(tx, "999988887777")
			return err
		})
		return a, err
	}
	if _, err := read(); !errors.Is(err, persistence.ErrNotFound) {
		t.Fatalf("before: %v", err)
	}
	if _, _, err := w.credentials.Lookup(t.Context(), "999988887777", "", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := read(); !errors.Is(err, persistence.ErrNotFound) {
		t.Fatalf("after a look-up for somebody who has not shown the secret: %v", err)
	}
	w.as("999988887777", "")
	first, err := read()
	if err != nil || !first.CreateDate.Equal(w.now.Truncate(time.Second)) || len(first.SealingKey) != 32 {
		t.Fatalf("after the first use: %+v, %v", first, err)
	}
	w.now = w.now.Add(time.Hour)
	w.as("999988887777", "")
	second, err := read()
	if diff := cmp.Diff(first, second); diff != "" || err != nil {
		t.Errorf("the second use changed it, %v:\n%s", err, diff)
	}
}

func TestAnAccountWithoutSealingKeyGetsOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.update(func(tx persistence.Tx) error {
		return persistence.Accounts.Put(tx, account, &persistence.Account{ID: account, Alias: "seeded", CreateDate: w.now})
	})
	out := w.mustAssume(w.ana(), toAudit())
	w.with(out.Credentials)
	err := w.store.View(t.Context(), func(tx persistence.Tx) error {
		a, err := persistence.Accounts.Get(tx, account)
		if err == nil && a.Alias != "seeded" {
			t.Error("the account's record was replaced")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestTemporaryCredentialsNameTheirSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	out := w.mustAssume(w.ana(), toAudit())
	c := out.Credentials
	secret, got, err := w.credentials.Lookup(t.Context(), *c.AccessKeyId, *c.SessionToken, "")
	if err != nil || secret != *c.SecretAccessKey {
		t.Fatalf("secret %q, %v; want %q", secret, err, *c.SecretAccessKey)
	}
	issued := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	want := principal.Principal{
		Kind: principal.AssumedRole, AccountID: account, ARN: "arn:aws:sts::111122223333:assumed-role/audit/night",
		UserID: auditID + ":night", EntityID: auditID, Name: "audit", EntityPath: "/checks/", SessionName: "night",
		AccessKeyID: *c.AccessKeyId,
		Session:     &principal.Session{Operation: "AssumeRole", IssuedAt: issued, ExpiresAt: issued.Add(time.Hour)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("principal (-want +got):\n%s", diff)
	}
}

func TestTemporaryCredentialsHaveAWSsForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	seen := map[string]bool{}
	for range 20 {
		c := w.mustAssume(w.ana(), toAudit()).Credentials
		if a, ok := principal.AccountOfAccessKey(*c.AccessKeyId); !ok || a != account || !strings.HasPrefix(*c.AccessKeyId, "ASIA") {
			t.Errorf("access key %s", *c.AccessKeyId)
		}
		if _, err := base64.StdEncoding.DecodeString(*c.SecretAccessKey); err != nil || len(*c.SecretAccessKey) != 40 {
			t.Errorf("secret %s", *c.SecretAccessKey)
		}
		if !strings.HasPrefix(*c.SessionToken, "IQoJb3JpZ2luX2Vj") {
			t.Errorf("token %s", *c.SessionToken)
		}
		for _, s := range []string{*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken} {
			if seen[s] {
				t.Errorf("%s was given out twice", s)
			}
			seen[s] = true
		}
	}
}

func TestCredentialsExpire(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.mustAssume(w.ana(), toAudit()).Credentials
	for name, step := range map[string]struct {
		at   time.Time
		want string
	}{
		"a second before the end": {c.Expiration.Add(-time.Second), ""},
		"at the end":              {*c.Expiration, "ExpiredToken: The security token included in the request is expired"},
		"a year later":            {c.Expiration.AddDate(1, 0, 0), "ExpiredToken: The security token included in the request is expired"},
	} {
		w.now = step.at
		if _, _, err := w.credentials.Lookup(t.Context(), *c.AccessKeyId, *c.SessionToken, ""); testkit.Answer(err) != step.want {
			t.Errorf("%s: %q, want %q", name, testkit.Answer(err), step.want)
		}
	}
}

// Every change of any byte of a token, and of the key it goes with, is refused.
func TestTamperedTokensAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.mustAssume(w.ana(), toAudit()).Credentials
	elsewhere := w.mustAssume(w.ana(), toAudit()).Credentials
	w.inline(account, anaID, allow("sts:AssumeRole"))
	toVault := toAudit()
	*toVault.RoleArn = vault
	foreign := w.mustAssume(w.ana(), toVault).Credentials
	raw, err := base64.StdEncoding.DecodeString(*c.SessionToken)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what, key, token string) {
		t.Helper()
		if _, _, err := w.credentials.Lookup(t.Context(), key, token, ""); testkit.Answer(err) != invalid {
			t.Errorf("%s: %q", what, testkit.Answer(err))
		}
	}
	for i := range raw {
		for _, bit := range []byte{1, 128} {
			changed := append([]byte{}, raw...)
			changed[i] ^= bit
			refused("a bit changed", *c.AccessKeyId, base64.StdEncoding.EncodeToString(changed))
		}
		refused("cut", *c.AccessKeyId, base64.StdEncoding.EncodeToString(raw[:i]))
	}
	refused("longer", *c.AccessKeyId, base64.StdEncoding.EncodeToString(append(raw, 0)))
	for i := range *c.SessionToken {
		refused("a character changed", *c.AccessKeyId, (*c.SessionToken)[:i]+"*"+(*c.SessionToken)[i+1:])
	}
	refused("another spelling", *c.AccessKeyId, *c.SessionToken+"\n")
	refused("no token", *c.AccessKeyId, "")
	refused("the token of another key", *c.AccessKeyId, *elsewhere.SessionToken)
	refused("the key of another token", *elsewhere.AccessKeyId, *c.SessionToken)
	refused("another account's token", *c.AccessKeyId, *foreign.SessionToken)
	refused("another account's key", *foreign.AccessKeyId, *c.SessionToken)
	refused("the long-term key's prefix", "AKIA"+(*c.AccessKeyId)[4:], *c.SessionToken)
}

func TestDeletingTheIssuerKillsItsSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	role := w.mustAssume(w.ana(), toAudit()).Credentials
	user, err := w.service.GetSessionToken(w.ana(), &sts.GetSessionTokenInput{})
	if err != nil {
		t.Fatal(err)
	}
	w.update(func(tx persistence.Tx) error {
		return errors.Join(
			persistence.Roles.Delete(tx, account, "audit"),
			persistence.Users.Delete(tx, account, "ana"),
		)
	})
	gone := func(when string) {
		t.Helper()
		for _, key := range [][2]string{
			{*role.AccessKeyId, *role.SessionToken}, {*user.Credentials.AccessKeyId, *user.Credentials.SessionToken}, {w.anaKey, ""},
		} {
			if _, _, err := w.credentials.Lookup(t.Context(), key[0], key[1], ""); testkit.Answer(err) != invalid {
				t.Errorf("%s, %s: %q", when, key[0], testkit.Answer(err))
			}
		}
	}
	gone("deleted")
	w.role(account, persistence.Role{Name: "audit", Path: "/checks/", ID: "AROANEW", TrustPolicy: trust(anaID), MaxSessionDuration: 3600})
	w.update(func(tx persistence.Tx) error {
		return persistence.Users.Put(tx, account, &persistence.User{Name: "ana", Path: "/staff/", ID: "AIDANEW"})
	})
	gone("made again")
}

// Tokens need nothing but the store: another process on it takes them.
func TestTokensOutliveTheProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.mustAssume(w.ana(), toAudit()).Credentials
	second := stssvc.NewCredentials(stssvc.CredentialsOptions{Store: w.store, Now: func() time.Time { return w.now }})
	secret, _, err := second.Lookup(t.Context(), *c.AccessKeyId, *c.SessionToken, "")
	if err != nil || secret != *c.SecretAccessKey {
		t.Errorf("secret %q, %v", secret, err)
	}
	strange := stssvc.NewCredentials(stssvc.CredentialsOptions{Store: teststore.New(t), Now: func() time.Time { return w.now }})
	if _, _, err := strange.Lookup(t.Context(), *c.AccessKeyId, *c.SessionToken, ""); testkit.Answer(err) != invalid {
		t.Errorf("on another store: %v", err)
	}
}

func TestIssuingWritesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustAssume(w.ana(), toAudit()) // makes the account
	version := func() (n uint64) {
		_ = w.store.View(t.Context(), func(tx persistence.Tx) error { n, _ = persistence.Version(tx); return nil })
		return n
	}
	before := version()
	w.mustAssume(w.ana(), toAudit())
	if _, err := w.service.GetSessionToken(w.ana(), &sts.GetSessionTokenInput{}); err != nil {
		t.Fatal(err)
	}
	if after := version(); after != before || after == 0 {
		t.Errorf("the store went from state %d to %d", before, after)
	}
}

func TestFaultsOfStoreAndRandomness(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := w.ana()
	session := w.mustAssume(ctx, toAudit()).Credentials
	broken := stssvc.New(stssvc.Options{Store: w.store, Random: failing{}, Authorizer: w.authorizer})
	if _, err := broken.GetSessionToken(ctx, &sts.GetSessionTokenInput{}); err == nil {
		t.Error("credentials without randomness")
	}
	fresh := stssvc.NewCredentials(stssvc.CredentialsOptions{Store: teststore.New(t), Random: failing{}, AccountKeys: true})
	if err := fresh.Admit(t.Context(), &principal.Principal{Kind: principal.Root, AccountID: account}); err == nil {
		t.Error("an account without randomness")
	}
	w.update(func(tx persistence.Tx) error {
		return persistence.Accounts.Put(tx, account, &persistence.Account{ID: account, SealingKey: []byte("short")})
	})
	if _, _, err := w.credentials.Lookup(t.Context(), *session.AccessKeyId, *session.SessionToken, ""); !errors.Is(err,
		persistence.ErrDamaged) {
		t.Errorf("with a damaged sealing key: %v", err)
	}
	if _, err := w.service.GetSessionToken(ctx, &sts.GetSessionTokenInput{}); !errors.Is(err, persistence.ErrDamaged) {
		t.Errorf("issuing with a damaged sealing key: %v", err)
	}
	_ = w.store.Close()
	if _, err := w.assume(ctx, toAudit()); !errors.Is(err, persistence.ErrClosed) {
		t.Errorf("AssumeRole with a closed store: %v", err)
	}
	if _, err := w.service.AssumeRole(ctx, toAudit()); !errors.Is(err, persistence.ErrClosed) {
		t.Errorf("AssumeRole itself with a closed store: %v", err)
	}
	for _, key := range [][2]string{{w.anaKey, ""}, {*session.AccessKeyId, *session.SessionToken}} {
		if _, _, err := w.credentials.Lookup(t.Context(), key[0], key[1], ""); !errors.Is(err, persistence.ErrClosed) {
			t.Errorf("key %s with a closed store: %v", key[0], err)
		}
	}
	if err := w.credentials.Admit(t.Context(), &principal.Principal{
		Kind: principal.Root, AccountID: account,
	}); !errors.Is(err, persistence.ErrClosed) {
		t.Errorf("root with a closed store: %v", err)
	}
}
