package iam

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"iter"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/understudy-iam/understudy/persistence"
)

// defaultPageSize is AWS's MaxItems if the caller gives none.
const defaultPageSize = 100

// A page is a request for one page of a list and, once filled, its end: the
// position of the last item, so that a page stays right while others write.
type page struct {
	list  string // what is listed, in any case; a marker of one list is not one of another
	size  int
	after persistence.Key // position after which the page begins; nil at the start

	truncated bool
	last      persistence.Key
}

// A listing is a request for a page of a list, with the paging members of its
// input and of its answer.
type listing struct {
	list     string // as of newPage
	maxItems *int32
	marker   *string

	isTruncated *bool
	next        **string
}

// page runs show, which makes a page of a list, in one transaction, and sets the paging
// members of the answer.
func (s *Service) page(ctx context.Context, l listing, show func(tx persistence.Tx, p *page) error) error {
	p, err := newPage(l.list, l.maxItems, l.marker)
	if err != nil {
		return err
	}
	err = s.store.View(ctx, func(tx persistence.Tx) error { return show(tx, p) })
	*l.isTruncated, *l.next = p.truncated, p.marker()
	return err
}

// newPage reads the paging members of an input. list names what is listed: the operation
// and the entity that has the items, whose name can be in any case.
func newPage(list string, maxItems *int32, marker *string) (*page, error) {
	p := &page{list: list, size: defaultPageSize}
	if maxItems != nil {
		p.size = int(*maxItems)
	}
	if marker == nil {
		return p, nil
	}
	after, ok := p.decode(*marker)
	if !ok {
		return nil, invalidMarker()
	}
	p.after = after
	return p, nil
}

// fill takes the items for which keep is true (nil: all) until the page is full. key
// returns an item's position in the scan.
func fill[T any](p *page, items iter.Seq2[T, error], key func(T) persistence.Key, keep func(T) bool) ([]T, error) {
	list := []T{}
	for item, err := range items {
		if err != nil {
			return nil, err
		}
		if keep != nil && !keep(item) {
			continue
		}
		if len(list) == p.size {
			p.truncated = true
			break
		}
		list = append(list, item)
	}
	if n := len(list); n > 0 {
		p.last = key(list[n-1])
	}
	return list, nil
}

// pick is fill for a list that is in memory, sorted by key.
func pick[T any](p *page, items []T, key func(T) persistence.Key) []T {
	start := 0
	if p.after != nil {
		start, _ = slices.BinarySearchFunc(items, p.after, func(item T, after persistence.Key) int {
			return cmp.Or(slices.Compare(key(item), after), -1) // an item at the position itself is not on the page
		})
	}
	end := min(start+p.size, len(items))
	p.truncated = end < len(items)
	if end > start {
		p.last = key(items[end-1])
	}
	return items[start:end]
}

// marker returns the Marker member of the answer: nil on the last page.
func (p *page) marker() *string {
	if !p.truncated {
		return nil
	}
	text := strings.Join(p.last, "\x00")
	sum := p.sum(text)
	return aws.String(base64.StdEncoding.EncodeToString(append(sum[:8:8], text...)))
}

func (p *page) decode(marker string) (persistence.Key, bool) {
	raw, err := base64.StdEncoding.DecodeString(marker)
	if err != nil || len(raw) < 8 {
		return nil, false
	}
	text := string(raw[8:])
	if sum := p.sum(text); string(sum[:8]) != string(raw[:8]) {
		return nil, false
	}
	return strings.Split(text, "\x00"), true
}

// sum tells markers that we made from others. It protects no secret.
func (p *page) sum(text string) [sha256.Size]byte {
	return sha256.Sum256([]byte("marker\x00" + persistence.Fold(p.list) + "\x00" + text))
}
