package odoorpc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"unicode/utf8"
)

// encode returns v as JSON, with integers exact and without the escapes that are meant for HTML. A text that is not valid
// UTF-8 is refused, because encoding/json would replace its bytes silently.
func encode(v any) ([]byte, error) {
	if where, ok := findInvalidText(v); ok {
		return nil, fmt.Errorf("text is not valid UTF-8 at %s", where)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// findInvalidText looks for a text that is not valid UTF-8 and returns the way to it, such as "[3].name".
func findInvalidText(v any) (where string, found bool) {
	switch v := v.(type) {
	case nil, bool, int, int64, float64:
		return "", false
	case string:
		return "", !utf8.ValidString(v)
	case []any:
		return findInEach(v)
	case [][]any:
		return findInEach(v)
	case []map[string]any:
		return findInEach(v)
	case []string:
		return findInEach(v)
	case []int64:
		return "", false
	case map[string]any:
		return findInMap(v)
	}
	return findInOther(reflect.ValueOf(v))
}

func findInEach[T any](list []T) (string, bool) {
	for i, element := range list {
		if where, found := findInvalidText(element); found {
			return fmt.Sprintf("[%d]%s", i, where), true
		}
	}
	return "", false
}

func findInMap(m map[string]any) (string, bool) {
	for key, value := range m {
		if !utf8.ValidString(key) {
			return fmt.Sprintf("the key %q", key), true
		}
		if where, found := findInvalidText(value); found {
			return "." + key + where, true
		}
	}
	return "", false
}

// findInOther serves the types that calls seldom carry.
func findInOther(v reflect.Value) (string, bool) {
	switch v.Kind() {
	case reflect.String:
		return "", !utf8.ValidString(v.String())
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if where, found := findInOther(v.Index(i)); found {
				return fmt.Sprintf("[%d]%s", i, where), true
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if where, found := findInOther(key); found {
				return "the key " + where, true
			}
			if where, found := findInOther(v.MapIndex(key)); found {
				return fmt.Sprintf(".%v%s", key, where), true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if where, found := findInOther(v.Field(i)); found {
				return "." + v.Type().Field(i).Name + where, true
			}
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return findInOther(v.Elem())
		}
	}
	return "", false
}
