package sts

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// Errors of GetDelegatedAccessToken.

// invalidTradeInToken answers a string that is not a token, and a token of another account. The
// model has no error for it.
func invalidTradeInToken() error {
	return apiError("ValidationError", "The trade-in token is invalid.") // text not confirmed
}

// expiredTradeInToken has the wording of AWS's documentation.
func expiredTradeInToken() error {
	return &types.ExpiredTradeInTokenException{Message: aws.String(
		"The trade-in token provided in the request has expired and can no longer be exchanged for credentials.")} // text not confirmed
}
