package awsapi

import (
	"reflect"
	"slices"
	"strings"
)

// Model is what a handler knows about the APIs besides the Go types. Package awsapi/model has that
// of the services that are served, generated from AWS's own model.
type Model struct {
	Services []Service
}

// Service is one API of the model. Its tables are sorted by name, so that they
// can be constants of the program and need no work at start-up.
type Service struct {
	Name      string // as in a credential scope: "iam", "sts", "cloudtrail" or "access-analyzer"
	Version   string // the Version parameter
	Namespace string // the xmlns of answers and errors

	// Target is the name of the service in the header X-Amz-Target, which is followed
	// by a dot and the operation. The service speaks JSON 1.1; if Target is empty, it
	// speaks REST with JSON if its operations have paths, and else the query protocol.
	Target string

	// Exceptions are the error structures of the SDK that have more members than a
	// message. A service that speaks REST with JSON answers all of them.
	Exceptions []reflect.Type

	// Invalid makes the error for an input that does not satisfy the model, of the
	// message that lists all faults; nil is a ValidationError that has the message alone.
	Invalid func(message string, faults []Fault) error

	// EchoValues prints the offending value in a validation error. STS does; IAM does not, except
	// for the members below EchoUnder.
	EchoValues bool
	EchoUnder  []string

	// EmptyListIsNull treats "Tags=" as no list at all, as STS does. IAM treats it as an empty list
	// (recorded).
	EmptyListIsNull bool

	// GlobalOnly says that the service has one endpoint, in us-east-1, whichever
	// region a client signs for.
	GlobalOnly bool

	// ExtendedID is the name of the header with an answer's second ID; empty for none.
	ExtendedID string

	// JSON says that the service answers in JSON if the Accept header asks for it.
	JSON bool

	Operations []OperationModel
	Structs    []Struct
	Unions     []Union
	Shapes     []Shape
	Statuses   []Status
}

// OperationModel is an operation of a service.
type OperationModel struct {
	Name     string
	Result   bool // the answer has a <NameResult>, even if it is empty
	Unsigned bool // may be called without a signature

	// Method and Path are how the operation is called in REST. Labels are in braces:
	// "/policy/generation/{jobId}".
	Method, Path string

	// Errors are the codes of the operation's own errors, without those that any operation can
	// answer, such as AccessDenied.
	Errors []string
}

// Struct is a structure of the API, named as its Go type: "CreateUserInput", "Tag".
type Struct struct {
	Name    string
	Members []Member // in wire order
}

// Member is a member of a structure. The Go field has its Name with an
// upper-case first letter.
type Member struct {
	Name     string // as on the wire
	Shape    int    // an index of Service.Shapes
	Required bool
	Millis   bool // a time that AWS writes with milliseconds
	ISO      bool // a time that is a string of ISO 8601 in JSON, not a number of seconds
	In       Place

	// Plain is the sentence that follows "The specified value for X is invalid. ", if AWS answers
	// with it instead of the shape's pattern. It is checked after all other constraints.
	Plain string
}

// Place is where a REST call has a member.
type Place uint8

// The places, under the name of the member.
const (
	InBody   Place = iota // a member of the document
	InPath                // a label of the path
	InQuery               // a parameter of the query
	InHeader              // a header, which only some errors have; it is not sent
)

// Fault is what is wrong with one value of an input.
type Fault struct {
	Member  string // its path: "tags.1.member.key"
	Message string // "Value at 'tags.1.member.key' failed to satisfy constraint: ..."
}

// Union is a structure, also in Structs, of which exactly one member is set. The SDK has an
// interface for it, and a struct with a field Value for each member.
type Union struct {
	Name  string         // of the Go interface
	Types []reflect.Type // of the structs, in the order of the members
}

// Shape is the model's constraints on a value. The zero Shape demands nothing.
type Shape struct {
	// Min and Max limit a number's value, a string's length in characters, and the number of
	// elements of a list or map. A limit counts if its flag is set.
	Min, Max       int64
	HasMin, HasMax bool

	Pattern string   // the Java pattern as AWS prints it; it must match the whole value
	Enum    []string // the values, in the order in which AWS prints them

	// BareEnum leaves the values out of the error message.
	BareEnum bool

	Elem int // the shape of a list's elements or a map's values
	Key  int // the shape of a map's keys
}

// Status is the HTTP status of an error code.
type Status struct {
	Code string
	HTTP int
}

func (s *Service) structure(name string) *Struct {
	return find(s.Structs, name, func(t Struct) string { return t.Name })
}

func (s *Service) union(name string) *Union {
	return find(s.Unions, name, func(u Union) string { return u.Name })
}

func find[T any](table []T, name string, of func(T) string) *T {
	i, ok := slices.BinarySearchFunc(table, name, func(t T, name string) int { return strings.Compare(of(t), name) })
	if !ok {
		return nil
	}
	return &table[i]
}

// status returns the HTTP status of an error code, 0 if the model has none.
func (s *Service) status(code string) int {
	if st := find(s.Statuses, code, func(s Status) string { return s.Code }); st != nil {
		return st.HTTP
	}
	return 0
}

// Unserved returns the operations of the model, as "iam.CreateUser", that are
// not among ops, sorted. A handler answers them with 501 NotImplemented.
func Unserved(ops []Operation, m *Model) []string {
	served := make(map[string]bool, len(ops))
	for _, op := range ops {
		served[op.Service+"."+op.Name] = true
	}
	list := []string{}
	for _, s := range m.Services {
		for _, o := range s.Operations {
			if name := s.Name + "." + o.Name; !served[name] {
				list = append(list, name)
			}
		}
	}
	slices.Sort(list)
	return list
}
