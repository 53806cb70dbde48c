package services

import (
	"cmp"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// fillActions are the actions that a caller needs on a table that is filled for them: a restored
// table, and a replica.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/backuprestore_IAM.html
var fillActions = []string{"BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"}

// createTable needs further actions for tags and for a policy.
func (d *dynamo) createTable() error {
	table, err := d.r.table(d.in.text("TableName"))
	if err != nil {
		return err
	}
	tags := listedTags(d.in.objects("Tags"))
	d.need("CreateTable", table, tags...)
	if len(tags) > 0 {
		d.need("TagResource", table, tags...)
	}
	if d.in.text("ResourcePolicy") != "" {
		d.need("PutResourcePolicy", table)
	}
	return nil
}

// updateTable needs further actions in the regions of the replicas that it adds
// or removes.
func (d *dynamo) updateTable() error {
	table, err := d.r.table(d.in.text("TableName"))
	if err != nil {
		return err
	}
	d.need("UpdateTable", table)
	for _, update := range d.in.objects("ReplicaUpdates") {
		if replica := update.object("Create"); replica != nil {
			d.needAll(inRegion(table, replica.text("RegionName")), append([]string{"CreateTable", "CreateTableReplica"}, fillActions...))
		}
		if replica := update.object("Delete"); replica != nil {
			d.needAll(inRegion(table, replica.text("RegionName")), []string{"DeleteTable", "DeleteTableReplica"})
		}
	}
	return nil
}

func (d *dynamo) needAll(resource string, actions []string) {
	for _, action := range actions {
		d.need(action, resource)
	}
}

// inRegion returns the ARN of the table's replica in a region.
func inRegion(table, region string) string {
	a, _ := principal.ParseARN(table)
	a.Region = region
	return a.String()
}

// restoreFromBackup needs the action on the backup and on the new table, which
// is then filled.
func (d *dynamo) restoreFromBackup() error {
	return d.restore(d.in.text("BackupArn"))
}

// restoreToPoint needs the action on the table that is restored and on the new one.
func (d *dynamo) restoreToPoint() error {
	source, err := d.r.table(cmp.Or(d.in.text("SourceTableArn"), d.in.text("SourceTableName")))
	if err != nil {
		return err
	}
	return d.restore(source)
}

func (d *dynamo) restore(source string) error {
	if err := d.r.checkARN("dynamodb", source); err != nil {
		return err
	}
	target, err := d.r.table(d.in.text("TargetTableName"))
	if err != nil {
		return err
	}
	d.need(d.operation, source)
	d.needAll(target, append([]string{d.operation}, fillActions...))
	return nil
}

// importTable needs the action on the table that it makes.
func (d *dynamo) importTable() error {
	table, err := d.r.table(d.in.object("TableCreationParameters").text("TableName"))
	if err != nil {
		return err
	}
	d.need("ImportTable", table)
	return nil
}

// globalTable needs the action on the global table (version 2017) and on its
// tables in the regions that are named.
func (d *dynamo) globalTable() error {
	name := d.in.text("GlobalTableName")
	d.need(d.operation, d.r.globalTable(name))
	replicas := d.in.objects("ReplicationGroup")
	for _, update := range d.in.objects("ReplicaUpdates") {
		replicas = append(replicas, update.object("Create"), update.object("Delete"))
	}
	for _, replica := range replicas {
		if region := replica.text("RegionName"); region != "" {
			d.need(d.operation, inRegion(d.r.arn("dynamodb", "table/"+name), region))
		}
	}
	return nil
}

func (d *dynamo) tagResource() error {
	arn := d.in.text("ResourceArn")
	d.need("TagResource", arn, listedTags(d.in.objects("Tags"))...)
	return d.r.checkARN("dynamodb", arn)
}

func (d *dynamo) untagResource() error {
	arn := d.in.text("ResourceArn")
	d.need("UntagResource", arn, authz.TagKeys(d.in.texts("TagKeys")...)...)
	return d.r.checkARN("dynamodb", arn)
}

// getRecords finds the stream in the shard's iterator, which begins with its ARN at AWS:
// "arn:aws:dynamodb:...:table/T/stream/LABEL|1|...". It is opaque by contract, so an iterator
// without an ARN is possible.
func (d *dynamo) getRecords() error {
	for part := range strings.SplitSeq(d.in.text("ShardIterator"), "|") {
		if a, ok := principal.ParseARN(part); ok && a.Service == "dynamodb" {
			d.need("GetRecords", part)
			return d.r.checkARN("dynamodb", part)
		}
	}
	d.need("GetRecords", "")
	return nil
}

// listedTags returns the keys of tags that are given as a list of Key and Value.
func listedTags(list []members) []authz.Key {
	tags := make([]tag, 0, len(list))
	for _, t := range list {
		tags = append(tags, tag{t.text("Key"), t.text("Value")})
	}
	return requestTags(tags)
}
