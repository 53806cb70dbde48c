package services

import (
	"cmp"
	"strings"
)

// dynamodbExpressions are the members with expressions, and dynamodbLegacy those
// whose members are named like attributes and that came before expressions.
var (
	dynamodbExpressions = []string{"ProjectionExpression", "ConditionExpression", "FilterExpression", "KeyConditionExpression",
		"UpdateExpression"}
	dynamodbLegacy = []string{"Item", "Key", "Expected", "AttributeUpdates", "KeyConditions", "QueryFilter", "ScanFilter"}
)

// reads returns which attributes the members of a request, or of a part of it, access.
func (d *dynamo) reads(in members) (*access, error) {
	if err := in.spelled(dynamodbMembers); err != nil {
		return nil, err
	}
	a := &access{}
	for _, member := range dynamodbLegacy {
		a.touch(in.object(member).names()...)
	}
	for _, path := range in.texts("AttributesToGet") { // which has no placeholders
		name, _, _ := strings.Cut(path, ".")
		name, _, _ = strings.Cut(name, "[")
		a.touch(name)
	}
	for _, member := range dynamodbExpressions {
		text := in.text(member)
		if text == "" {
			continue
		}
		e, err := placeholdersOf(in).readExpression(member, text)
		if err != nil {
			return nil, err
		}
		a.touch(e.attributes.list...)
	}
	return a, nil
}

func placeholdersOf(in members) placeholders {
	return placeholders{names: in.object("ExpressionAttributeNames"), values: in.object("ExpressionAttributeValues")}
}

// partition returns the attributes of the partition key of a table or of its
// index, nil if they are not known. key is what holds their values: a key of one
// attribute needs no look-up.
func (d *dynamo) partition(table, index string, key members) []string {
	if len(key) == 1 && index == "" {
		return key.names()
	}
	schema, asked := d.schemas[table]
	if !asked && d.r.Schema != nil {
		schema = d.r.Schema(table)
		if d.schemas == nil {
			d.schemas = map[string]TableSchema{}
		}
		d.schemas[table] = schema
	}
	return schema.partition(index)
}

// one needs the action on the table that in names, for the item with the key, or for the item that
// is written.
func (d *dynamo) one(action string, in members, say func(*access)) error {
	table, err := d.r.table(in.text("TableName"))
	if err != nil {
		return err
	}
	a, err := d.reads(in)
	if err != nil {
		return err
	}
	key := in.object("Key")
	if key == nil {
		key = in.object("Item")
	}
	a.item(key, d.partition(table, "", key))
	say(a)
	d.need(action, table, a.keys()...)
	return nil
}

func (d *dynamo) getItem() error {
	return d.one("GetItem", d.in, func(a *access) {
		a.say("Select", selected(projects(d.in), ""))
		a.say("ReturnConsumedCapacity", capacity(d.in))
	})
}

func (d *dynamo) putItem() error    { return d.write("PutItem") }
func (d *dynamo) updateItem() error { return d.write("UpdateItem") }
func (d *dynamo) deleteItem() error { return d.write("DeleteItem") }

func (d *dynamo) write(action string) error {
	return d.one(action, d.in, func(a *access) {
		a.say("ReturnValues", cmp.Or(d.in.text("ReturnValues"), "NONE"))
		a.say("ReturnConsumedCapacity", capacity(d.in))
	})
}

// transactParts are the parts of an item of a transaction, with the action that
// each needs.
var transactParts = []struct{ member, action string }{
	{"ConditionCheck", "ConditionCheckItem"},
	{"Delete", "DeleteItem"},
	{"Get", "GetItem"},
	{"Put", "PutItem"},
	{"Update", "UpdateItem"},
}

func (d *dynamo) transactGetItems() error   { return d.transact() }
func (d *dynamo) transactWriteItems() error { return d.transact() }

// transact needs the action of each item by itself.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
func (d *dynamo) transact() error {
	for _, item := range d.in.objects("TransactItems") {
		if err := item.spelled(dynamodbMembers); err != nil {
			return err
		}
		found := 0
		for _, part := range transactParts {
			in := item.object(part.member)
			if in == nil {
				continue
			}
			found++
			err := d.one(part.action, in, func(a *access) { d.sayTransaction(a, part.action, in) })
			if err != nil {
				return err
			}
		}
		if found != 1 {
			return &Malformed{Reason: "TransactItems can only contain one of Check, Put, Update or Delete"}
		}
	}
	return d.some("transactItems")
}

// sayTransaction adds the keys for an item of a transaction. The only thing that a write can return
// is the item for which its condition failed.
func (d *dynamo) sayTransaction(a *access, action string, in members) {
	if action == "GetItem" {
		a.say("Select", selected(projects(in), ""))
	} else {
		a.say("ReturnValues", cmp.Or(in.text("ReturnValuesOnConditionCheckFailure"), "NONE"))
	}
	a.say("ReturnConsumedCapacity", capacity(d.in))
	a.say("EnclosingOperation", d.operation)
}

// some returns an error if the list of the request is empty.
func (d *dynamo) some(member string) error {
	if len(d.needs.Needs) > 0 {
		return nil
	}
	return &Malformed{
		Reason: "1 validation error detected: Value '[]' at '" + member +
			"' failed to satisfy constraint: Member must have length greater than or equal to 1",
	}
}

// selected returns the value of dynamodb:Select for a request that does not set it: some
// attributes, those of the index, or all.
func selected(some bool, index string) string {
	switch {
	case some:
		return "SPECIFIC_ATTRIBUTES"
	case index != "":
		return "ALL_PROJECTED_ATTRIBUTES"
	}
	return "ALL_ATTRIBUTES"
}

// projects reports whether the request names the attributes that it wants.
func projects(in members) bool {
	list, _ := in["AttributesToGet"].([]any)
	return in.text("ProjectionExpression") != "" || len(list) > 0
}

// capacity returns the value of dynamodb:ReturnConsumedCapacity. It is not documented that it is
// NONE for a request without the member.
func capacity(in members) string { return cmp.Or(in.text("ReturnConsumedCapacity"), "NONE") }
