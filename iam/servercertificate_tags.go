package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

var serverCertificateTags = &tagging[persistence.ServerCertificate]{
	table: persistence.ServerCertificates, find: byName(findServerCertificate),
	tags: func(x *persistence.ServerCertificate) *[]persistence.Tag { return &x.Tags },
	keys: exactTagKeys, noTags: emptyTagMap, noKeys: emptyTagKeys,
	refuses: func(c *persistence.ServerCertificate) error {
		if c.Untaggable {
			return untaggable()
		}
		return nil
	},
}

// TagServerCertificate adds tags to a server certificate, in place of those with the same
// keys. The case of keys counts.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagServerCertificate.html
//
// A certificate whose tags UpdateServerCertificate has erased accepts no tags any more
// (recorded).
func (s *Service) TagServerCertificate(ctx context.Context, in *iam.TagServerCertificateInput) (*iam.TagServerCertificateOutput, error) {
	return answer(&iam.TagServerCertificateOutput{}, serverCertificateTags.tag(ctx, s, in.ServerCertificateName, in.Tags))
}

// UntagServerCertificate removes tags from a server certificate.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagServerCertificate.html
func (s *Service) UntagServerCertificate(ctx context.Context,
	in *iam.UntagServerCertificateInput) (*iam.UntagServerCertificateOutput, error) {
	return answer(&iam.UntagServerCertificateOutput{}, serverCertificateTags.untag(ctx, s, in.ServerCertificateName, in.TagKeys))
}

// ListServerCertificateTags lists the tags of a server certificate.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServerCertificateTags.html
func (s *Service) ListServerCertificateTags(ctx context.Context,
	in *iam.ListServerCertificateTagsInput) (*iam.ListServerCertificateTagsOutput, error) {
	out := &iam.ListServerCertificateTagsOutput{}
	l := listing{"ListServerCertificateTags", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, serverCertificateTags.list(ctx, s, in.ServerCertificateName, l, &out.Tags))
}

// serverCertificateTagRules are the permissions of the operations above.
func serverCertificateTagRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.TagServerCertificateInput) ([]authz.Need, error) {
			need, err := serverCertificateNeed(q, "iam:TagServerCertificate", aws.ToString(in.ServerCertificateName))
			return tagNeeds(need, in.Tags), err
		}),
		authz.For(func(q *authz.Query, in *iam.UntagServerCertificateInput) ([]authz.Need, error) {
			need, err := serverCertificateNeed(q, "iam:UntagServerCertificate", aws.ToString(in.ServerCertificateName))
			return untagNeeds(need, in.TagKeys), err
		}),
		authz.For(func(q *authz.Query, in *iam.ListServerCertificateTagsInput) ([]authz.Need, error) {
			return serverCertificateNeeds(q, "iam:ListServerCertificateTags", in.ServerCertificateName)
		}),
	}
}
