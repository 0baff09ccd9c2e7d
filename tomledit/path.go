package tomledit

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// appendKey adds a key to a path, after a dot unless it is the first, quoted if TOML would quote it.
func appendKey(path []byte, key string) []byte {
	if len(path) > 0 {
		path = append(path, '.')
	}
	if isBareKey(key) {
		return append(path, key...)
	}
	return appendQuoted(path, key)
}

func isBareKey(key string) bool {
	return key != "" && !strings.ContainsFunc(key, func(r rune) bool { return r > unicode.MaxASCII || !isBareKeyByte(byte(r)) })
}

func isBareKeyByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}

// appendQuoted adds a key as a basic string of TOML in which nothing is invisible.
func appendQuoted(path []byte, key string) []byte {
	path = append(path, '"')
	for _, r := range key {
		switch {
		case r == '"' || r == '\\':
			path = append(path, '\\', byte(r))
		case r == '\n':
			path = append(path, `\n`...)
		case r == '\r':
			path = append(path, `\r`...)
		case r == '\t':
			path = append(path, `\t`...)
		case unicode.IsPrint(r):
			path = utf8.AppendRune(path, r)
		case r <= 0xffff:
			path = fmt.Appendf(path, `\u%04X`, r)
		default:
			path = fmt.Appendf(path, `\U%08X`, r)
		}
	}
	return append(path, '"')
}
