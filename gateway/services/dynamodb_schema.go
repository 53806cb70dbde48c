package services

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/understudy-iam/understudy/principal"
)

// TableSchema is what makes up the keys of a DynamoDB table and of its indexes.
type TableSchema struct {
	Partition []string            // attributes of the partition key; a table has one
	Indexes   map[string][]string // the same by the index's name; up to four
}

// maxSchemas is how many tables Schemas knows. When it is full it forgets them
// all: they are learned again when they are asked for.
const maxSchemas = 4096

// Schemas are the keys of the DynamoDB tables that were asked for. A
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

// ChangesTables reports whether the operation of DynamoDB may give a table other
// keys than it had: it is made, taken away or made again.
func ChangesTables(operation string) bool {
	switch operation {
	case "CreateTable", "DeleteTable", "ImportTable", "RestoreTableFromBackup", "RestoreTableToPointInTime", "UpdateTable":
		return true
	}
	return false
}

// Forget takes away what is known of the table with the ARN.
func (s *Schemas) Forget(table string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, table)
}

// TableOf returns the ARN of the table that a request to DynamoDB makes or changes;
// empty if its body names none.
func TableOf(r *Request) string {
	m, err := readMembers(r.Body)
	if err != nil {
		return ""
	}
	name := cmp.Or(m.text("TableName"), m.text("TargetTableName"), m.object("TableCreationParameters").text("TableName"))
	arn, err := r.table(name)
	if err != nil {
		return ""
	}
	return arn
}

// DescribeTable is the body of a request for the keys of the table with the ARN.
func DescribeTable(table string) []byte {
	a, _ := principal.ParseARN(table)
	b, _ := json.Marshal(map[string]string{"TableName": strings.TrimPrefix(a.Resource, "table/")})
	return b
}

// Learn reads the answer to DescribeTable about the table with the ARN, which is that
// of the calls: the one in the answer may have an account of the upstream's own.
func (s *Schemas) Learn(table string, answer []byte) {
	m, err := readMembers(answer)
	if err != nil {
		return
	}
	schema, ok := readSchema(m.object("Table"))
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
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
