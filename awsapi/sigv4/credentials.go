package sigv4

// Credentials are an access key, with the session token if they are temporary.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string // empty for a long-term key
}

// String is the access key ID alone, so that a log does not hold the secret.
func (c Credentials) String() string { return c.AccessKeyID }

// GoString is String with the name of the type.
func (c Credentials) GoString() string { return "sigv4.Credentials{" + c.AccessKeyID + "}" }
