package seed_test

import (
	"context"
	"fmt"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/seed"
)

func ExampleApply() {
	store := memstore.New()
	fmt.Println(seed.Apply(context.Background(), seed.Options{Store: store}, "team.yaml", []byte(`
accounts:
- id: "111122223333"
  groups:
  - {name: devs, policies: [ReadOnlyAccess]}
  users:
  - {name: ana, groups: [devs]}
  - {name: bob, groups: [ops]}
`)))
	err := seed.Apply(context.Background(), seed.Options{Store: store}, "team.yaml", []byte(`
accounts:
- id: "111122223333"
  users:
  - {name: ana, path: /staff/}
`))
	_ = store.View(context.Background(), func(tx persistence.Tx) error {
		u, _ := persistence.Users.Get(tx, "111122223333", "ana")
		fmt.Println(err, u.Path+u.Name)
		return nil
	})
	// Output:
	// team.yaml:8: group ops: NoSuchEntity: The group with name ops cannot be found.
	// <nil> /staff/ana
}
