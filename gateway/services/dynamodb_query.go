package services

import "slices"

// errQueryKey is AWS's refusal of a key condition that does not say which
// partition is wanted.
var errQueryKey = &Malformed{Reason: "Query key condition not supported"}

// query needs the action on the table or on the index.
func (d *dynamo) query() error {
	a, err := d.search()
	if err != nil {
		return err
	}
	equal, err := d.keyConditions()
	if err != nil {
		return err
	}
	table, err := d.r.table(d.in.text("TableName"))
	if err != nil {
		return err
	}
	if err := a.keyValues(equal, d.queried(table, equal)); err != nil {
		return err
	}
	return d.searched(a)
}

// scan needs the action on the table or on the index. It has no leading keys: it
// reads all.
func (d *dynamo) scan() error {
	a, err := d.search()
	if err != nil {
		return err
	}
	return d.searched(a)
}

// search is the common part of query and scan.
func (d *dynamo) search() (*access, error) {
	given := d.in.text("Select")
	if given == "SPECIFIC_ATTRIBUTES" && !projects(d.in) {
		return nil, &Malformed{
			Reason: "One or more parameter values were invalid: Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
		} // text not confirmed
	}
	a, err := d.reads(d.in)
	if err != nil {
		return nil, err
	}
	if given == "" {
		given = selected(projects(d.in), d.in.text("IndexName"))
	}
	a.say("Select", given)
	a.say("ReturnConsumedCapacity", capacity(d.in))
	return a, nil
}

func (d *dynamo) searched(a *access) error {
	resource, err := d.r.tableOrIndex(d.in)
	if err != nil {
		return err
	}
	d.need(d.operation, resource, a.keys()...)
	return nil
}

// keyConditions returns the attributes that a query's key condition compares with a value by "=":
// those of the partition key, and perhaps the sort key.
func (d *dynamo) keyConditions() ([]equality, error) {
	e, err := placeholdersOf(d.in).readExpression("KeyConditionExpression", d.in.text("KeyConditionExpression"))
	if err != nil {
		return nil, err
	}
	equal := e.equal
	legacy := d.in.object("KeyConditions")
	for _, name := range legacy.names() {
		condition := legacy.object(name)
		if values := condition.objects("AttributeValueList"); condition.text("ComparisonOperator") == "EQ" && len(values) == 1 {
			equal = append(equal, equality{name, values[0]})
		}
	}
	return equal, nil
}

// queried returns the attributes of the partition key that is queried; nil if
// they are not known. If only one attribute is compared, no look-up is needed.
func (d *dynamo) queried(table string, equal []equality) []string {
	if len(equal) == 1 {
		return []string{equal[0].attribute}
	}
	return d.partition(table, d.in.text("IndexName"), nil)
}

// keyValues adds the values of the partition key's attributes or, if the partition key is not
// known, those of all attributes that are compared.
func (a *access) keyValues(equal []equality, partition []string) error {
	var candidates []string
	for _, e := range equal {
		text, ok := keyText(e.value)
		if !ok {
			return errQueryKey
		}
		candidates = append(candidates, text)
		if n := slices.Index(partition, e.attribute); n >= 0 {
			a.pin(n, text)
		}
	}
	if len(candidates) == 0 {
		return errQueryKey
	}
	if len(a.leading) == 0 || len(a.leading[0].list) == 0 {
		a.pin(0, candidates...)
	}
	return nil
}
