package policytest

import (
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/principal"
)

// attached gives entities their policies, groups and boundaries, and resources their
// policies.
func (s *planSeed) attached(r *planResource) error {
	switch r.Type {
	case "aws_iam_user", "aws_iam_role":
		return s.itself(r)
	case "aws_iam_user_policy", "aws_iam_role_policy", "aws_iam_group_policy":
		return s.inlineOf(r, strings.TrimSuffix(strings.TrimPrefix(r.Type, "aws_iam_"), "_policy"))
	case "aws_iam_user_policy_attachment", "aws_iam_role_policy_attachment", "aws_iam_group_policy_attachment":
		return s.attachment(r, strings.TrimSuffix(strings.TrimPrefix(r.Type, "aws_iam_"), "_policy_attachment"))
	case "aws_iam_policy_attachment":
		return s.attachments(r)
	case "aws_iam_user_group_membership":
		return s.members(r, []string{"user"}, []string{"groups"})
	case "aws_iam_group_membership":
		return s.members(r, []string{"users"}, []string{"group"})
	}
	return s.resourcePolicy(r)
}

// itself gives a user or role what is written in its own resource.
func (s *planSeed) itself(r *planResource) error {
	e := s.find(planKinds[r.Type], r.name())
	if _, known := r.Values["permissions_boundary"]; !known || r.string("permissions_boundary") != "" {
		boundary, err := s.refer(r, "permissions_boundary")
		if err != nil {
			return err
		}
		if boundary != "" {
			e["boundary"] = boundary
		}
	}
	for _, arn := range r.list("managed_policy_arns") {
		add(e, "policies", arn)
	}
	blocks, _ := r.Values["inline_policy"].([]any)
	for _, b := range blocks {
		block, _ := b.(map[string]any)
		name, _ := block["name"].(string)
		if name == "" {
			continue // a block that is there by default
		}
		document, ok := block["policy"].(string)
		if !ok {
			return fmt.Errorf("the inline policy %s of %s is known only when the plan has been applied; write the ARNs in it out", name,
				r.Address)
		}
		inline(e, name, document)
	}
	return nil
}

// inlineOf gives the user, role or group its inline policy.
func (s *planSeed) inlineOf(r *planResource, kind string) error {
	who, err := s.refer(r, kind)
	if err != nil {
		return err
	}
	document, err := r.document("policy")
	if err == nil {
		inline(s.named(r, kind+"s", who), r.name(), document)
	}
	return err
}

func (s *planSeed) attachment(r *planResource, kind string) error {
	who, err := s.refer(r, kind)
	if err != nil {
		return err
	}
	policy, err := s.refer(r, "policy_arn")
	if err == nil {
		add(s.named(r, kind+"s", who), "policies", policy)
	}
	return err
}

// attachments attaches a policy to users, roles and groups.
func (s *planSeed) attachments(r *planResource) error {
	policy, err := s.refer(r, "policy_arn")
	if err != nil {
		return err
	}
	for _, list := range []string{"users", "roles", "groups"} {
		names, err := s.referAll(r, list)
		if err != nil {
			return err
		}
		for _, name := range names {
			add(s.named(r, list, name), "policies", policy)
		}
	}
	return nil
}

// members puts the users of the attributes into the groups of the others.
func (s *planSeed) members(r *planResource, users, groups []string) error {
	names, err := s.referAll(r, users[0])
	if err != nil {
		return err
	}
	into, err := s.referAll(r, groups[0])
	if err != nil {
		return err
	}
	for _, user := range names {
		for _, group := range into {
			s.named(r, "groups", group)
			add(s.named(r, "users", user), "groups", group)
		}
	}
	return nil
}

// planHolders are the attributes that tell whose policy a resource has.
var planHolders = map[string]string{
	"aws_s3_bucket_policy": "bucket", "aws_sns_topic_policy": "arn", "aws_sqs_queue": "arn", "aws_kms_key": "arn",
	"aws_secretsmanager_secret_policy": "secret_arn",
}

// resourcePolicy declares the policy of a bucket, topic, queue, key or secret whose ARN the
// plan tells.
func (s *planSeed) resourcePolicy(r *planResource) error {
	attribute := planHolders[r.Type]
	holder := r.string(attribute)
	if attribute == "bucket" {
		name, err := s.refer(r, attribute)
		if err != nil {
			return err
		}
		holder = s.own.Partition.ARN(principal.ARN{Service: "s3", Resource: name})
	}
	if _, known := r.Values["policy"]; attribute == "" || known && r.string("policy") == "" {
		s.leaveOut(r)
		return nil
	}
	if services.DeclaredHolder(holder) == "" {
		s.leaveOut(r)
		return nil
	}
	document, err := r.document("policy")
	if err == nil {
		all, _ := s.account["resourcePolicies"].([]any)
		s.account["resourcePolicies"] = append(all, map[string]any{"resource": holder, "document": document})
	}
	return err
}
