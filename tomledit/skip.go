package tomledit

import "bytes"

// skipBlank returns the offset of the first byte at or behind the offset that is no blank, line end, comma or part
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

// skipArray returns the offset behind the array whose opening bracket is at the offset.
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
			at = skipString(src, at)
		default:
			at++
		}
	}
}

// skipString returns the offset behind the string token at the offset, whichever of the four kinds it is.
func skipString(src []byte, at uint32) uint32 {
	quote := src[at]
	if src[at+1] != quote || src[at+2] != quote {
		return keyEnd(src, at)
	}
	run := 0 // quotes in a row; the last three of the run that ends the string close it
	for at += 3; ; at++ {
		switch c := src[at]; {
		case c == quote:
			run++
			if run >= 3 && (int(at)+1 == len(src) || src[at+1] != quote) {
				return at + 1
			}
		case c == '\\' && quote == '"':
			run = 0
			at++
		default:
			run = 0
		}
	}
}
