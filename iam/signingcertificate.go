package iam

import (
	"cmp"
	"context"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base32"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// UploadSigningCertificate gives an X.509 certificate to a user, by default the caller;
// the root user gets its own certificates in this way. Its ID is the SHA-1 of the
// certificate in base32 (recorded).
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSigningCertificate.html
//
// An expired certificate counts as malformed. If the user has the certificate already,
// nothing changes: the answer has its ID and date, and the status Active even if it is
// inactive. AWS does so, recorded.
func (s *Service) UploadSigningCertificate(ctx context.Context,
	in *iam.UploadSigningCertificateInput) (*iam.UploadSigningCertificateOutput, error) {
	body := aws.ToString(in.CertificateBody)
	id, ok := signingCertificateID(body, s.clock())
	if !ok {
		return nil, malformedSigningCertificate(body)
	}
	c := &persistence.SigningCertificate{ID: id, Body: body, UploadDate: s.now()}
	out := &iam.UploadSigningCertificateOutput{}
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		owner, err := findKeyOwner(ctx, tx, in.UserName)
		if err != nil {
			return err
		}
		c.UserID = owner.id
		has, err := s.insertSigningCertificate(tx, account(ctx), c)
		if err != nil {
			return err
		}
		row := signingCertificateOut(owner, has)
		row.Status = types.StatusTypeActive
		out.Certificate = &row
		return nil
	})
	return answer(out, err)
}

// signingCertificateID reads a certificate in PEM and makes its ID; false if the string
// is not a certificate, or one that has expired.
func signingCertificateID(body string, now time.Time) (string, bool) {
	block, _ := pem.Decode([]byte(body))
	if block == nil || block.Type != certificateBlock {
		return "", false
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil || now.After(c.NotAfter) {
		return "", false
	}
	sum := sha1.Sum(c.Raw)
	return base32.StdEncoding.EncodeToString(sum[:]), true
}

// insertSigningCertificate stores the certificate and returns it, or returns the stored
// one if the user has it already.
func (s *Service) insertSigningCertificate(tx persistence.Tx, account string,
	c *persistence.SigningCertificate) (*persistence.SigningCertificate, error) {
	old, err := persistence.SigningCertificates.Get(tx, account, c.ID)
	switch {
	case err == nil && old.UserID == c.UserID:
		return old, nil
	case err == nil:
		return nil, duplicateCertificate()
	case !errors.Is(err, persistence.ErrNotFound):
		return nil, err
	}
	n, err := persistence.SigningCertificatesByUser.Count(tx, account, c.UserID)
	if err != nil {
		return nil, err
	}
	if n >= s.quotas.CertificatesPerUser {
		return nil, overQuota("CertificatesPerUser", s.quotas.CertificatesPerUser)
	}
	return c, persistence.SigningCertificates.Put(tx, account, c)
}

// ListSigningCertificates lists the certificates of a user, by default the
// caller, with their bodies, the oldest first.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSigningCertificates.html
func (s *Service) ListSigningCertificates(ctx context.Context,
	in *iam.ListSigningCertificatesInput) (*iam.ListSigningCertificatesOutput, error) {
	out := &iam.ListSigningCertificatesOutput{Certificates: []types.SigningCertificate{}}
	asked := listing{"ListSigningCertificates/" + aws.ToString(in.UserName), in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, s.page(ctx, asked, func(tx persistence.Tx, p *page) error {
		owner, err := findKeyOwner(ctx, tx, in.UserName)
		if err != nil {
			return err
		}
		certificates, err := signingCertificates(tx, account(ctx), owner.id)
		for _, c := range pick(p, certificates, signingCertificatePosition) {
			out.Certificates = append(out.Certificates, signingCertificateOut(owner, c))
		}
		return err
	}))
}

// signingCertificates returns those of a user, in the order of
// signingCertificatePosition.
func signingCertificates(tx persistence.Tx, account, userID string) ([]*persistence.SigningCertificate, error) {
	var list []*persistence.SigningCertificate
	for c, err := range persistence.SigningCertificatesByUser.Scan(tx, account, persistence.Key{userID}, nil) {
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b *persistence.SigningCertificate) int {
		return cmp.Or(a.UploadDate.Compare(b.UploadDate), strings.Compare(a.ID, b.ID))
	})
	return list, nil
}

func signingCertificatePosition(c *persistence.SigningCertificate) persistence.Key {
	return datePosition(c.UploadDate, c.ID)
}

// UpdateSigningCertificate makes a certificate active or inactive.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSigningCertificate.html
func (s *Service) UpdateSigningCertificate(ctx context.Context,
	in *iam.UpdateSigningCertificateInput) (*iam.UpdateSigningCertificateOutput, error) {
	inactive, err := isInactive(in.Status)
	if err != nil {
		return nil, err
	}
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		c, err := findSigningCertificate(ctx, tx, in.UserName, in.CertificateId)
		if err != nil {
			return err
		}
		c.Inactive = inactive
		return persistence.SigningCertificates.Put(tx, account(ctx), c)
	})
	return answer(&iam.UpdateSigningCertificateOutput{}, err)
}

// DeleteSigningCertificate removes a certificate of a user, by default the
// caller.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteSigningCertificate.html
func (s *Service) DeleteSigningCertificate(ctx context.Context,
	in *iam.DeleteSigningCertificateInput) (*iam.DeleteSigningCertificateOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		c, err := findSigningCertificate(ctx, tx, in.UserName, in.CertificateId)
		if err != nil {
			return err
		}
		return persistence.SigningCertificates.Delete(tx, account(ctx), c.ID)
	})
	return answer(&iam.DeleteSigningCertificateOutput{}, err)
}

// findSigningCertificate finds a certificate of the user of that name. A certificate of
// another user counts as missing (recorded).
func findSigningCertificate(ctx context.Context, tx persistence.Tx, userName, id *string) (*persistence.SigningCertificate, error) {
	owner, err := findKeyOwner(ctx, tx, userName)
	if err != nil {
		return nil, err
	}
	c, err := persistence.SigningCertificates.Get(tx, account(ctx), aws.ToString(id))
	if errors.Is(err, persistence.ErrNotFound) || err == nil && c.UserID != owner.id {
		return nil, noSuchCertificate(aws.ToString(id))
	}
	return c, err
}

func signingCertificateOut(owner keyOwner, c *persistence.SigningCertificate) types.SigningCertificate {
	return types.SigningCertificate{
		UserName: owner.name, CertificateId: &c.ID, CertificateBody: &c.Body,
		Status: credentialStatus(c.Inactive), UploadDate: &c.UploadDate,
	}
}

// signingCertificateRules are the permissions of the operations above: a
// certificate belongs to its user.
func signingCertificateRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.UploadSigningCertificateInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:UploadSigningCertificate", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.ListSigningCertificatesInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:ListSigningCertificates", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.UpdateSigningCertificateInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:UpdateSigningCertificate", in.UserName)
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteSigningCertificateInput) ([]authz.Need, error) {
			return userNeeds(q, "iam:DeleteSigningCertificate", in.UserName)
		}),
	}
}
