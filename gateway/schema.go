package gateway

import "github.com/understudy-iam/understudy/gateway/services"

// keyOf returns the key of KMS that protects a resource; none if it is not known.
func (c *call) keyOf(resource string) services.StoredKey {
	return guess(c, inquiry[services.StoredKey]{
		about: resource, what: "key",
		question: func() *services.Question { return services.AskKey(resource) },
		read:     func(answer []byte) services.StoredKey { return services.ReadKey(resource, answer) },
	})
}

// schema returns the keys of a DynamoDB table; none if they are not known.
func (c *call) schema(table string) services.TableSchema {
	return guess(c, inquiry[services.TableSchema]{
		about: table, what: "keys",
		question: func() *services.Question { return services.AskSchema(table) },
		read:     services.ReadSchema,
	})
}
