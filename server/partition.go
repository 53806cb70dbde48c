package server

import (
	"context"
	"fmt"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// in is an account in the server's partition, which spells ARNs.
func (s *Server) in(account string) principal.Account {
	return s.options.Partition.In(account)
}

// checkPartition refuses a store whose state belongs to another partition: its ARNs
// would name nothing here.
func checkPartition(store persistence.Store, p principal.Partition) error {
	if _, err := principal.ParsePartition(string(p)); err != nil {
		return fmt.Errorf("server: the partition %w", err)
	}
	return store.View(context.Background(), func(tx persistence.Tx) error {
		for a, err := range persistence.AccountRecords(tx) {
			if err != nil {
				return err
			}
			if made := principal.Partition(a.Partition); a.Partition != p.Mark() {
				return fmt.Errorf("the state is of the partition %s, and the server is to be in %s, where its ARNs name nothing; start the server with --partition %s, or with another --data-dir", made, p, made)
			}
		}
		return nil
	})
}
