package services

import (
	"strconv"

	"github.com/understudy-iam/understudy/authz"
)

// partiQLActions are the actions of statements.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
var partiQLActions = map[string]string{
	"DELETE": "PartiQLDelete",
	"INSERT": "PartiQLInsert",
	"SELECT": "PartiQLSelect",
	"UPDATE": "PartiQLUpdate",
}

// errMandatoryKey is AWS's refusal of a write that does not say which item it is for.
var errMandatoryKey = &Malformed{Reason: "Where clause does not contain a mandatory equality on all key attributes"}

func (d *dynamo) executeStatement() error { return d.statement(d.in) }

// executeTransaction needs what each statement needs.
func (d *dynamo) executeTransaction() error {
	for _, in := range d.in.objects("TransactStatements") {
		if err := d.statement(in, authz.String("dynamodb:EnclosingOperation", d.operation)); err != nil {
			return err
		}
	}
	return d.some("transactStatements")
}

// batchExecuteStatement needs what each statement needs, and each statement is an
// item: DynamoDB answers it by itself.
func (d *dynamo) batchExecuteStatement() error {
	for _, in := range d.in.objects("Statements") {
		from := len(d.needs.Needs)
		if err := d.statement(in); err != nil {
			return err
		}
		d.needs.Items = append(d.needs.Items, Item{from, len(d.needs.Needs)})
	}
	d.needs.parts = partiQLBatch(len(d.needs.Items))
	return d.some("statements")
}

// statement needs the action of the statement, and of those in its EXISTS.
func (d *dynamo) statement(in members, keys ...authz.Key) error {
	if err := in.spelled(dynamodbMembers); err != nil {
		return err
	}
	s, err := readPartiQL(in.text("Statement"), in.objects("Parameters"))
	if err != nil {
		return err
	}
	return d.executes(s, keys)
}

func (d *dynamo) executes(s *statement, keys []authz.Key) error {
	table, err := d.r.table(s.table)
	if err != nil {
		return err
	}
	a := &access{}
	a.touch(s.attributes.list...)
	if err := d.aims(a, s, table); err != nil {
		return err
	}
	if s.index != "" {
		table += "/index/" + s.index
	}
	d.need(partiQLActions[s.verb], table, append(a.keys(), keys...)...)
	for _, nested := range s.nested {
		if err := d.executes(nested, keys); err != nil {
			return err
		}
	}
	return nil
}

// aims notes which items the statement is for.
func (d *dynamo) aims(a *access, s *statement, table string) error {
	if s.verb == "INSERT" {
		a.item(s.item, d.partition(table, "", s.item))
		return nil
	}
	partition := d.partition(table, s.index, nil)
	pinned := a.where(s.where, partition)
	if s.verb == "SELECT" {
		a.selects(s, pinned && partition != nil)
		return nil
	}
	if !pinned {
		return errMandatoryKey
	}
	a.say("ReturnValues", s.returns)
	return nil
}

// where adds the values of the partition key that the condition admits, and reports whether it
// limits them. If the partition key is not known, every attribute that the condition limits counts
// as one.
func (a *access) where(c *condition, partition []string) bool {
	if partition == nil {
		for _, name := range c.compared() {
			if values, ok := c.pins(name); ok {
				a.pin(0, values...)
			}
		}
		return len(a.leading) > 0
	}
	for _, name := range partition {
		if _, ok := c.pins(name); !ok {
			return false
		}
	}
	for n, name := range partition {
		values, _ := c.pins(name)
		a.pin(n, values...)
	}
	return true
}

// selects notes what a SELECT returns, and whether it reads the whole table: it does unless the
// condition limits the partition key to some values.
func (a *access) selects(s *statement, keyed bool) {
	a.say("Select", selected(!s.all, s.index))
	a.say("FullTableScan", strconv.FormatBool(!keyed))
}
