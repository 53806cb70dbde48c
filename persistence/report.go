package persistence

import "time"

// CredentialReport is the last report on the credentials of an account.
type CredentialReport struct {
	Content   string    `cbor:"1,keyasint"` // CSV
	Generated time.Time `cbor:"2,keyasint"`

	// Asked says that somebody has asked for the report since it was ordered. The first
	// caller is told that it is not ready, unless a second has passed.
	Asked bool `cbor:"3,keyasint,omitempty"`
}

// CredentialReports holds the one CredentialReport record of each account that
// has ordered one, under no key parts.
var CredentialReports = newTable("credential-report", func(*CredentialReport) Key { return nil })

// AccessJob is a report on the services that a user, group, role or policy may
// use and has used, as they were when the report was ordered.
type AccessJob struct {
	ID          string       `cbor:"1,keyasint"` // a UUID
	Owner       string       `cbor:"2,keyasint"` // aws:userid of the caller that ordered it; only this caller may read it
	Created     time.Time    `cbor:"3,keyasint"`
	ActionLevel bool         `cbor:"4,keyasint,omitempty"`
	Asked       bool         `cbor:"5,keyasint,omitempty"` // as of a CredentialReport
	Services    []JobService `cbor:"6,keyasint,omitempty"` // in the order of their namespaces
	Entities    []JobEntity  `cbor:"7,keyasint,omitempty"` // users and roles whose access counts, in the order of their ARNs
	Accesses    []Access     `cbor:"8,keyasint,omitempty"` // of Entities
	Number      uint64       `cbor:"9,keyasint,omitempty"` // in the order of the reports
}

// JobService is a service that a report lists.
type JobService struct {
	Namespace string   `cbor:"1,keyasint"`
	Actions   []string `cbor:"2,keyasint,omitempty"` // tracked ones that are allowed; only of reports with actions
}

// JobEntity is a user or role in a report.
type JobEntity struct {
	ID   string `cbor:"1,keyasint"`
	ARN  string `cbor:"2,keyasint"`
	Name string `cbor:"3,keyasint"`
	Path string `cbor:"4,keyasint"`
	Role bool   `cbor:"5,keyasint,omitempty"`
}

// ARN returns the ARN of the entity that made the access, nil if it is not in the report.
func (j *AccessJob) ARN(a *Access) *string {
	for i := range j.Entities {
		if j.Entities[i].ID == a.EntityID {
			return &j.Entities[i].ARN
		}
	}
	return nil
}

// AccessJobs holds the reports, by their IDs.
var AccessJobs = newQueue("access-job", func(j *AccessJob) Key { return Key{j.ID} }, func(j *AccessJob) *uint64 { return &j.Number })

// OrganizationJob is a report on the services that the accounts of a part of an
// organization may use and have used. It is in the management account.
type OrganizationJob struct {
	ID       string          `cbor:"1,keyasint"` // a UUID
	Path     string          `cbor:"2,keyasint"` // of the root, unit or account: o-.../r-.../...
	PolicyID string          `cbor:"3,keyasint,omitempty"`
	Created  time.Time       `cbor:"4,keyasint"`
	Asked    bool            `cbor:"5,keyasint,omitempty"` // as of a CredentialReport
	Services []string        `cbor:"6,keyasint,omitempty"` // namespaces, in order
	Accesses []AccountAccess `cbor:"7,keyasint,omitempty"`
	Number   uint64          `cbor:"8,keyasint,omitempty"` // in the order of the reports
}

// AccountAccess is the last attempt of an account's principals to use a service.
type AccountAccess struct {
	Path    string    `cbor:"1,keyasint"` // of the account, in its organization
	Service string    `cbor:"2,keyasint"`
	Time    time.Time `cbor:"3,keyasint"`
	Region  string    `cbor:"4,keyasint,omitempty"`
}

// OrganizationJobs holds the reports on organizations, by their IDs.
var OrganizationJobs = newQueue("organization-job", func(j *OrganizationJob) Key { return Key{j.ID} },
	func(j *OrganizationJob) *uint64 { return &j.Number })
