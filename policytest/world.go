package policytest

import (
	"context"
	"slices"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/seed"
	"github.com/understudy-iam/understudy/sts"
)

// world is the state of a file, in which its rows are decided.
type world struct {
	file       *File
	options    Options
	store      persistence.Store
	authorizer *authz.Authorizer
	account    string // whose principals are named without an account
	accounts   []string
	written    map[string]*seed.Written // by document
	people     []person                 // users and roles, by account; roles first
	documented []document
	sids       []string
	found      map[string][]person  // by what is written
	declared   map[string]*declared // by the resource's ARN
	texts      map[policyUse]string // policies that rows name
	paths      map[string]string    // the files of those in files, by document
	coverage   *coverage            // nil: it is not asked for
	explained  int                  // rows that were explained at length
}

func newWorld(ctx context.Context, f *File, o Options) (*world, error) {
	w := &world{
		file: f, options: o, store: memstore.New(), written: map[string]*seed.Written{}, found: map[string][]person{},
		declared: map[string]*declared{}, texts: map[policyUse]string{}, paths: map[string]string{},
	}
	if err := w.fill(ctx); err != nil {
		return nil, err
	}
	w.authorizer = authz.New(authz.Options{
		Store: w.store, Partition: w.options.Partition, Rules: slices.Concat(iam.Rules(), sts.Rules()), Managed: iam.ManagedDocument,
		Now: func() time.Time { return o.Now }, RootAssumeRole: true,
	})
	return w, w.view(ctx, w.look)
}

func (w *world) view(ctx context.Context, f func(persistence.Tx) error) error {
	return w.store.View(ctx, f)
}

// look finds who and what there is.
func (w *world) look(tx persistence.Tx) error {
	for id, err := range persistence.AllAccounts(tx) {
		if err != nil {
			return err
		}
		w.accounts = append(w.accounts, id)
	}
	switch {
	case w.file.account.given():
		w.account = w.file.account.value
	case len(w.accounts) == 1:
		w.account = w.accounts[0]
	default:
		w.account = defaultAccount
	}
	for _, id := range w.accounts {
		for _, kind := range []string{"role", "user"} {
			for h, err := range authz.Holders(tx, id, kind, nil) {
				if err != nil {
					return err
				}
				w.people = append(w.people, person{kind: kind, name: h.Name, account: id, arn: h.ARN(w.options.Partition)})
			}
		}
	}
	return w.lookAtDocuments(tx)
}

// lookAtDocuments collects what because may name, and what coverage is about.
func (w *world) lookAtDocuments(tx persistence.Tx) error {
	if w.options.Coverage {
		w.coverage = newCoverage(w)
	}
	for d, err := range w.documents(tx) {
		if err != nil {
			return err
		}
		w.sids = append(w.sids, sidsOf(d.policy.Document())...)
		w.documented = append(w.documented, d)
	}
	if w.coverage != nil {
		w.coverage.add(w.documented)
	}
	return nil
}

// source is where the files have the place of a document; nil if that is not known.
func (w *world) source(document string, at evaluator.Position) *decisions.Source {
	found := w.written[document]
	if path := w.paths[document]; path != "" && found == nil {
		return &decisions.Source{File: path, Line: at.Line, Column: at.Column}
	}
	if found == nil {
		return nil
	}
	place := found.Place(at)
	return &decisions.Source{File: found.File, Line: place.Line, Column: place.Column}
}

// facts are what records are told.
func (w *world) facts(ctx context.Context) decisions.Facts {
	return decisions.Facts{Source: w.source, Trust: func(account, stored string) string { return w.shownTrust(ctx, account, stored) }}
}

// shownTrust is a trust policy as GetRole shows it; one that cannot be read stays as it is
// stored.
func (w *world) shownTrust(ctx context.Context, account, stored string) string {
	shown := stored
	err := w.view(ctx, func(tx persistence.Tx) (err error) {
		shown, err = iam.ShownTrust(tx, w.options.Partition.In(account), stored)
		return err
	})
	if err != nil {
		return stored
	}
	return shown
}

// person is a user, role or root user.
type person struct {
	kind, name, account string
	arn                 string // of a role, not of its session; as it was written for a session
	label               string // how rows name who it is
	caller              principal.Principal
}
