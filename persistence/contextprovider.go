package persistence

// ContextProvider says which claims of a token, or which attributes of an assertion,
// become trusted context keys of a federated session.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextProvider.html
type ContextProvider struct {
	SubjectSourceKey     string                 `cbor:"1,keyasint"`
	KeyDefinitions       []ContextKeyDefinition `cbor:"2,keyasint,omitempty"` // in the order in which they came
	SubjectTypeSourceKey string                 `cbor:"3,keyasint,omitempty"`
	SubjectTypeValue     string                 `cbor:"4,keyasint,omitempty"` // "user" or "workload"
}

// ContextKeyDefinition maps a claim or an attribute to a context key. Without a
// target the key has the name of the source.
type ContextKeyDefinition struct {
	SourceKey string `cbor:"1,keyasint"`
	TargetKey string `cbor:"2,keyasint,omitempty"`
}
