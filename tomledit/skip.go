package tomledit

import "bytes"

// skipBlank returns the offset of the first byte at or after the offset that is no blank, line end, comma or part
// of a comment: within an array or inline table the next token or closing bracket.
func skipBlank(src []byte, at uint32) uint32 {
	for {
		switch src[at] {
		case ' ', '\t', '\n', '\r', ',':
			at++
		case '#':
			at += uint32(bytes.IndexByte(src[at:], '\n'))
		default:
			return at
		}
	}
}

// skipArray returns the offset after the array whose opening bracket is at the offset.
func skipArray(src []byte, at uint32) uint32 {
	depth := 0
	for {
		at = skipBlank(src, at)
		switch src[at] {
		case '[', '{':
			depth++
			at++
		case ']', '}':
			depth--
			at++
			if depth == 0 {
				return at
			}
		case '"', '\'':
			_, end := stringEnd(src, int(at))
			at = uint32(end)
		default:
			at++
		}
	}
}
