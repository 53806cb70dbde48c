package services

import (
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/principal"
)

// s3bucket is what a request names as its bucket: a bucket, a directory bucket or an access point.
type s3bucket struct {
	kind    bucketKind
	name    string // of a general purpose bucket
	arn     string // of the bucket or the access point
	account string // of the access point
	behind  string // the bucket of the access point; "" if it is not known
	alias   bool   // it is named by its alias, which can be used in place of a bucket
}

type bucketKind uint8

const (
	generalBucket   bucketKind = iota
	directoryBucket            // its name ends in --x-s3
	accessPoint
	lambdaAccessPoint // of S3 Object Lambda
	unknownPoint      // an alias that does not show its access point
)

// aliasSuffix is the end of the aliases of access points, and aliasNames is how many characters of
// an access point's name an alias can have: it has at most 63, of which AWS adds 35.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html
const (
	aliasSuffix = "-s3alias"
	aliasNames  = 20
)

// isBucketName reports whether a bucket may have the name, or could before 2018. Other
// paths are access points, or belong to the emulator.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
func isBucketName(name string) bool {
	strange := func(r rune) bool { return r != '.' && !isNameRune(r) }
	return len(name) >= 3 && len(name) <= 255 && !strings.ContainsAny(name[:1], "._-") && !strings.ContainsFunc(name, strange)
}

// BucketARN returns the ARN of a bucket, which has no account and no region.
func BucketARN(partition, name string) string { return "arn:" + partition + ":s3:::" + name }

// bucketNamed returns the bucket or access point that a name refers to.
func (r *Request) bucketNamed(name string) s3bucket {
	if a, ok := principal.ParseARN(name); ok && strings.HasPrefix(a.Resource, "accesspoint") {
		point := s3bucket{kind: accessPoint, arn: strings.Replace(name, ":accesspoint:", ":accesspoint/", 1), account: a.AccountID}
		if a.Service == "s3-object-lambda" {
			point.kind = lambdaAccessPoint
			return point
		}
		return r.behind(point)
	}
	if alias, ok := strings.CutSuffix(name, aliasSuffix); ok {
		return r.pointOfAlias(alias)
	}
	if strings.HasSuffix(name, "--x-s3") {
		return s3bucket{kind: directoryBucket, arn: r.arn("s3express", "bucket/"+name)}
	}
	return s3bucket{kind: generalBucket, name: name, arn: BucketARN(r.Partition, name)}
}

// pointOfAlias returns the access point of an alias, if the alias has the whole name.
func (r *Request) pointOfAlias(alias string) s3bucket {
	i := strings.LastIndexByte(alias, '-')
	if i <= 0 || i >= aliasNames {
		return s3bucket{kind: unknownPoint, arn: "*"}
	}
	return r.behind(s3bucket{kind: accessPoint, arn: r.arn("s3", "accesspoint/"+alias[:i]), account: r.Account, alias: true})
}

// behind finds the bucket of an access point.
func (r *Request) behind(point s3bucket) s3bucket {
	if r.PointBucket == nil {
		return point
	}
	if bucket, ok := r.PointBucket(point.arn); ok {
		point.behind = bucket
	}
	return point
}

// object returns the ARN of an object in b.
func (b s3bucket) object(key string) string {
	switch b.kind {
	case generalBucket:
		return b.arn + "/" + key
	case accessPoint:
		return b.arn + "/object/" + key
	}
	return b.arn
}

// action returns the action of S3 in its form for b.
func (b s3bucket) action(name string) string {
	switch b.kind {
	case lambdaAccessPoint:
		return "s3-object-lambda:" + name
	case directoryBucket:
		// A session allows everything that has no action of its own.
		// https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-security-iam.html
		if _, ok := catalog.FindAction("s3express:" + name); !ok {
			return "s3express:CreateSession"
		}
		return "s3express:" + name
	}
	return "s3:" + name
}

// keys returns the condition keys of b.
func (b s3bucket) keys() []authz.Key {
	if b.kind != accessPoint {
		return nil
	}
	return []authz.Key{authz.String("s3:DataAccessPointArn", b.arn), authz.String("s3:DataAccessPointAccount", b.account)}
}

// needBucket needs the action on the bucket.
func (s *s3call) needBucket(action string, more ...authz.Key) {
	s.needIn(s.bucket, action, func(b s3bucket) string { return b.arn }, more...)
}

// needIn needs the action on a resource in b and, if b is an access point, on the same resource in
// its bucket: both must allow the call.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
func (s *s3call) needIn(b s3bucket, name string, resource func(s3bucket) string, more ...authz.Key) {
	both := []s3bucket{b}
	if b.behind != "" {
		both = append(both, s.r.bucketNamed(b.behind))
	}
	for _, at := range both {
		owner := s.owner(at)
		s.need(at.action(name), resource(at), append(append(b.keys(), authz.String("s3:ResourceAccount", owner)), more...)...)
		if at.kind == generalBucket {
			s.needs.Needs[len(s.needs.Needs)-1].Owner = owner
		}
	}
	if b.kind == unknownPoint {
		s.needs.Resolution = Unresolved
	}
}

// onObject needs an action on the object. With a versionId, the second action of the pair is needed
// instead, if there is one; further pairs are needed too.
func (s *s3call) onObject(actions ...string) {
	version := s.r.Query.Get("versionId")
	var keys []authz.Key
	if version != "" {
		keys = append(keys, authz.String("s3:versionid", version))
	}
	for i := 0; i < len(actions); i += 2 {
		action := actions[i]
		if version != "" && actions[i+1] != "" {
			action = actions[i+1]
		}
		s.needObject(action, keys...)
	}
}

func (s *s3call) needObject(action string, more ...authz.Key) {
	s.needIn(s.bucket, action, func(b s3bucket) string { return b.object(s.key) }, more...)
}
