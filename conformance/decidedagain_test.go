package conformance_test

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// holdStore is a store that holds a call before one of its transactions, while something
// else happens.
type holdStore struct {
	persistence.Store
	mu   sync.Mutex
	left int    // transactions that are not held
	do   func() // nil: none is held

	held, updates int // transactions since the last set that were held, and Updates among them
}

func (h *holdStore) View(ctx context.Context, f func(persistence.Tx) error) error {
	h.wait(ctx, 0)
	return h.Store.View(ctx, f)
}

func (h *holdStore) Update(ctx context.Context, f func(persistence.Tx) error) error {
	h.wait(ctx, 1)
	return h.Store.Update(ctx, f)
}

// wait holds a transaction of a call; what the server does by itself is not held.
func (h *holdStore) wait(ctx context.Context, update int) {
	if principal.FromContext(ctx).Request.ID == "" {
		return
	}
	if do := h.next(update); do != nil {
		do()
	}
}

// next is what is to be done before the next transaction, if anything is.
func (h *holdStore) next(update int) (do func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.do == nil {
		return nil
	}
	if h.left > 0 {
		h.left--
		return nil
	}
	do, h.do = h.do, nil
	h.held++
	h.updates += update
	return do
}

// set lets so many transactions go on, and then does something before the next one.
// It returns how many were held since the last time, and how many of them are Updates.
func (h *holdStore) set(left int, do func()) (held, updates int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	held, updates = h.held, h.updates
	h.left, h.do, h.held, h.updates = left, do, 0, 0
	return held, updates
}

// A revocation ends what a user may do, and gives it back.
type revocation struct {
	revoke, restore func()
	code            string // of the answers from then on
}

// withoutPolicy takes the policy of a user away, who may do the statements.
func (r *tour) withoutPolicy(user string, statements []string) revocation {
	return revocation{
		revoke: func() {
			testkit.Must(r.DeleteUserPolicy(r.ctx, &iam.DeleteUserPolicyInput{UserName: &user, PolicyName: aws.String("own")}))(r.t)
		},
		restore: func() { r.permit(user, statements...) },
		code:    "AccessDenied",
	}
}

// withoutKey makes the access key of a user inactive.
func (r *tour) withoutKey(user string) revocation {
	id := r.keyOf(user)
	status := func(s types.StatusType) func() {
		return func() {
			testkit.Must(r.UpdateAccessKey(r.ctx, &iam.UpdateAccessKeyInput{UserName: &user, AccessKeyId: id, Status: s}))(r.t)
		}
	}
	return revocation{status(types.StatusTypeInactive), status(types.StatusTypeActive), "InvalidClientTokenId"}
}

// revoked makes a call that is held before one of its transactions while the
// permission to make it ends: what it has left to do must not happen, and it is told
// so. If the call has no so many transactions it succeeds, and held is false.
func revoked[Out any](r *tour, call func() (*Out, error), left int, ends revocation) (out *Out, held bool) {
	r.t.Helper()
	before := pairs(r.t, r.holds.Store)
	r.holds.set(left, ends.revoke)
	out, err := call()
	n, updates := r.holds.set(0, nil)
	if n == 0 {
		return testkit.Must(out, err)(r.t), false
	}
	ends.restore()
	service, operation := operationOf(err)
	name := service + "." + operation
	if testkit.Code(err) != ends.code {
		r.t.Fatalf("%T held before transaction %d: %v; want %s", out, left+1, err, ends.code)
	}
	if diff := cmp.Diff(before, pairs(r.t, r.holds.Store)); diff != "" {
		r.t.Fatalf("%s held before transaction %d changed the store (-before +after):\n%s", name, left+1, diff)
	}
	r.seen.held[name] = true
	if updates > 0 {
		r.seen.heldUpdate[name] = true
	}
	return nil, true
}

// without takes the records of a table away.
func without(r *tour, owns func(key []byte) bool, code string) revocation {
	gone := map[string]string{}
	change := func(f func(tx persistence.Tx) error) func() {
		return func() {
			if err := r.holds.Store.Update(r.ctx, f); err != nil {
				r.t.Error(err)
			}
		}
	}
	return revocation{
		revoke: change(func(tx persistence.Tx) error {
			for key, value := range testkit.Pairs(r.t, r.holds.Store) {
				if owns([]byte(key)) {
					gone[key] = value
					if err := tx.Delete([]byte(key)); err != nil {
						return err
					}
				}
			}
			return nil
		}),
		restore: change(func(tx persistence.Tx) error {
			for key, value := range gone {
				if err := tx.Put([]byte(key), []byte(value)); err != nil {
					return err
				}
			}
			return nil
		}),
		code: code,
	}
}

// withoutTrust makes a role trust nobody.
func (r *tour) withoutTrust(name string) revocation {
	role := testkit.Must(r.GetRole(r.ctx, &iam.GetRoleInput{RoleName: &name}))(r.t).Role
	document, err := url.QueryUnescape(*role.AssumeRolePolicyDocument)
	if err != nil {
		r.t.Fatal(err)
	}
	put := func(document string) func() {
		return func() {
			testkit.Must(r.UpdateAssumeRolePolicy(r.ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: &name, PolicyDocument: &document}))(r.t)
		}
	}
	return revocation{put(strings.Replace(document, `"Allow"`, `"Deny"`, 1)), put(document), "AccessDenied"}
}

// pairs is what a store holds, without what was used when, which is stored at any
// time: the values of access keys, and the uses of services.
func pairs(t *testing.T, s persistence.Store) map[string]string {
	t.Helper()
	all := testkit.Pairs(t, s)
	for key := range all {
		if isUse(key) {
			delete(all, key)
		} else if persistence.AccessKeys.Owns([]byte(key)) {
			all[key] = ""
		}
	}
	return all
}

func isUse(key string) bool { return persistence.Accesses.Owns([]byte(key)) }

// changesState reports whether an operation changes what others see, by its name.
func changesState(name string) bool {
	_, operation, _ := strings.Cut(name, ".")
	for _, verb := range []string{"Get", "List", "Simulate", "Assume", "Decode"} {
		if strings.HasPrefix(operation, verb) {
			return false
		}
	}
	return true
}
