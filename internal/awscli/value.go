package awscli

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// plain matches values without a special meaning anywhere in the AWS CLI's
// shorthand.
// https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
var plain = regexp.MustCompile(`^(?:[\p{L}\p{N}_./:@+-][\p{L}\p{N} _./:@+=-]*)?$`)

// shorthand writes a value in the AWS CLI's shorthand.
func shorthand(value string) string {
	if plain.MatchString(value) && strings.TrimSpace(value) == value {
		return value
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}

// Tag returns a tag as --tags takes it.
func Tag(key, value string) string {
	return "Key=" + shorthand(key) + ",Value=" + shorthand(value)
}

// values returns the words of a value that follow its option; none if it is not
// set, or of a kind that no operation has.
func values(v reflect.Value) []string {
	if v.Kind() == reflect.Slice && v.Len() > 0 {
		return listed(v)
	}
	switch v := tree(v).(type) {
	case nil:
		return nil
	case string:
		return []string{v}
	default:
		return []string{written(v)}
	}
}

// listed returns the elements of a list: each as a word, or all as JSON if they are
// structures or if the CLI would misread one.
func listed(v reflect.Value) (words []string) {
	for i := range v.Len() {
		word, ok := element(v.Index(i))
		if !ok {
			return []string{written(tree(v))}
		}
		words = append(words, word)
	}
	return words
}

func element(v reflect.Value) (string, bool) {
	if v.Kind() == reflect.String {
		s := v.String()
		return s, s != "" && !strings.HasPrefix(s, "-") && !strings.HasPrefix(s, "[")
	}
	if v.Kind() != reflect.Struct || v.Type().Name() != "Tag" {
		return "", false
	}
	key, _ := tree(v.FieldByName("Key")).(string)
	value, _ := tree(v.FieldByName("Value")).(string)
	return Tag(key, value), true
}

// tree returns a value as JSON has it; nil if it is not set.
func tree(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		if t, ok := v.Interface().(*time.Time); ok {
			return t.UTC().Format(time.RFC3339)
		}
		return tree(v.Elem())
	case reflect.String:
		if v.Len() == 0 && v.Type() != reflect.TypeFor[string]() {
			return nil // an enumeration that is not set
		}
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int32, reflect.Int64:
		return json.Number(strconv.FormatInt(v.Int(), 10))
	case reflect.Slice:
		if v.Len() == 0 {
			return nil
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = tree(v.Index(i))
		}
		return list
	case reflect.Struct:
		return members(v)
	}
	return nil
}

// lower maps fields of the SDK's structures to the members that begin with a small
// letter; there is one, in PolicyDescriptorType.
var lower = map[string]string{"PolicyDescriptorType.Arn": "arn"}

func members(v reflect.Value) any {
	out := map[string]any{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		name := f.Name
		if small, ok := lower[v.Type().Name()+"."+name]; ok {
			name = small
		}
		if value := tree(v.Field(i)); value != nil {
			out[name] = value
		}
	}
	return out
}

func written(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return ""
	}
	return strings.TrimSpace(b.String())
}
