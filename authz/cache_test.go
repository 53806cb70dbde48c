package authz

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/understudy-iam/understudy/evaluator"
)

const document = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}]}`

func compiled(t *testing.T, c *cache, k policyKey, text string) *evaluator.Policy {
	t.Helper()
	p, err := c.compile(&k, text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCacheGivesTheSamePolicyForTheSameText(t *testing.T) {
	t.Parallel()
	var c cache
	k := policyKey{kind: evaluator.Identity, holder: "user", owner: "ana", name: "p", document: document}
	first := compiled(t, &c, k, document)
	if compiled(t, &c, k, document) != first {
		t.Error("the same text is compiled twice")
	}
	for name, change := range map[string]func(*policyKey){
		"another kind":   func(k *policyKey) { k.kind = evaluator.Boundary },
		"another holder": func(k *policyKey) { k.owner = "bob" },
		"another text":   func(k *policyKey) { k.document += " " },
	} {
		other := k
		change(&other)
		if compiled(t, &c, other, other.document) == first {
			t.Errorf("%s gives the same policy", name)
		}
	}
}

func TestCacheIsBoundedAndKeepsWhatIsUsed(t *testing.T) {
	t.Parallel()
	var c cache
	used := policyKey{name: "used", document: document}
	first := compiled(t, &c, used, document)
	padded := document + strings.Repeat(" ", 3*cacheBytes/cacheEntries)
	for i := range 3 * cacheEntries {
		compiled(t, &c, policyKey{name: fmt.Sprint(i), document: padded}, padded)
		if i%1000 == 0 && compiled(t, &c, used, document) != first {
			t.Fatalf("after %d others the used policy is gone", i)
		}
	}
	if n := len(c.young) + len(c.old); n > 2*cacheEntries {
		t.Errorf("%d entries", n)
	}
	if n := (len(c.young) + len(c.old)) * len(padded); n > 2*cacheBytes+2*len(padded) {
		t.Errorf("%d bytes of documents", n)
	}
}

func TestCacheInParallel(t *testing.T) {
	t.Parallel()
	var c cache
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for i := range 500 {
				k := policyKey{name: fmt.Sprint((g + i) % 50), document: document}
				if p, err := c.compile(&k, document); err != nil || p.Origin().ID != k.name {
					t.Errorf("policy %v, %v", p, err)
				}
			}
		})
	}
	group.Wait()
}
