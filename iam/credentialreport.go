package iam

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// credentialReportLife is how long a credential report can be read. During that time
// GenerateCredentialReport makes no new one.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
const credentialReportLife = 4 * time.Hour

// GenerateCredentialReport orders the report on the credentials of all users. It
// shows the account as it was when it was ordered.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateCredentialReport.html
//
// AWS takes some seconds. Here the report is made at once but shown only when it is
// ready, so that a client that does not wait fails here too.
func (s *Service) GenerateCredentialReport(ctx context.Context,
	_ *iam.GenerateCredentialReportInput) (*iam.GenerateCredentialReportOutput, error) {
	if err := s.FlushUses(ctx); err != nil {
		return nil, err
	}
	now, out := s.clock().UTC(), &iam.GenerateCredentialReportOutput{}
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		r, err := persistence.CredentialReports.Get(tx, account(ctx))
		if err == nil && now.Sub(r.Generated) < credentialReportLife {
			out.State = types.ReportStateTypeComplete
			if !s.ready(r.Generated, r.Asked) {
				out.State = types.ReportStateTypeInprogress
			}
			return markReportAsked(tx, account(ctx), r)
		}
		if err := unlessAbsent(err); err != nil {
			return err
		}
		content, err := credentialReport(tx, s.in(account(ctx)), now.Truncate(time.Second))
		if err != nil {
			return err
		}
		out.State = types.ReportStateTypeStarted
		out.Description = aws.String("No report exists. Starting a new report generation task")
		return persistence.CredentialReports.Put(tx, account(ctx), &persistence.CredentialReport{Content: content, Generated: now})
	})
	return answer(out, err)
}

// GetCredentialReport shows the report that was ordered last.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetCredentialReport.html
func (s *Service) GetCredentialReport(ctx context.Context, _ *iam.GetCredentialReportInput) (*iam.GetCredentialReportOutput, error) {
	var report *persistence.CredentialReport
	err := s.store.View(ctx, func(tx persistence.Tx) (err error) {
		report, err = persistence.CredentialReports.Get(tx, account(ctx))
		return err
	})
	switch {
	case errors.Is(err, persistence.ErrNotFound):
		return nil, noCredentialReport()
	case err != nil:
		return nil, err
	case s.clock().Sub(report.Generated) >= credentialReportLife:
		return nil, credentialReportExpired()
	case !s.ready(report.Generated, report.Asked):
		if err := s.store.Update(ctx, func(tx persistence.Tx) error { return markReportAsked(tx, account(ctx), report) }); err != nil {
			return nil, err
		}
		return nil, credentialReportRuns()
	}
	return &iam.GetCredentialReportOutput{
		Content: []byte(report.Content), GeneratedTime: aws.Time(report.Generated.Truncate(time.Second)),
		ReportFormat: types.ReportFormatTypeTextCsv,
	}, nil
}

// markReportAsked notes that somebody has asked for the report.
func markReportAsked(tx persistence.Tx, account string, r *persistence.CredentialReport) error {
	if r.Asked {
		return nil
	}
	asked := *r
	asked.Asked = true
	return persistence.CredentialReports.Put(tx, account, &asked)
}

// credentialReportRules are the permissions of the operations above, which have
// no resource.
func credentialReportRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(*authz.Query, *iam.GenerateCredentialReportInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:GenerateCredentialReport", Resource: "*"}}, nil
		}),
		authz.For(func(*authz.Query, *iam.GetCredentialReportInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:GetCredentialReport", Resource: "*"}}, nil
		}),
	}
}
