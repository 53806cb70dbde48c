package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// TagServerCertificate adds tags to a server certificate, over those with the
// same keys, in which case counts.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagServerCertificate.html
//
// A certificate that UpdateServerCertificate robbed of its tags takes none any
// more (recorded).
func (s *Service) TagServerCertificate(ctx context.Context, in *iam.TagServerCertificateInput) (*iam.TagServerCertificateOutput, error) {
	if len(in.Tags) == 0 {
		return nil, emptyTagMap()
	}
	put, err := newTags(in.Tags, exactTagKeys)
	if err != nil {
		return nil, err
	}
	err = s.retagServerCertificate(ctx, in.ServerCertificateName, func(c *persistence.ServerCertificate) error {
		if c.Untaggable {
			return untaggable()
		}
		c.Tags, err = mergeTags(c.Tags, put, exactTagKeys, s.quotas.TagsPerEntity)
		return err
	})
	return answer(&iam.TagServerCertificateOutput{}, err)
}

// UntagServerCertificate removes tags from a server certificate.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagServerCertificate.html
func (s *Service) UntagServerCertificate(ctx context.Context, in *iam.UntagServerCertificateInput) (*iam.UntagServerCertificateOutput, error) {
	if len(in.TagKeys) == 0 {
		return nil, emptyTagKeys()
	}
	err := s.retagServerCertificate(ctx, in.ServerCertificateName, func(c *persistence.ServerCertificate) error {
		c.Tags = dropTags(c.Tags, in.TagKeys, exactTagKeys)
		return nil
	})
	return answer(&iam.UntagServerCertificateOutput{}, err)
}

func (s *Service) retagServerCertificate(ctx context.Context, name *string, change func(*persistence.ServerCertificate) error) error {
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		c, err := findServerCertificate(tx, account(ctx), aws.ToString(name))
		if err != nil {
			return err
		}
		if err := change(c); err != nil {
			return err
		}
		return persistence.ServerCertificates.Put(tx, account(ctx), c)
	})
}

// ListServerCertificateTags lists the tags of a server certificate.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServerCertificateTags.html
func (s *Service) ListServerCertificateTags(ctx context.Context, in *iam.ListServerCertificateTagsInput) (*iam.ListServerCertificateTagsOutput, error) {
	p, err := newPage("ListServerCertificateTags/"+persistence.Fold(aws.ToString(in.ServerCertificateName)), in.MaxItems, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &iam.ListServerCertificateTagsOutput{}
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		certificate, err := findServerCertificate(tx, account(ctx), aws.ToString(in.ServerCertificateName))
		if err != nil {
			return err
		}
		out.Tags = tagPage(p, certificate.Tags)
		return nil
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker()
	return answer(out, err)
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
