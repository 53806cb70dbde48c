package gateway

import (
	"context"
	"strings"

	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/principal"
)

// accessBlock is the settings of Block Public Access in one place.
type accessBlock struct {
	services.AccessBlock
	place string // "bucket photos"
	lift  string // a clause that says how to change them there
}

// accessBlocks are the settings that count for a bucket or an access point: those of its account,
// its own and those of its bucket.
type accessBlocks []accessBlock

// all returns the settings that are on in any of the places.
func (list accessBlocks) all() services.AccessBlock {
	var all services.AccessBlock
	for _, b := range list {
		all = all.Or(b.AccessBlock)
	}
	return all
}

// where names the places in which a setting is on.
func (list accessBlocks) where(has func(services.AccessBlock) bool) string {
	var places []string
	for _, b := range list {
		if has(b.AccessBlock) {
			places = append(places, b.place)
		}
	}
	return strings.Join(places, " and for ")
}

// lifted says how to turn a setting off everywhere.
func (list accessBlocks) lifted(setting string, has func(services.AccessBlock) bool) string {
	var ways []string
	for _, b := range list {
		if has(b.AccessBlock) {
			ways = append(ways, "for "+b.place+" "+b.lift)
		}
	}
	return "If it is meant to be public, turn " + setting + " off: " + strings.Join(ways, ", and ") + "."
}

func (c *call) accessBlocks(ctx context.Context, a principal.ARN, owner string) (accessBlocks, error) {
	all, err := c.askBlock(ctx, c.bucketARN(""), "settings of account "+owner,
		func() *services.Question { return services.AskAccountAccessBlock(owner) })
	list := accessBlocks{{all, "account " + owner, setsAll("aws s3control put-public-access-block --account-id " + owner)}}
	bucket := a.Resource
	if err == nil && strings.HasPrefix(bucket, "accesspoint/") {
		all, err = c.askBlock(ctx, a.String(), "settings", func() *services.Question { return services.AskPoint(a.String()) })
		list = append(list, accessBlock{all, "access point " + a.String(), "create another access point, since the settings " +
			"of an access point cannot be changed"})
		bucket, _ = c.pointBucket(a.String())
	}
	if err != nil || bucket == "" {
		return list, err
	}
	all, err = c.askBlock(ctx, c.bucketARN(bucket), "settings", func() *services.Question { return services.AskAccessBlock(bucket) })
	return append(list, accessBlock{all, "bucket " + bucket, setsAll("aws s3api put-public-access-block --bucket " + bucket)}), err
}

func setsAll(command string) string { return "with " + command + ", which sets all four settings" }

func (c *call) askBlock(ctx context.Context, about, what string, question func() *services.Question) (services.AccessBlock, error) {
	return learn(ctx, c, inquiry[services.AccessBlock]{about: about, what: what, question: question, read: services.ReadAccessBlock})
}
