package iam

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// credentialServices are the services that have credentials of their own, with the
// prefixes of their secrets (recorded). The credentials of services without a prefix have
// a user name and a password in place of an alias and a secret.
var credentialServices = map[string]string{
	"codecommit.amazonaws.com":             "",
	"cassandra.amazonaws.com":              "",
	"bedrock.amazonaws.com":                "ABSK",
	"logs.amazonaws.com":                   "ACWL",
	"cloudwatch.amazonaws.com":             "APIAACWM",
	"aws-external-anthropic.amazonaws.com": "AEAA",
}

// findCredentialService returns the name of a service as answers have it. AWS accepts it
// in any case (recorded).
func findCredentialService(name string) (string, error) {
	service := strings.ToLower(name)
	if _, ok := credentialServices[service]; !ok {
		return "", noSuchCredentialService(name)
	}
	return service, nil
}

// CreateServiceSpecificCredential makes a credential of a user for one service,
// which is valid for CredentialAgeDays, if given. A user has at most two for a
// service.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html
//
// Its alias is USER-at-ACCOUNT. If that was given before for the service, also to a
// deleted user of the same name, it is USER+1-at-ACCOUNT and so on. AWS does so,
// recorded.
func (s *Service) CreateServiceSpecificCredential(ctx context.Context,
	in *iam.CreateServiceSpecificCredentialInput) (*iam.CreateServiceSpecificCredentialOutput, error) {
	id, err := s.newID(principal.CredentialIDPrefix)
	if err != nil {
		return nil, err
	}
	password, err := s.newServicePassword()
	if err != nil {
		return nil, err
	}
	c := &persistence.ServiceCredential{ID: id, CreateDate: s.now()}
	if in.CredentialAgeDays != nil {
		c.ExpirationDate = c.CreateDate.Add(time.Duration(*in.CredentialAgeDays) * 24 * time.Hour)
	}
	out, now := &iam.CreateServiceSpecificCredentialOutput{}, s.clock()
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		u, err := findUser(tx, account(ctx), aws.ToString(in.UserName))
		if err != nil {
			return err
		}
		if c.Service, err = findCredentialService(aws.ToString(in.ServiceName)); err != nil {
			return err
		}
		c.UserID = u.ID
		if c.Alias, err = s.insertServiceAlias(tx, account(ctx), c, u.Name); err != nil {
			return err
		}
		out.ServiceSpecificCredential = serviceCredentialOut(u, c, now, password)
		return persistence.ServiceCredentials.Put(tx, account(ctx), c)
	})
	return answer(out, err)
}

// insertServiceAlias finds the alias of a new credential, if the user may have another
// credential, and stores it so that it is never given again.
func (s *Service) insertServiceAlias(tx persistence.Tx, account string, c *persistence.ServiceCredential, user string) (string, error) {
	n, err := persistence.ServiceCredentialsByUser.Count(tx, account, c.UserID, c.Service)
	if err != nil {
		return "", err
	}
	if n >= s.quotas.ServiceCredentialsPerUser {
		return "", overQuota("ContextSpecificCredentialsPerUserPerContext", s.quotas.ServiceCredentialsPerUser)
	}
	if n, err = persistence.ServiceAliases.Count(tx, account); err != nil {
		return "", err
	}
	if n >= s.kept.serviceAliases {
		return "", overQuota("ServiceSpecificCredentialAliasesPerAccount", s.kept.serviceAliases) // our limit: no limit of AWS is known
	}
	alias := user + "-at-" + account
	for i := 1; ; i++ {
		taken, err := persistence.ServiceAliases.Has(tx, account, c.Service, alias)
		if err != nil {
			return "", err
		}
		if !taken {
			return alias, persistence.ServiceAliases.Put(tx, account, &persistence.ServiceAlias{Service: c.Service, Alias: alias})
		}
		alias = user + "+" + strconv.Itoa(i) + "-at-" + account
	}
}

// newServicePassword makes 60 random characters.
func (s *Service) newServicePassword() (string, error) {
	var raw [45]byte
	if _, err := io.ReadFull(s.random, raw[:]); err != nil {
		return "", fmt.Errorf("iam: service password: %w", err)
	}
	return base64.StdEncoding.EncodeToString(raw[:]), nil
}

// ListServiceSpecificCredentials lists the credentials of a user, by default the caller,
// or of all users, for one service or all, without their secrets. They are sorted by ID,
// which is random. AWS does not sort them by creation either (recorded).
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html
func (s *Service) ListServiceSpecificCredentials(ctx context.Context,
	in *iam.ListServiceSpecificCredentialsInput) (*iam.ListServiceSpecificCredentialsOutput, error) {
	l, err := newCredentialList(ctx, in)
	if err != nil {
		return nil, err
	}
	l.now = s.clock()
	out := &iam.ListServiceSpecificCredentialsOutput{}
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		var err error
		out.ServiceSpecificCredentials, err = l.rows(tx, account(ctx))
		return err
	})
	out.IsTruncated, out.Marker = l.page.truncated, l.page.marker()
	return answer(out, err)
}

// A credentialList is a request for a list of service-specific credentials.
type credentialList struct {
	page    *page
	user    string // empty: all users
	service string // as requested; empty: all services
	now     time.Time
}

func newCredentialList(ctx context.Context, in *iam.ListServiceSpecificCredentialsInput) (*credentialList, error) {
	l := &credentialList{service: aws.ToString(in.ServiceName)}
	if strings.ContainsFunc(l.service, isNoServiceCharacter) {
		return nil, badServiceName()
	}
	all := aws.ToBool(in.AllUsers)
	if all && in.UserName != nil {
		return nil, allUsersAndOne()
	}
	var err error
	if !all {
		if l.user, err = userNameOrCaller(ctx, in.UserName); err != nil {
			return nil, err
		}
	}
	l.page, err = newPage("ListServiceSpecificCredentials/"+l.user+"/"+l.service, in.MaxItems, in.Marker)
	return l, err
}

func isNoServiceCharacter(r rune) bool {
	return !(between('a', 'z')(r) || between('A', 'Z')(r) || between('0', '9')(r) || r == '.' || r == '-')
}

func (l *credentialList) rows(tx persistence.Tx, account string) ([]types.ServiceSpecificCredentialMetadata, error) {
	var u *persistence.User
	var err error
	if l.user != "" {
		if u, err = findUser(tx, account, l.user); err != nil {
			return nil, err
		}
	}
	service := ""
	if l.service != "" {
		if service, err = findCredentialService(l.service); err != nil {
			return nil, err
		}
	}
	credentials, err := l.fill(tx, account, u, service)
	if err != nil {
		return nil, err
	}
	rows := make([]types.ServiceSpecificCredentialMetadata, len(credentials))
	for i, c := range credentials {
		owner := u
		if owner == nil {
			if owner, err = persistence.UsersByID.First(tx, account, c.UserID); err != nil {
				return nil, err
			}
		}
		rows[i] = serviceCredentialRow(owner, c, l.now)
	}
	return rows, nil
}

// fill takes the credentials of the page: those of all users sorted by ID, those of one
// user by service and then by ID.
func (l *credentialList) fill(tx persistence.Tx, account string, u *persistence.User,
	service string) ([]*persistence.ServiceCredential, error) {
	if u == nil {
		all := persistence.ServiceCredentials.Scan(tx, account, nil, l.page.after)
		return fill(l.page, all, persistence.ServiceCredentials.Key, func(c *persistence.ServiceCredential) bool {
			return service == "" || c.Service == service
		})
	}
	prefix := persistence.Key{u.ID}
	if service != "" {
		prefix = append(prefix, service)
	}
	own := persistence.ServiceCredentialsByUser.Scan(tx, account, prefix, underKey(u.ID, l.page.after))
	return fill(l.page, own, func(c *persistence.ServiceCredential) persistence.Key { return persistence.Key{c.Service, c.ID} }, nil)
}

// UpdateServiceSpecificCredential makes a credential of a user, by default the
// caller, active or inactive.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateServiceSpecificCredential.html
func (s *Service) UpdateServiceSpecificCredential(ctx context.Context,
	in *iam.UpdateServiceSpecificCredentialInput) (*iam.UpdateServiceSpecificCredentialOutput, error) {
	inactive, err := isInactive(in.Status)
	if err != nil {
		return nil, err
	}
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		_, c, err := findServiceCredential(ctx, tx, in.UserName, in.ServiceSpecificCredentialId)
		if err != nil {
			return err
		}
		c.Inactive = inactive
		return persistence.ServiceCredentials.Put(tx, account(ctx), c)
	})
	return answer(&iam.UpdateServiceSpecificCredentialOutput{}, err)
}

// ResetServiceSpecificCredential gives a credential of a user, by default the
// caller, a new secret. Status, dates and alias stay (recorded).
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ResetServiceSpecificCredential.html
func (s *Service) ResetServiceSpecificCredential(ctx context.Context,
	in *iam.ResetServiceSpecificCredentialInput) (*iam.ResetServiceSpecificCredentialOutput, error) {
	password, err := s.newServicePassword()
	if err != nil {
		return nil, err
	}
	out, now := &iam.ResetServiceSpecificCredentialOutput{}, s.clock()
	err = s.store.Update(ctx, func(tx persistence.Tx) error {
		u, c, err := findServiceCredential(ctx, tx, in.UserName, in.ServiceSpecificCredentialId)
		if err != nil {
			return err
		}
		out.ServiceSpecificCredential = serviceCredentialOut(u, c, now, password)
		return persistence.ServiceCredentials.Put(tx, account(ctx), c)
	})
	return answer(out, err)
}

// DeleteServiceSpecificCredential removes a credential of a user, by default the
// caller.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServiceSpecificCredential.html
func (s *Service) DeleteServiceSpecificCredential(ctx context.Context,
	in *iam.DeleteServiceSpecificCredentialInput) (*iam.DeleteServiceSpecificCredentialOutput, error) {
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		_, c, err := findServiceCredential(ctx, tx, in.UserName, in.ServiceSpecificCredentialId)
		if err != nil {
			return err
		}
		return persistence.ServiceCredentials.Delete(tx, account(ctx), c.ID)
	})
	return answer(&iam.DeleteServiceSpecificCredentialOutput{}, err)
}

func findServiceCredential(ctx context.Context, tx persistence.Tx,
	userName, id *string) (*persistence.User, *persistence.ServiceCredential, error) {
	name, err := userNameOrCaller(ctx, userName)
	if err != nil {
		return nil, nil, err
	}
	u, err := findUser(tx, account(ctx), name)
	if err != nil {
		return nil, nil, err
	}
	c, err := persistence.ServiceCredentials.Get(tx, account(ctx), aws.ToString(id))
	switch {
	case errors.Is(err, persistence.ErrNotFound):
		return nil, nil, noSuchServiceCredential(aws.ToString(id))
	case err == nil && c.UserID != u.ID:
		return nil, nil, foreignServiceCredential(u.Name, aws.ToString(id))
	}
	return u, c, err
}

// serviceCredentialOut returns a credential with a new password and puts the password's
// hash into the record. Only this answer has the password.
func serviceCredentialOut(u *persistence.User, c *persistence.ServiceCredential, now time.Time,
	password string) *types.ServiceSpecificCredential {
	row := serviceCredentialRow(u, c, now)
	out := &types.ServiceSpecificCredential{
		UserName: row.UserName, ServiceName: row.ServiceName, ServiceSpecificCredentialId: row.ServiceSpecificCredentialId,
		Status: row.Status, CreateDate: row.CreateDate, ExpirationDate: row.ExpirationDate, ServiceUserName: row.ServiceUserName,
		ServiceCredentialAlias: row.ServiceCredentialAlias,
	}
	secret := password
	if prefix := credentialServices[c.Service]; prefix != "" {
		secret = prefix + base64.StdEncoding.EncodeToString([]byte(c.Alias+":"+password))
		out.ServiceCredentialSecret = &secret
	} else {
		out.ServicePassword = &secret
	}
	sum := sha256.Sum256([]byte(secret))
	c.SecretHash = sum[:]
	return out
}

// serviceCredentialRow returns a credential as lists show it.
func serviceCredentialRow(u *persistence.User, c *persistence.ServiceCredential, now time.Time) types.ServiceSpecificCredentialMetadata {
	row := types.ServiceSpecificCredentialMetadata{
		UserName: &u.Name, ServiceName: &c.Service, ServiceSpecificCredentialId: &c.ID,
		Status: credentialStatus(c.Inactive), CreateDate: &c.CreateDate,
	}
	if credentialServices[c.Service] == "" {
		row.ServiceUserName = &c.Alias
	} else {
		row.ServiceCredentialAlias = &c.Alias
	}
	if !c.ExpirationDate.IsZero() {
		row.ExpirationDate = &c.ExpirationDate
		if !now.Before(c.ExpirationDate) {
			row.Status = types.StatusTypeExpired
		}
	}
	return row
}
