package sts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/authz"
	next "github.com/understudy-iam/understudy/awsapi/next/sts"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// defaultIdentityDuration is the life of a token of GetWebIdentityToken, in seconds.
const defaultIdentityDuration = 300

// GetWebIdentityToken returns a signed JSON Web Token that tells another service who the caller is
// or, with SubjectMode OriginIdentity, which person is behind the session.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
//
// The account must have enabled outbound federation; the token names its issuer. A session's token
// ends before the session does. Federated users get none.
func (s *Service) GetWebIdentityToken(ctx context.Context, in *next.GetWebIdentityTokenInput) (*sts.GetWebIdentityTokenOutput, error) {
	c := caller(ctx)
	if err := checkIdentityToken(c, in); err != nil {
		return nil, err
	}
	now := s.now(c)
	expiry := now.Add(time.Duration(identityDuration(in)) * time.Second)
	if c.Session != nil && expiry.After(c.Session.ExpiresAt) { // checked before whether the feature is enabled (recorded)
		return nil, sessionEndsFirst()
	}
	who, err := s.identity(ctx)
	if err != nil {
		return nil, err
	}
	subject, mode, err := subjectOf(c, in, who)
	if err != nil {
		return nil, err
	}
	id := make([]byte, 16)
	if _, err := io.ReadFull(s.random, id); err != nil {
		return nil, fmt.Errorf("sts: token: %w", err)
	}
	text, err := s.signedToken(ctx, c.AccountID, aws.ToString(in.SigningAlgorithm), &identityClaims{
		Audience: audience(in.Audience), Subject: subject, Scope: aws.ToString(in.Scope), Issuer: who.issuer,
		IssuedAt: now.Unix(), ExpiresAt: expiry.Unix(), ID: fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:]),
		AWS: identityDetails(c, in, who, mode),
	})
	if err != nil {
		return nil, err
	}
	return &sts.GetWebIdentityTokenOutput{WebIdentityToken: aws.String(text), Expiration: aws.Time(expiry)}, nil
}

// identity is what the stored state says about a caller: the issuer of the caller's account, and
// the ARN and tags of the calling user or role.
type identity struct {
	issuer, arn string
	tags        []persistence.Tag
}

// identity reads the caller's identity. The token of a role session is about the role, as AWS documents.
func (s *Service) identity(ctx context.Context) (*identity, error) {
	c := caller(ctx)
	who := &identity{arn: c.ARN}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		a, err := persistence.Accounts.Get(tx, c.AccountID)
		if errors.Is(err, persistence.ErrNotFound) || err == nil && !a.OutboundFederation {
			return outboundDisabled()
		}
		if err != nil {
			return err
		}
		who.issuer = a.OutboundIssuer
		switch c.Kind {
		case principal.User:
			u, err := persistence.UsersByID.First(tx, c.AccountID, c.EntityID)
			if err != nil {
				return orInvalidToken(err)
			}
			who.tags = u.Tags
		case principal.AssumedRole:
			r, err := persistence.RolesByID.First(tx, c.AccountID, c.EntityID)
			if err != nil {
				return orInvalidToken(err)
			}
			who.arn, who.tags = s.own(c.AccountID).Entity("role", r.Path, r.Name), r.Tags
		}
		return nil
	})
	return who, err
}

// identityDetails are the claims under AWS's own name (recorded). The tags of a session override
// those of its role. Putting subject_mode next to principal_id is our reading: AWS's page does not
// say where it is.
func identityDetails(c *principal.Caller, in *next.GetWebIdentityTokenInput, who *identity, mode string) awsClaims {
	d := awsClaims{Account: c.AccountID, Region: c.Request.Region, PrincipalID: who.arn, SubjectMode: mode}
	if len(who.tags) > 0 || c.Session != nil && len(c.Session.Tags) > 0 {
		d.PrincipalTags = map[string]string{}
	}
	for _, t := range who.tags {
		d.PrincipalTags[t.Key] = t.Value
	}
	if c.Session != nil {
		for _, t := range c.Session.Tags {
			d.PrincipalTags[t.Key] = t.Value
		}
	}
	if len(in.Tags) > 0 {
		d.RequestTags = map[string]string{}
	}
	for _, t := range in.Tags {
		d.RequestTags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return d
}

func identityDuration(in *next.GetWebIdentityTokenInput) int32 {
	if in.DurationSeconds == nil {
		return defaultIdentityDuration
	}
	return *in.DurationSeconds
}

// checkIdentityToken makes the checks that need no state, which AWS answers
// before the permissions (recorded).
func checkIdentityToken(c *principal.Caller, in *next.GetWebIdentityTokenInput) error {
	if c.Request.GlobalEndpoint {
		return unsupportedOnGlobalEndpoint()
	}
	if _, ok := tokenAlgorithms[aws.ToString(in.SigningAlgorithm)]; !ok {
		return unsupportedAlgorithm()
	}
	if err := checkRequestTags(in.Tags); err != nil {
		return err
	}
	return checkSubject(c, in)
}

// checkRequestTags checks the tags; keys that begin with "aws:" are allowed here (recorded).
func checkRequestTags(tags []types.Tag) error {
	var keys []string
	for _, t := range tags {
		if hasKey(keys, aws.ToString(t.Key)) {
			return duplicateTagKeys()
		}
		keys = append(keys, aws.ToString(t.Key))
	}
	return nil
}

// getWebIdentityTokenRule asks for the permission on the caller itself, the one to put tags into
// the token, and the one to set its scope.
func getWebIdentityTokenRule() authz.Rule {
	return authz.For(func(q *authz.Query, in *next.GetWebIdentityTokenInput) ([]authz.Need, error) {
		if err := checkIdentityToken(q.Caller, in); err != nil {
			return nil, err
		}
		self, tags, subject := q.Own().STS("self"), authz.RequestTags(requestTags(in.Tags)), subjectKeys(in)
		needs := []authz.Need{{Action: "sts:GetWebIdentityToken", Resource: self, Keys: slices.Concat(tags, subject, []authz.Key{
			authz.Strings("sts:IdentityTokenAudience", in.Audience...),
			authz.String("sts:SigningAlgorithm", aws.ToString(in.SigningAlgorithm)),
			authz.String("sts:DurationSeconds", strconv.Itoa(int(identityDuration(in)))),
		})}}
		if len(tags) > 0 {
			needs = append(needs, authz.Need{Action: "sts:TagGetWebIdentityToken", Resource: self, Keys: tags})
		}
		if in.Scope != nil {
			needs = append(needs, authz.Need{Action: "sts:SetWebIdentityTokenScope", Resource: self, Keys: subject})
		}
		return needs, nil
	})
}

// subjectKeys are the condition keys of Scope and SubjectMode. For a request without a mode, the
// key has the default mode, as it is with the duration (recorded).
func subjectKeys(in *next.GetWebIdentityTokenInput) []authz.Key {
	keys := []authz.Key{authz.String("sts:SubjectMode", string(subjectMode(in)))}
	if in.Scope != nil {
		keys = append(keys, authz.Strings("sts:IdentityTokenScope", scopeValues(in)...))
	}
	return keys
}
