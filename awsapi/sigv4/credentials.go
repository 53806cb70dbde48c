package sigv4

// Credentials are an access key, and the session token if they are temporary.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string // empty for a long-term key
}

// String returns only the access key ID, so that the secret is not logged.
func (c Credentials) String() string { return c.AccessKeyID }

// GoString returns String with the name of the type.
func (c Credentials) GoString() string { return "sigv4.Credentials{" + c.AccessKeyID + "}" }
