package sts

// Errors of GetScopedCredentials. Their codes are those of the model; their texts
// are not documented.

func nothingToScope() error {
	return apiError("ValidationError", "At least one of Policy and DurationSeconds must be specified.") // text not confirmed
}

func sessionLifetimeTooShort() error {
	return apiError("InsufficientSessionLifetime",
		"The requested DurationSeconds exceeds the remaining lifetime of the calling session.") // text not confirmed
}

// tooManyScopeDownPolicies has a code that is not documented: the call "is denied".
func tooManyScopeDownPolicies() error {
	return apiError("AccessDenied", "The session already has the maximum of %d scope down policies.", maxScopeDown) // text not confirmed
}
