package audit_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/audit"
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/seed"
	"github.com/understudy-iam/understudy/sts"
)

const account = "111122223333"

// now is when audits are made.
var now = time.Date(2026, time.December, 1, 12, 0, 0, 0, time.UTC)

// world is a state that is audited.
type world struct {
	store      persistence.Store
	authorizer *authz.Authorizer
}

func newWorld(t testing.TB, texts ...string) *world {
	t.Helper()
	w := &world{store: memstore.New()}
	w.authorizer = authz.New(authz.Options{
		Store: w.store, Rules: slices.Concat(iam.Rules(), sts.Rules()), Managed: iam.ManagedDocument, Now: func() time.Time { return now },
	})
	for _, text := range texts {
		w.apply(t, text)
	}
	return w
}

// apply adds what a seed says.
func (w *world) apply(t testing.TB, text string) {
	t.Helper()
	o := seed.Options{Store: w.store, Now: func() time.Time { return now }}
	if err := seed.Apply(context.Background(), o, "seed.yaml", []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func (w *world) audit(t testing.TB, change ...func(*audit.Options)) *audit.Report {
	t.Helper()
	o := audit.Options{Store: w.store, Authorizer: w.authorizer, Account: account, Now: now}
	for _, f := range change {
		f(&o)
	}
	r, err := audit.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// of are the IDs of the findings about a principal, in order, each once.
func of(r *audit.Report, principal string) (ids []string) {
	for _, f := range r.Findings {
		if strings.HasSuffix(f.Principal, principal) {
			ids = append(ids, f.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// finding is the first finding with the ID about a principal; nil if there is none.
func finding(r *audit.Report, id, principal string) *audit.Finding {
	i := slices.IndexFunc(r.Findings, func(f audit.Finding) bool { return f.ID == id && strings.HasSuffix(f.Principal, principal) })
	if i < 0 {
		return nil
	}
	return &r.Findings[i]
}
