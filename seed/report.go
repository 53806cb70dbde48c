package seed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/understudy-iam/understudy/persistence"
)

// Report says what a seed has changed, or would change.
type Report struct {
	Changes []Changes // by kind, in the order of their names; kinds without changes are left out

	// Diff is the difference between Export's output before and after, without secrets,
	// as a unified diff; empty unless Options.Diff is set.
	Diff string
}

// Changes says how many things of a kind were made, changed and removed.
type Changes struct {
	Kind                   string // such as "user" or "inline policy"
	Made, Changed, Removed int
}

// String returns the report in a line, such as "made 2 users and 1 role; changed 1 policy".
func (r *Report) String() string {
	var parts []string
	for _, verb := range []struct {
		name  string
		count func(*Changes) int
	}{
		{"made", func(c *Changes) int { return c.Made }},
		{"changed", func(c *Changes) int { return c.Changed }},
		{"removed", func(c *Changes) int { return c.Removed }},
	} {
		var things []string
		for i := range r.Changes {
			if n := verb.count(&r.Changes[i]); n > 0 {
				things = append(things, fmt.Sprint(n, " ", plural(r.Changes[i].Kind, n)))
			}
		}
		if len(things) > 0 {
			parts = append(parts, verb.name+" "+enumerate(things))
		}
	}
	if len(parts) == 0 {
		return "nothing has changed"
	}
	return strings.Join(parts, "; ")
}

// enumerate joins words as "a", "a and b" or "a, b and c".
func enumerate(things []string) string {
	last := len(things) - 1
	if last == 0 {
		return things[0]
	}
	return strings.Join(things[:last], ", ") + " and " + things[last]
}

// plural returns the name of a kind for n things, such as "keys of outbound federation".
func plural(kind string, n int) string {
	if n == 1 {
		return kind
	}
	kind, of, found := strings.Cut(kind, " of ")
	if found {
		of = " of " + of
	}
	switch base, isPolicy := strings.CutSuffix(kind, "policy"); {
	case isPolicy:
		return base + "policies" + of
	case strings.HasSuffix(kind, "s"):
		return kind + "es" + of
	}
	return kind + "s" + of
}

// kinds are the names of kinds, by table, where they differ from the name of the table
// with spaces.
var kinds = map[string]string{
	"inline": "inline policy", "member": "group membership", "mfa": "MFA device", "oidc-provider": "OIDC provider",
	"saml-provider": "SAML provider", "ssh-key": "SSH public key", "service-credential": "service-specific credential",
	"service-alias": "alias of service-specific credentials", "idp-key": "key of the identity provider",
	"token-key": "key of outbound federation", "access": "record of last use",
	"owned-delegation": "accepted delegation request",
}

func kindOf(table string) string {
	if kind := kinds[table]; kind != "" {
		return kind
	}
	return strings.ReplaceAll(table, "-", " ")
}

// noted is a transaction that keeps a hash of the former value of each record that it
// writes.
type noted struct {
	persistence.Tx
	hash   maphash.Seed
	before map[string]uint64 // by key; 0: there was no record
}

func newNoted(tx persistence.Tx) *noted {
	return &noted{tx, maphash.MakeSeed(), map[string]uint64{}}
}

// Put implements persistence.Tx.
func (n *noted) Put(key, value []byte) error {
	if err := n.note(key); err != nil {
		return err
	}
	return n.Tx.Put(key, value)
}

// Delete implements persistence.Tx.
func (n *noted) Delete(key []byte) error {
	if err := n.note(key); err != nil {
		return err
	}
	return n.Tx.Delete(key)
}

func (n *noted) note(key []byte) error {
	if _, ok := persistence.TableOf(key); !ok {
		return nil
	}
	if _, ok := n.before[string(key)]; ok {
		return nil
	}
	sum, err := n.sum(key)
	if err == nil {
		n.before[string(key)] = sum
	}
	return err
}

// sum returns the hash of the record with the key; 0 if there is none.
func (n *noted) sum(key []byte) (uint64, error) {
	value, err := n.Get(key)
	switch {
	case errors.Is(err, persistence.ErrNotFound):
		return 0, nil
	case err != nil:
		return 0, err
	}
	return maphash.Bytes(n.hash, value) | 1, nil
}

// changes compares the records with their former values.
func (n *noted) changes() ([]Changes, error) {
	byKind := map[string]*Changes{}
	for key, before := range n.before {
		after, err := n.sum([]byte(key))
		if err != nil {
			return nil, err
		}
		if before == after {
			continue
		}
		table, _ := persistence.TableOf([]byte(key))
		c := byKind[table]
		if c == nil {
			c = &Changes{Kind: kindOf(table)}
			byKind[table] = c
		}
		switch {
		case before == 0:
			c.Made++
		case after == 0:
			c.Removed++
		default:
			c.Changed++
		}
	}
	var list []Changes
	for _, c := range byKind {
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b Changes) int { return strings.Compare(a.Kind, b.Kind) })
	return list, nil
}

// errDry ends a transaction that is run only for its report.
var errDry = errors.New("seed: a dry run writes nothing")

// reported runs write on the transaction and makes its report.
func (o Options) reported(ctx context.Context, tx persistence.Tx, write func(persistence.Tx) error) (*Report, error) {
	var before bytes.Buffer
	if err := o.exportForDiff(ctx, tx, &before); err != nil {
		return nil, err
	}
	n := newNoted(tx)
	if err := write(n); err != nil {
		return nil, err
	}
	changes, err := n.changes()
	if err != nil {
		return nil, err
	}
	r := &Report{Changes: changes}
	var after bytes.Buffer
	if err := o.exportForDiff(ctx, tx, &after); err != nil {
		return nil, err
	}
	if o.Diff {
		r.Diff = string(diff.Diff("before", before.Bytes(), "after", after.Bytes()))
	}
	return r, nil
}

func (o Options) exportForDiff(ctx context.Context, tx persistence.Tx, into *bytes.Buffer) error {
	if !o.Diff {
		return nil
	}
	return Export(ctx, into, ExportOptions{Store: inside{tx}})
}
