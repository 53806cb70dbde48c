package seed

// The structs below are the form of a file: a member for each field, read by decode.go
// and written by encode.go, in this order. A member that is marked secret is written only
// if secrets are asked for. A list must not have anything twice, unless it is marked
// repeats.

// file holds what a file declares.
type file struct {
	Partition    text          `seed:"partition"` // aws, aws-cn or aws-us-gov; without it the file fits any
	Accounts     []account     `seed:"accounts"`
	Organization *organization `seed:"organization"`

	name     string // its name in errors
	imported bool   // it describes a real account: what it names may be elsewhere
	written  map[string][]*Written
}

func (file) noun() string { return "the file" }

type account struct {
	ID         text    `seed:"id,required"`
	CreateDate instant `seed:"createDate"`
	Alias      text    `seed:"alias"`

	TokenVersion       text                `seed:"globalEndpointTokenVersion"` // v1Token or v2Token
	RoleManager        flag                `seed:"roleManager"`
	OutboundFederation *outboundFederation `seed:"outboundFederation"`
	SealingKey         blob                `seed:"sealingKey,secret"`           // of session tokens
	IDPKeys            []idpKey            `seed:"identityProviderKeys,secret"` // of the local one
	PasswordPolicy     *passwordPolicy     `seed:"passwordPolicy"`
	Quotas             *quotas             `seed:"quotas"`
	Root               *root               `seed:"root"`

	Policies            []policy             `seed:"policies"`
	Groups              []group              `seed:"groups"`
	Users               []user               `seed:"users"`
	Roles               []role               `seed:"roles"`
	InstanceProfiles    []instanceProfile    `seed:"instanceProfiles"`
	OIDCProviders       []oidcProvider       `seed:"oidcProviders"`
	SAMLProviders       []samlProvider       `seed:"samlProviders"`
	ServerCertificates  []serverCertificate  `seed:"serverCertificates"`
	MFADevices          []mfaDevice          `seed:"mfaDevices"`
	DelegationTemplates []delegationTemplate `seed:"delegationTemplates"`
	DelegationRequests  []delegationRequest  `seed:"delegationRequests"`
	ResourcePolicies    []resourcePolicy     `seed:"resourcePolicies"`    // of resources of other services
	SpentAliases        textLists            `seed:"spentServiceAliases"` // of credentials that are gone, by service
}

func (account) noun() string { return "an account" }

// outboundFederation says whether STS issues tokens for other services, as which issuer,
// and with which keys.
type outboundFederation struct {
	Enabled flag       `seed:"enabled"`
	Issuer  text       `seed:"issuer"`
	Keys    []tokenKey `seed:"keys,secret"`
}

func (outboundFederation) noun() string { return "outboundFederation" }

type tokenKey struct {
	ID  text `seed:"id,required"`
	Key blob `seed:"key,required"` // PKCS #8
}

func (tokenKey) noun() string { return "a key" }

// idpKey is a key of the local identity provider.
type idpKey struct {
	Kind        text `seed:"kind,required"`
	ID          text `seed:"id,required"`
	Key         blob `seed:"key,required"` // PKCS #8
	Certificate blob `seed:"certificate"`  // X.509
}

func (idpKey) noun() string { return "a key" }

// passwordPolicy has the members of UpdateAccountPasswordPolicy.
type passwordPolicy struct {
	MinimumLength    number `seed:"minimumPasswordLength"`
	RequireSymbols   flag   `seed:"requireSymbols"`
	RequireNumbers   flag   `seed:"requireNumbers"`
	RequireUppercase flag   `seed:"requireUppercaseCharacters"`
	RequireLowercase flag   `seed:"requireLowercaseCharacters"`
	AllowChange      flag   `seed:"allowUsersToChangePassword"`
	MaxAge           number `seed:"maxPasswordAge"`
	Reuse            number `seed:"passwordReusePrevention"`
	HardExpiry       flag   `seed:"hardExpiry"`
}

func (passwordPolicy) noun() string { return "passwordPolicy" }

// root is the root user of an account.
type root struct {
	Password            flag                 `seed:"password"`     // false: it was removed
	PasswordDate        instant              `seed:"passwordDate"` // when it was set again
	SigningCertificates []signingCertificate `seed:"signingCertificates"`
}

func (root) noun() string { return "root" }

// policy is a managed policy, with a document or with versions.
type policy struct {
	Line        int
	Name        text      `seed:"name,required"`
	Path        text      `seed:"path"`
	ID          text      `seed:"id"`
	CreateDate  instant   `seed:"createDate"`
	UpdateDate  instant   `seed:"updateDate"`
	Description text      `seed:"description"`
	Tags        texts     `seed:"tags"`
	LastVersion number    `seed:"lastVersion"` // the highest number that a version ever had
	Document    content   `seed:"document"`
	Versions    []version `seed:"versions"`
}

func (policy) noun() string { return "a policy" }

type version struct {
	Line       int
	ID         text    `seed:"id,required"` // v1
	Default    flag    `seed:"default"`
	CreateDate instant `seed:"createDate"`
	Document   content `seed:"document,required"`
}

func (version) noun() string { return "a version" }

// identity has the members that users, groups and roles have in common.
type identity struct {
	Line       int
	Name       text    `seed:"name"`
	Path       text    `seed:"path"`
	ID         text    `seed:"id"`
	CreateDate instant `seed:"createDate"`
}

// permissions are the policies of a user, group or role.
type permissions struct {
	Policies []text   `seed:"policies"` // managed ones, by ARN or name
	Inline   contents `seed:"inline"`
}

type group struct {
	identity
	permissions
}

func (group) noun() string { return "a group" }

type user struct {
	identity
	PasswordLastUsed instant `seed:"passwordLastUsed"`
	Tags             texts   `seed:"tags"`
	Boundary         text    `seed:"boundary"`
	Groups           []text  `seed:"groups"`
	permissions
	LoginProfile        *loginProfile        `seed:"loginProfile"`
	AccessKeys          []accessKey          `seed:"accessKeys"`
	SSHPublicKeys       []sshPublicKey       `seed:"sshPublicKeys"`
	SigningCertificates []signingCertificate `seed:"signingCertificates"`
	ServiceCredentials  []serviceCredential  `seed:"serviceSpecificCredentials"`
}

func (user) noun() string { return "a user" }

// role is a role with a trust policy, the role of a service, or one that is made
// from a role template.
type role struct {
	identity
	Service            text          `seed:"service"` // of a service-linked role, which then has the name that the service gives
	Suffix             text          `seed:"suffix"`  // of that name
	Template           *roleTemplate `seed:"template"`
	Description        text          `seed:"description"`
	MaxSessionDuration number        `seed:"maxSessionDuration"`
	LastUsed           *lastUse      `seed:"lastUsed"`
	Tags               texts         `seed:"tags"`
	Boundary           text          `seed:"boundary"`
	Trust              content       `seed:"trust"`
	UnknownPrincipals  flag          `seed:"unknownPrincipals"` // true: principals that trust names stay in it even if they do not exist
	permissions
}

func (role) noun() string { return "a role" }

type roleTemplate struct {
	ARN        text      `seed:"arn,required"`
	Minor      number    `seed:"minorVersion"`
	Parameters textLists `seed:"parameters"`
}

func (roleTemplate) noun() string { return "template" }

// lastUse says when something was last used, and for what.
type lastUse struct {
	Date    instant `seed:"date,required"`
	Service text    `seed:"service"`
	Region  text    `seed:"region"`
}

func (lastUse) noun() string { return "lastUsed" }

// loginProfile has a password in clear, or the hashes of an export.
type loginProfile struct {
	Line          int
	Password      text    `seed:"password,secret"`
	ResetRequired flag    `seed:"passwordResetRequired"`
	CreateDate    instant `seed:"createDate"`
	ChangeDate    instant `seed:"changeDate"`
	Salt          blob    `seed:"salt,secret"`
	Hashes        []blob  `seed:"hashes,secret"` // that of the current password first
}

func (loginProfile) noun() string { return "loginProfile" }

type accessKey struct {
	Line       int
	ID         text     `seed:"id"`
	Secret     text     `seed:"secret,secret"`
	Status     text     `seed:"status"`
	CreateDate instant  `seed:"createDate"`
	LastUsed   *lastUse `seed:"lastUsed"`
}

func (accessKey) noun() string { return "an access key" }

type sshPublicKey struct {
	Line       int
	ID         text    `seed:"id"`
	Body       content `seed:"body,required"`
	Status     text    `seed:"status"`
	UploadDate instant `seed:"uploadDate"`
}

func (sshPublicKey) noun() string { return "an SSH public key" }

type signingCertificate struct {
	Line       int
	Body       content `seed:"body,required"`
	Status     text    `seed:"status"`
	UploadDate instant `seed:"uploadDate"`
}

func (signingCertificate) noun() string { return "a signing certificate" }

// serviceCredential is a service-specific credential, with its secret in clear
// or the hash of an export.
type serviceCredential struct {
	Line           int
	Service        text    `seed:"service,required"`
	ID             text    `seed:"id"`
	Alias          text    `seed:"alias"`
	Secret         text    `seed:"secret,secret"`
	Hash           blob    `seed:"hash,secret"`
	Status         text    `seed:"status"`
	CreateDate     instant `seed:"createDate"`
	ExpirationDate instant `seed:"expirationDate"`
}

func (serviceCredential) noun() string { return "a service-specific credential" }

type instanceProfile struct {
	identity
	Role text  `seed:"role"`
	Tags texts `seed:"tags"`
}

func (instanceProfile) noun() string { return "an instance profile" }

type oidcProvider struct {
	Line        int
	URL         text    `seed:"url,required"` // with https://
	CreateDate  instant `seed:"createDate"`
	ClientIDs   []text  `seed:"clientIds"`
	Thumbprints []text  `seed:"thumbprints,repeats"`

	Context  *contextProvider `seed:"contextProvider"`
	Instance text             `seed:"identityCenterInstance"` // an ARN; needs a contextProvider

	Tags texts `seed:"tags"`
}

func (oidcProvider) noun() string { return "an OIDC provider" }

// contextProvider says which claims of a token, or which attributes of an
// assertion, become trusted context keys of a session.
type contextProvider struct {
	Line            int
	SubjectSource   text         `seed:"subjectSourceKey,required"`
	KeyDefinitions  []contextKey `seed:"keyDefinitions"`
	SubjectTypeFrom text         `seed:"subjectTypeSourceKey"`
	SubjectType     text         `seed:"subjectTypeValue"` // such as user or workload
}

func (contextProvider) noun() string { return "contextProvider" }

type contextKey struct {
	Source text `seed:"sourceKey,required"`
	Target text `seed:"targetKey"`
}

func (contextKey) noun() string { return "a key definition" }

type samlProvider struct {
	Line        int
	Name        text      `seed:"name,required"`
	ID          text      `seed:"id"`
	CreateDate  instant   `seed:"createDate"`
	ValidUntil  instant   `seed:"validUntil"`
	Metadata    content   `seed:"metadata,required"`
	Encryption  text      `seed:"assertionEncryptionMode,secret"` // Required or Allowed; Required needs a key
	PrivateKeys []samlKey `seed:"privateKeys,secret"`

	Context *contextProvider `seed:"contextProvider"`

	Tags texts `seed:"tags"`
}

func (samlProvider) noun() string { return "a SAML provider" }

type samlKey struct {
	ID         text    `seed:"id"`
	Key        content `seed:"key,required"`
	UploadDate instant `seed:"uploadDate"`
}

func (samlKey) noun() string { return "a private key" }

// serverCertificate may lack its private key, since the server does not store it.
type serverCertificate struct {
	Line       int
	Name       text    `seed:"name,required"`
	Path       text    `seed:"path"`
	ID         text    `seed:"id"`
	UploadDate instant `seed:"uploadDate"`
	Body       content `seed:"body,required"`
	Chain      content `seed:"chain"`
	PrivateKey content `seed:"privateKey"`
	Tags       texts   `seed:"tags"`
	Untaggable flag    `seed:"untaggable"`
}

func (serverCertificate) noun() string { return "a server certificate" }

// mfaDevice is a virtual device, which has a name; a hardware token, which has
// its serial number; or a security key.
type mfaDevice struct {
	Line           int
	Name           text    `seed:"name"` // of a virtual device
	Path           text    `seed:"path"`
	Serial         text    `seed:"serial"`      // of a token, or of a key that has one
	SecurityKey    text    `seed:"securityKey"` // the name of a new key
	Seed           text    `seed:"seed,secret"`
	User           text    `seed:"user"`
	Root           flag    `seed:"root"` // true: it belongs to the root user
	EnableDate     instant `seed:"enableDate"`
	Certifications texts   `seed:"certifications"`
	Tags           texts   `seed:"tags"`

	LastSync  number64   `seed:"lastSync"` // steps of 30 seconds since 1970
	Drift     number64   `seed:"drift"`
	Spent     []number64 `seed:"spent"`
	TryWindow number64   `seed:"tryWindow"` // of three minutes, since 1970
	Tries     number     `seed:"tries"`
}

func (mfaDevice) noun() string { return "an MFA device" }

type delegationTemplate struct {
	Line      int
	Name      text    `seed:"name,required"`
	Requestor text    `seed:"requestor,required"`
	Policy    content `seed:"policy,required"`
}

func (delegationTemplate) noun() string { return "a delegation template" }

// delegationRequest has the members of CreateDelegationRequest, and the history of the
// request.
type delegationRequest struct {
	Line            int
	ID              text                  `seed:"id,required"`
	RequestorName   text                  `seed:"requestorName"`
	WorkflowID      text                  `seed:"requestorWorkflowId,required"`
	Description     text                  `seed:"description"`
	Message         text                  `seed:"requestMessage"`
	RedirectURL     text                  `seed:"redirectUrl"`
	Channel         text                  `seed:"notificationChannel,required"`
	SessionDuration number                `seed:"sessionDuration,required"`
	OnlySendByOwner flag                  `seed:"onlySendByOwner"`
	Template        text                  `seed:"policyTemplateArn,required"`
	Parameters      []delegationParameter `seed:"parameters"`
	Policy          content               `seed:"policy,required"` // the template with the parameters in it
	OwnerAccount    text                  `seed:"ownerAccountId"`
	Owner           text                  `seed:"ownerId"`
	Approver        text                  `seed:"approverId"`
	ApproverEntity  text                  `seed:"approver"` // its unique ID
	Session         *approverSession      `seed:"approverSession"`
	Notes           text                  `seed:"notes"`
	RejectionReason text                  `seed:"rejectionReason"`
	Changes         []delegationChange    `seed:"changes"`
	Token           text                  `seed:"exchangeToken,secret"`
}

func (delegationRequest) noun() string { return "a delegation request" }

type delegationParameter struct {
	Name   text   `seed:"name,required"`
	Type   text   `seed:"type"` // stringList, or string
	Values []text `seed:"values,repeats"`
}

func (delegationParameter) noun() string { return "a parameter" }

type delegationChange struct {
	State text    `seed:"state,required"`
	Time  instant `seed:"time,required"`
}

func (delegationChange) noun() string { return "a change" }

// approverSession is the session that accepted a request.
type approverSession struct {
	Name              text      `seed:"name"`
	Policy            content   `seed:"policy"`
	PolicyARNs        []text    `seed:"policyArns,repeats"`
	Limits            []text    `seed:"limits,repeats"`
	Tags              texts     `seed:"tags"`
	TransitiveTagKeys []text    `seed:"transitiveTagKeys,repeats"`
	SourceIdentity    text      `seed:"sourceIdentity"`
	FederatedProvider text      `seed:"federatedProvider"`
	Keys              textLists `seed:"conditionKeys"`
}

func (approverSession) noun() string { return "approverSession" }
