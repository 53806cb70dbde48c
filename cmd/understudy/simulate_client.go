package main

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/awsapi/model"
	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/server"
)

// simulator simulates the policies of an input in this process, without any other state.
type simulator struct {
	partition principal.Partition
	service   *iamsvc.Service
	model     *awsapi.Model
}

func newSimulator(p principal.Partition, strict bool) simulator {
	store := memstore.New()
	authorizer := authz.New(authz.Options{Store: store, Partition: p, Rules: iamsvc.Rules(), Managed: iamsvc.ManagedDocument,
		Now: time.Now})
	return simulator{
		p, iamsvc.New(iamsvc.Options{Store: store, Partition: p, Authorizer: authorizer, StrictSimulation: strict}), model.New(),
	}
}

// SimulateCustomPolicy answers as a server answers the root user of the default account.
func (s simulator) SimulateCustomPolicy(ctx context.Context, in *iam.SimulateCustomPolicyInput,
	_ ...func(*iam.Options)) (*iam.SimulateCustomPolicyOutput, error) {
	in, err := awsapi.Received(s.model, in)
	if err != nil {
		return nil, err
	}
	now, account := time.Now(), server.DefaultAccount
	return s.service.SimulateCustomPolicy(principal.NewContext(ctx, &principal.Caller{
		Principal: s.partition.In(account).RootUser(),
		Request: principal.Request{Operation: "SimulateCustomPolicy", Time: now, Received: now, Region: s.partition.Region(),
			SecureTransport: true},
	}), in)
}
