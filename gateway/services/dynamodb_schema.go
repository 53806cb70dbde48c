package services

import (
	"slices"
	"sync"
)

// TableSchema is what makes up the keys of a DynamoDB table and of its indexes.
type TableSchema struct {
	Partition []string            // attributes of the partition key; a table has one
	Indexes   map[string][]string // the same by the index's name; up to four
}

// maxSchemas is how many tables Schemas knows. When it is full it forgets them
// all: they are learned again when they are asked for.
const maxSchemas = 4096

// Schemas are the keys of the DynamoDB tables that were seen in answers. A
// request names attributes, and does not say which of them is the partition key,
// so that dynamodb:LeadingKeys needs this. Several goroutines may use it.
type Schemas struct {
	mu    sync.RWMutex
	known map[string]TableSchema // by the ARN of the table
}

// NewSchemas returns Schemas that know no table.
func NewSchemas() *Schemas { return &Schemas{known: map[string]TableSchema{}} }

// Get returns the keys of the table with the ARN.
func (s *Schemas) Get(table string) (TableSchema, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	schema, ok := s.known[table]
	return schema, ok
}

// schemaOperations are the operations of DynamoDB whose answers describe a
// table, and the member that does.
var schemaOperations = map[string]string{
	"CreateTable":               "TableDescription",
	"DeleteTable":               "TableDescription",
	"DescribeTable":             "Table",
	"RestoreTableFromBackup":    "TableDescription",
	"RestoreTableToPointInTime": "TableDescription",
	"UpdateTable":               "TableDescription",
}

// Learns reports whether the answers of the operation of DynamoDB describe a table.
func (s *Schemas) Learns(operation string) bool { return schemaOperations[operation] != "" }

// TableOf returns the ARN of the table that a request to DynamoDB makes or
// describes, for Learn; empty if its body names none.
func TableOf(r *Request) string {
	m, err := readMembers(r.Body)
	if err != nil {
		return ""
	}
	name := m.text("TableName")
	if name == "" {
		name = m.text("TargetTableName")
	}
	arn, err := r.table(name)
	if err != nil {
		return ""
	}
	return arn
}

// Learn reads the body of the answer to a successful call that made or described
// the table with the ARN. The ARN is the caller's, for the one in the answer may
// have an account of the upstream's own.
func (s *Schemas) Learn(operation, table string, answer []byte) {
	m, err := readMembers(answer)
	if err != nil || table == "" {
		return
	}
	schema, ok := readSchema(m.object(schemaOperations[operation]))
	s.mu.Lock()
	defer s.mu.Unlock()
	if operation == "DeleteTable" || !ok {
		delete(s.known, table) // the next table of this name may have other keys
		return
	}
	if len(s.known) >= maxSchemas {
		clear(s.known)
	}
	s.known[table] = schema
}

func readSchema(description members) (TableSchema, bool) {
	schema := TableSchema{Partition: partitionKey(description), Indexes: map[string][]string{}}
	for _, kind := range []string{"GlobalSecondaryIndexes", "LocalSecondaryIndexes"} {
		for _, index := range description.objects(kind) {
			schema.Indexes[index.text("IndexName")] = partitionKey(index)
		}
	}
	return schema, len(schema.Partition) > 0
}

// partitionKey returns the attributes of KeySchema that are hashed.
func partitionKey(m members) []string {
	var names []string
	for _, element := range m.objects("KeySchema") {
		if element.text("KeyType") == "HASH" {
			names = append(names, element.text("AttributeName"))
		}
	}
	return slices.Clip(names)
}

// partition returns the attributes of the partition key of the table, or of its
// index if one is named; nil if they are not known.
func (s TableSchema) partition(index string) []string {
	if index == "" {
		return s.Partition
	}
	return s.Indexes[index]
}
