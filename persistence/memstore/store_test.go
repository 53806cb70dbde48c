package memstore_test

import (
	"testing"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/persistence/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) persistence.Store {
		return memstore.New()
	})
}
