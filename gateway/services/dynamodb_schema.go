package services

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// TableSchema is the partition keys of a DynamoDB table and of its indexes. dynamodb:LeadingKeys
// needs it, because a request names attributes without saying which of them is the partition key.
// The zero value is for a table that is not known.
type TableSchema struct {
	Partition []string            // attributes of the partition key; a table has one
	Indexes   map[string][]string // the same for each index, by its name; up to four
}

// AskSchema returns the request for the keys of the table with the ARN.
func AskSchema(table string) *Question {
	a, _ := principal.ParseARN(table)
	q := ask("dynamodb", a).json("DescribeTable", map[string]any{"TableName": strings.TrimPrefix(a.Resource, "table/")})
	q.Unsigned = true
	return q
}

// ReadSchema reads the keys from an answer to AskSchema; none if it does not have them.
func ReadSchema(answer []byte) TableSchema {
	m, err := readMembers(answer)
	if err != nil {
		return TableSchema{}
	}
	description := m.object("Table")
	schema := TableSchema{Partition: partitionKey(description), Indexes: map[string][]string{}}
	for _, kind := range []string{"GlobalSecondaryIndexes", "LocalSecondaryIndexes"} {
		for _, index := range description.objects(kind) {
			schema.Indexes[index.text("IndexName")] = partitionKey(index)
		}
	}
	if len(schema.Partition) == 0 {
		return TableSchema{}
	}
	return schema
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
