package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/decisions"
)

// limitOfLayer says which policy of a level denies, or that none of them allows. The
// layer is called "SCPs of OU Work", for example.
func limitOfLayer(l *decisions.Layer) string {
	var names []string
	for i := range l.Statements {
		if l.Statements[i].Effect == "Deny" {
			return "denied by " + l.Statements[i].String()
		}
	}
	for _, p := range l.Policies {
		names = append(names, p.ID)
	}
	return noneAllows(l.Name, names)
}

func noneAllows(layer string, names []string) string {
	return fmt.Sprintf("none of the %s allows it: %s", layer, strings.Join(names, ", "))
}

// levelLimits simulates each level of the organization alone, with a policy that allows
// everything. For each request it says which level denies it, the first one from the root
// down; and for an explicit denial, which file.
func (c *simulateCommand) levelLimits(ctx context.Context, in *iam.SimulateCustomPolicyInput) (map[int]string, error) {
	limits := map[int]string{}
	for i, level := range in.OrderedOrganizationPolicyInputList {
		files, name := strings.Split(c.SCP[i], ","), fmt.Sprintf("SCPs of level %d", i+1)
		denied, err := c.levelAlone(ctx, in, level.ServiceControlPolicyInputList)
		if err != nil {
			return nil, err
		}
		for request := range denied {
			if _, known := limits[request]; !known {
				limits[request] = noneAllows(name, files)
			}
		}
		for j, document := range level.ServiceControlPolicyInputList {
			denied, err := c.levelAlone(ctx, in, []string{document, authz.FullAWSAccessDocument})
			if err != nil {
				return nil, err
			}
			for request := range denied {
				if limits[request] == noneAllows(name, files) {
					limits[request] = fmt.Sprintf("denied by %s, one of the %s", files[j], name)
				}
			}
		}
	}
	return limits, nil
}

// levelAlone are the requests that the policies of a level do not allow.
func (c *simulateCommand) levelAlone(ctx context.Context, in *iam.SimulateCustomPolicyInput, policies []string) (map[int]bool, error) {
	alone := *in
	alone.PolicyInputList, alone.PermissionsBoundaryPolicyInputList, alone.ResourcePolicy = []string{authz.FullAWSAccessDocument}, nil, nil
	alone.OrderedOrganizationPolicyInputList = []types.OrderedOrganizationPolicyType{{ServiceControlPolicyInputList: policies}}
	results, err := inParts(ctx, &alone, newSimulator(c.partition(), c.Strict).simulate)
	if err != nil {
		return nil, err
	}
	denied := map[int]bool{}
	for i, r := range newSimulationAnswer(results).requests {
		if r.limitedByOrganization() {
			denied[i] = true
		}
	}
	return denied, nil
}
