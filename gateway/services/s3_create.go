package services

import (
	"strings"

	"github.com/understudy-iam/understudy/authz"
)

// createBucket needs a further action for each thing that the request sets.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
func (s *s3call) createBucket() error {
	n, err := readNode(s.r.Body)
	if err != nil {
		return err
	}
	place, err := n.texts("LocationConstraint")
	if err != nil {
		return err
	}
	list, err := n.tags("Tags")
	if err != nil {
		return err
	}
	tags := requestTags(list)
	keys := tags
	if place[0] != "" {
		keys = append(keys, authz.String("s3:locationconstraint", place[0]))
	}
	s.needBucket("CreateBucket", keys...)
	s.sets(tags)
	return nil
}

// sets needs the actions for what a new bucket is given.
func (s *s3call) sets(tags []authz.Key) {
	var actions []string
	if s.grants() && (s.header("X-Amz-Acl") != "private" || s.grantsSomeone()) {
		actions = append(actions, "PutBucketAcl")
	}
	if strings.EqualFold(s.header("X-Amz-Bucket-Object-Lock-Enabled"), "true") {
		actions = append(actions, "PutBucketObjectLockConfiguration", "PutBucketVersioning")
	}
	if s.header("X-Amz-Object-Ownership") != "" {
		actions = append(actions, "PutBucketOwnershipControls")
	}
	for _, action := range actions {
		s.needBucket(action)
	}
	if len(tags) > 0 {
		s.needBucket("TagResource", tags...)
	}
}

// putInventory adds the key with the optional fields that are asked for.
func (s *s3call) putInventory() error {
	n, err := readNode(s.r.Body)
	if err != nil {
		return err
	}
	var fields []string
	for _, list := range n.all("OptionalFields") {
		for _, f := range list.all("Field") {
			fields = append(fields, string(f.content))
		}
	}
	var keys []authz.Key
	if len(fields) > 0 {
		keys = append(keys, authz.Strings("s3:InventoryAccessibleOptionalFields", fields...))
	}
	s.needBucket("PutInventoryConfiguration", keys...)
	return nil
}

// putReplication passes the role that copies the objects.
func (s *s3call) putReplication() error {
	texts, err := s.bodyTexts("Role")
	if err != nil {
		return err
	}
	s.needBucket("PutReplicationConfiguration")
	if arn := strings.TrimSpace(texts[0]); arn != "" {
		s.needs.Needs = append(s.needs.Needs, s.r.passRole(arn, "s3.amazonaws.com"))
	}
	return nil
}

// metadataActions are the actions on the table bucket that the metadata tables of a
// bucket are made in.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/metadata-tables-permissions.html
var metadataActions = []string{"CreateNamespace", "CreateTable", "GetTable", "PutTablePolicy"}

// metadataTables needs the action on the bucket and those on its tables: in the
// bucket that the request names, or in AWS's own.
func (s *s3call) metadataTables() error {
	n, err := readNode(s.r.Body)
	if err != nil {
		return err
	}
	action, actions := s.operation, metadataActions
	bucket := s.r.arn("s3tables", "bucket/aws-s3")
	if action == "CreateBucketMetadataConfiguration" {
		action = "CreateBucketMetadataTableConfiguration"
	}
	if s.operation == "CreateBucketMetadataTableConfiguration" {
		for _, destination := range n.all("S3TablesDestination") {
			texts, err := destination.texts("TableBucketArn")
			if err != nil {
				return err
			}
			bucket = strings.TrimSpace(texts[0])
		}
		if bucket == "" {
			return errXML
		}
	} else {
		actions = append(actions[:len(actions):len(actions)], "CreateTableBucket", "PutTableEncryption")
	}
	s.needBucket(action)
	for _, action := range actions {
		s.need("s3tables:"+action, tableBucketResource(bucket, action))
	}
	return nil
}

// tableBucketResource returns the table bucket or, for actions on tables, all its tables, since the
// new one has no ID yet.
func tableBucketResource(bucket, action string) string {
	if strings.HasSuffix(action, "Table") && action != "CreateTable" || strings.HasPrefix(action, "PutTable") {
		return bucket + "/table/*"
	}
	return bucket
}
