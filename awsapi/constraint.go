package awsapi

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// constraint is a Shape prepared for checking. A nil constraint demands nothing.
type constraint struct {
	shape     *Shape
	min, max  int64
	match     matcher // nil without a pattern
	key, elem *constraint
}

// constraints makes the constraints of one service, once for each shape.
type constraints struct {
	service *Service
	made    []*constraint
	match   map[string]matcher
}

func newConstraints(s *Service) *constraints {
	return &constraints{service: s, made: make([]*constraint, len(s.Shapes)), match: map[string]matcher{}}
}

// at returns the constraint of the shape with the index; shape 0 demands nothing.
func (x *constraints) at(i int) *constraint {
	if i == 0 {
		return nil
	}
	if c := x.made[i]; c != nil {
		return c
	}
	s := &x.service.Shapes[i]
	c := &constraint{shape: s, min: math.MinInt64, max: math.MaxInt64}
	x.made[i] = c
	if s.HasMin {
		c.min = s.Min
	}
	if s.HasMax {
		c.max = s.Max
	}
	if s.Pattern != "" {
		if c.match = x.match[s.Pattern]; c.match == nil {
			c.match = newMatcher(s.Pattern)
			x.match[s.Pattern] = c.match
		}
	}
	c.key, c.elem = x.at(s.Key), x.at(s.Elem)
	return c
}

// fits reports whether a string satisfies the constraint.
func (c *constraint) fits(s string) bool {
	return c == nil || c.longEnough(s) && c.shortEnough(s) && c.matches(s) && c.isMember(s)
}

// AWS counts characters beyond U+FFFF once (recorded at STS), as Go does.
func (c *constraint) longEnough(s string) bool {
	n := int64(len(s))
	return n >= c.min && (c.min <= 1 || n/utf8.UTFMax >= c.min || int64(utf8.RuneCountInString(s)) >= c.min)
}

func (c *constraint) shortEnough(s string) bool {
	return int64(len(s)) <= c.max || int64(utf8.RuneCountInString(s)) <= c.max
}

func (c *constraint) matches(s string) bool { return c.match == nil || c.match(s) }

func (c *constraint) isMember(s string) bool {
	return len(c.shape.Enum) == 0 || slices.Contains(c.shape.Enum, s)
}

// The clauses that follow "failed to satisfy constraint: " (recorded).
const (
	clauseNull = "Member must not be null"
	clauseEnum = "Member must satisfy enum value set"
)

func (c *constraint) clauseMaxLength() string {
	return "Member must have length less than or equal to " + strconv.FormatInt(c.max, 10)
}

func (c *constraint) clauseMinLength() string {
	return "Member must have length greater than or equal to " + strconv.FormatInt(c.min, 10)
}

func (c *constraint) clauseMaxValue() string {
	return "Member must have value less than or equal to " + strconv.FormatInt(c.max, 10)
}

func (c *constraint) clauseMinValue() string {
	return "Member must have value greater than or equal to " + strconv.FormatInt(c.min, 10)
}

func (c *constraint) clausePattern() string {
	return "Member must satisfy regular expression pattern: " + c.shape.Pattern
}

func (c *constraint) clauseEnum() string {
	if c.shape.BareEnum {
		return clauseEnum
	}
	return clauseEnum + ": [" + strings.Join(c.shape.Enum, ", ") + "]"
}

// clauses returns all constraints of a list's elements, which AWS prints completely, whichever of
// them failed. The constraint not to be null was recorded after every pattern (tagKeys,
// serviceNamespaces) and never without one (audience, clientIDList, thumbprintList, filter).
func (c *constraint) clauses() string {
	var list []string
	if c.shape.HasMax {
		list = append(list, c.clauseMaxLength())
	}
	if c.shape.HasMin {
		list = append(list, c.clauseMinLength())
	}
	if c.match != nil {
		list = append(list, c.clausePattern(), clauseNull)
	}
	if len(c.shape.Enum) > 0 {
		list = append(list, c.clauseEnum())
	}
	return strings.Join(list, ", ")
}
