package services

// batchGetItem needs the action on each table.
func (d *dynamo) batchGetItem() error {
	return d.eachTable(func(name, table string, a *access) error {
		in := d.in.object("RequestItems").object(name)
		read, err := d.reads(in)
		if err != nil {
			return err
		}
		for _, key := range in.objects("Keys") {
			a.touch(key.names()...)
			a.item(key, d.partition(table, "", key))
		}
		a.touch(read.attributes.list...)
		a.say("Select", selected(projects(in), ""))
		return nil
	})
}

// batchWriteItem needs the action on each table.
func (d *dynamo) batchWriteItem() error {
	return d.eachTable(func(name, table string, a *access) error {
		for _, write := range d.in.object("RequestItems").objects(name) {
			if err := write.spelled(dynamodbMembers); err != nil {
				return err
			}
			item := write.object("PutRequest").object("Item")
			if key := write.object("DeleteRequest").object("Key"); item == nil {
				item = key
			} else if key != nil {
				item = nil
			}
			if item == nil {
				return &Malformed{Reason: "Supplied WriteRequest has to be one of PutRequest or DeleteRequest"} // text not confirmed
			}
			a.touch(item.names()...)
			a.item(item, d.partition(table, "", item))
		}
		return nil
	})
}

// eachTable needs the action of the operation's name on each table of RequestItems; collect says
// what the request does there.
func (d *dynamo) eachTable(collect func(name, table string, a *access) error) error {
	for _, name := range d.in.object("RequestItems").names() {
		table, err := d.r.table(name)
		if err != nil {
			return err
		}
		a := &access{}
		if err := collect(name, table, a); err != nil {
			return err
		}
		a.say("ReturnConsumedCapacity", capacity(d.in))
		d.need(d.operation, table, a.keys()...)
	}
	return d.some("requestItems")
}
