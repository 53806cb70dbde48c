package server

import (
	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/principal"
)

// observe logs each request and notes who has called what, for what IAM shows of
// last uses. A request that was not understood is no use of an action.
func observe(i *iam.Service, log func(*awsapi.Exchange)) func(*awsapi.Exchange) {
	return func(x *awsapi.Exchange) {
		log(x)
		if x.Input != nil && x.Caller.Kind > principal.Anonymous {
			i.RecordUse(x.Caller)
		}
	}
}
