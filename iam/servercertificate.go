package iam

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// UploadServerCertificate stores a TLS certificate, with the chain that leads to its
// authority. The private key must belong to it, and the certificate must be valid now.
// Only a seed may leave out the private key, and then everything else is checked. Its
// name is unique in the account without regard to case.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadServerCertificate.html
func (s *Service) UploadServerCertificate(ctx context.Context,
	in *iam.UploadServerCertificateInput) (*iam.UploadServerCertificateOutput, error) {
	tags, err := newTags(in.Tags, exactTagKeys)
	if err != nil {
		return nil, err
	}
	pair := pemPair{body: aws.ToString(in.CertificateBody), key: aws.ToString(in.PrivateKey), keyless: in.PrivateKey == nil,
		chain: aws.ToString(in.CertificateChain)}
	leaf, err := pair.check(s.clock())
	if err != nil {
		return nil, err
	}
	id, err := s.newID(principal.CertificateIDPrefix)
	if err != nil {
		return nil, err
	}
	c := &persistence.ServerCertificate{
		Name: aws.ToString(in.ServerCertificateName), Path: pathOrRoot(in.Path), ID: id, UploadDate: s.now(),
		Expiration: leaf.NotAfter.UTC(), Body: pair.body, Chain: pair.chain, Tags: tags,
	}
	err = s.store.Update(ctx, func(tx persistence.Tx) error { return s.insertServerCertificate(tx, account(ctx), c) })
	row := serverCertificateRow(s.in(account(ctx)), c)
	return answer(&iam.UploadServerCertificateOutput{ServerCertificateMetadata: &row, Tags: tagsOut(tags)}, err)
}

func (s *Service) insertServerCertificate(tx persistence.Tx, account string, c *persistence.ServerCertificate) error {
	if err := orTaken(persistence.ServerCertificates.Absent(tx, account, c.Name), serverCertificateExists, c.Name); err != nil {
		return err
	}
	if err := s.checkCount(tx, account, certificatesQuota); err != nil {
		return err
	}
	return persistence.ServerCertificates.Put(tx, account, c)
}

// GetServerCertificate describes a server certificate with its body and chain, without
// the line feeds at their ends (recorded), and with its tags, which are in the answer
// even if there are none. The private key is in no answer.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServerCertificate.html
func (s *Service) GetServerCertificate(ctx context.Context, in *iam.GetServerCertificateInput) (*iam.GetServerCertificateOutput, error) {
	out := &iam.GetServerCertificateOutput{}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		c, err := findServerCertificate(tx, account(ctx), aws.ToString(in.ServerCertificateName))
		if err != nil {
			return err
		}
		row := serverCertificateRow(s.in(account(ctx)), c)
		out.ServerCertificate = &types.ServerCertificate{
			ServerCertificateMetadata: &row, CertificateBody: withoutLastNewline(c.Body), Tags: tagsAlwaysOut(c.Tags),
		}
		if c.Chain != "" {
			out.ServerCertificate.CertificateChain = withoutLastNewline(c.Chain)
		}
		return nil
	})
	return answer(out, err)
}

func withoutLastNewline(text string) *string {
	text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	return &text
}

// ListServerCertificates lists the server certificates whose path begins with
// PathPrefix, by name.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServerCertificates.html
func (s *Service) ListServerCertificates(ctx context.Context,
	in *iam.ListServerCertificatesInput) (*iam.ListServerCertificatesOutput, error) {
	out := &iam.ListServerCertificatesOutput{ServerCertificateMetadataList: []types.ServerCertificateMetadata{}}
	asked := listing{"ListServerCertificates", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		all := persistence.ServerCertificates.Scan(tx, account(ctx), nil, p.after)
		list, err := fill(p, all, persistence.ServerCertificates.Key, func(c *persistence.ServerCertificate) bool {
			return strings.HasPrefix(c.Path, aws.ToString(in.PathPrefix))
		})
		for _, c := range list {
			out.ServerCertificateMetadataList = append(out.ServerCertificateMetadataList, serverCertificateRow(s.in(account(ctx)), c))
		}
		return err
	}))
}

// UpdateServerCertificate changes the name or the path of a server certificate.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateServerCertificate.html
//
// Without either it succeeds, but erases the certificate's tags, and then the certificate
// accepts no tags any more. AWS does so, recorded.
func (s *Service) UpdateServerCertificate(ctx context.Context,
	in *iam.UpdateServerCertificateInput) (*iam.UpdateServerCertificateOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		c, err := findServerCertificate(tx, account(ctx), aws.ToString(in.ServerCertificateName))
		if err != nil {
			return err
		}
		if in.NewPath == nil && in.NewServerCertificateName == nil {
			c.Tags, c.Untaggable = nil, true
		}
		return renameServerCertificate(tx, account(ctx), c, in)
	})
	return answer(&iam.UpdateServerCertificateOutput{}, err)
}

func renameServerCertificate(tx persistence.Tx, account string, c *persistence.ServerCertificate,
	in *iam.UpdateServerCertificateInput) error {
	was := persistence.ServerCertificates.Key(c)
	if in.NewPath != nil {
		c.Path = *in.NewPath
	}
	if in.NewServerCertificateName != nil {
		c.Name = *in.NewServerCertificateName
	}
	return orTaken(persistence.ServerCertificates.Replace(tx, account, was, c), serverCertificateExists, c.Name)
}

// DeleteServerCertificate removes a server certificate. Nothing can be using it:
// there are no load balancers here.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServerCertificate.html
func (s *Service) DeleteServerCertificate(ctx context.Context,
	in *iam.DeleteServerCertificateInput) (*iam.DeleteServerCertificateOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		c, err := findServerCertificate(tx, account(ctx), aws.ToString(in.ServerCertificateName))
		if err != nil {
			return err
		}
		return persistence.ServerCertificates.Delete(tx, account(ctx), c.Name)
	})
	return answer(&iam.DeleteServerCertificateOutput{}, err)
}

func findServerCertificate(tx persistence.Tx, account, name string) (*persistence.ServerCertificate, error) {
	c, err := persistence.ServerCertificates.Get(tx, account, name)
	return found(c, err, noSuchServerCertificate, name)
}

func serverCertificateARN(account principal.Account, path, name string) string {
	return account.Entity("server-certificate", path, name)
}

func serverCertificateRow(account principal.Account, c *persistence.ServerCertificate) types.ServerCertificateMetadata {
	return types.ServerCertificateMetadata{
		Path: &c.Path, ServerCertificateName: &c.Name, ServerCertificateId: &c.ID,
		Arn: aws.String(serverCertificateARN(account, c.Path, c.Name)), UploadDate: &c.UploadDate, Expiration: &c.Expiration,
	}
}

// serverCertificateRules are the permissions of the operations above.
func serverCertificateRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.UploadServerCertificateInput) ([]authz.Need, error) {
			arn := serverCertificateARN(q.Own(), pathOrRoot(in.Path), aws.ToString(in.ServerCertificateName))
			return createNeeds("iam:UploadServerCertificate", "iam:TagServerCertificate", arn, in.Tags, nil), nil
		}),
		authz.For(func(q *authz.Query, in *iam.GetServerCertificateInput) ([]authz.Need, error) {
			return serverCertificateNeeds(q, "iam:GetServerCertificate", in.ServerCertificateName)
		}),
		authz.For(func(q *authz.Query, in *iam.ListServerCertificatesInput) ([]authz.Need, error) {
			return []authz.Need{listNeed(q, "iam:ListServerCertificates", "server-certificate", in.PathPrefix)}, nil
		}),
		authz.For(func(q *authz.Query, in *iam.UpdateServerCertificateInput) ([]authz.Need, error) {
			before, err := serverCertificateNeed(q, "iam:UpdateServerCertificate", aws.ToString(in.ServerCertificateName))
			if err != nil {
				return nil, err
			}
			return renamed(q, before, "server-certificate", rename{newName: in.NewServerCertificateName, newPath: in.NewPath}), nil
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteServerCertificateInput) ([]authz.Need, error) {
			return serverCertificateNeeds(q, "iam:DeleteServerCertificate", in.ServerCertificateName)
		}),
	}
}

func serverCertificateNeeds(q *authz.Query, action string, name *string) ([]authz.Need, error) {
	need, err := serverCertificateNeed(q, action, aws.ToString(name))
	return []authz.Need{need}, err
}

// serverCertificateNeed asks for action on the server certificate of that name, or on the
// ARN that it would have at the root path. A denial shows the name after "server
// certificate" (seen in a denial of DeleteServerCertificate).
func serverCertificateNeed(q *authz.Query, action, name string) (authz.Need, error) {
	need := authz.Need{Action: action, Resource: serverCertificateARN(q.Own(), "/", name), Label: "server certificate " + name}
	c, err := persistence.ServerCertificates.Get(q.Tx, q.Account(), name)
	if err != nil {
		return need, unlessAbsent(err)
	}
	need.Resource, need.Tags = serverCertificateARN(q.Own(), c.Path, c.Name), c.Tags
	return need, nil
}
