package pgstore

import (
	"bytes"
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/overlay"
)

// A scan reads pages, so that its reader can ask for something else meanwhile. The first is
// small, since many scans end soon; the size of the next depends on how large the values are.
const (
	firstPage = 128 // AWS's pages have 100, and one more tells that there are more
	longPage  = 1_600
	pageBytes = 1 << 20
)

// scanStored yields what the database has.
func (t *tx) scanStored(prefix, after []byte) iter.Seq2[persistence.Item, error] {
	return func(yield func(persistence.Item, error) bool) {
		from, end := full(overlay.First(prefix, after)), successor(prefix)
		for limit := firstPage; ; {
			page, size, err := t.page(from, end, limit)
			if err != nil {
				yield(persistence.Item{}, err)
				return
			}
			for _, item := range page {
				if !yield(item, nil) {
					return
				}
			}
			if len(page) < limit {
				return
			}
			from = append(bytes.Clone(page[len(page)-1].Key), 0)
			limit = nextLimit(limit, size)
		}
	}
}

// nextLimit is the number of pairs of the page after one with so many in so many bytes.
func nextLimit(limit, size int) int {
	if size > pageBytes {
		return max(1, limit*pageBytes/size)
	}
	return min(2*limit, longPage)
}

// successor returns the smallest key that is greater than all that begin with the prefix, or
// nil if there is none.
func successor(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] < 0xff {
			end := bytes.Clone(prefix[:i+1])
			end[i]++
			return end
		}
	}
	return nil
}

// page reads the pairs from one key up to another one that is not among them; nil: to the end.
func (t *tx) page(from, end []byte, limit int) (items []persistence.Item, size int, err error) {
	err = t.ask(func(ctx context.Context, c *pgx.Conn) error {
		query, args := `select key, value from understudy_pairs where key >= $1 order by key limit $2`, []any{from, limit}
		if end != nil {
			query, args = `select key, value from understudy_pairs where key >= $1 and key < $3 order by key limit $2`, append(args, end)
		}
		rows, err := c.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		var item persistence.Item
		_, err = pgx.ForEachRow(rows, []any{&item.Key, &item.Value}, func() error {
			size += len(item.Key) + len(item.Value)
			items = append(items, item)
			item = persistence.Item{}
			return nil
		})
		return err
	})
	return items, size, err
}
