package tomledit

import "bytes"

// Position is a place in a document.
type Position struct {
	Offset int // bytes from the start of the source as given, 0 for the first; a byte order mark counts
	Line   int // from 1
	Column int // characters (Unicode code points) from 1; a byte order mark is no character of line 1
}

// Position returns the line and column of a byte offset. Offsets out of range count as the nearest end of
// the source. The first call goes over the source once; each further call takes about the same short time,
// also in a line of many megabytes.
func (d *Document) Position(offset int) Position {
	offset = max(0, min(offset, len(d.src)))
	d.linesOnce.Do(d.countLines)
	block := d.blocks[offset/blockSize]
	pos := Position{Offset: offset, Line: int(block.line), Column: int(block.column)}
	pos.advance(d.src[offset-offset%blockSize : offset])
	pos.Column = max(1, pos.Column)
	return pos
}

// blockSize is the distance in bytes of the places whose line and column a Document remembers.
const blockSize = 1024

// block is the line and column of a block's first byte.
type block struct {
	line, column uint32
}

func (d *Document) countLines() {
	d.blocks = make([]block, 0, len(d.src)/blockSize+1)
	pos := Position{Line: 1, Column: 1}
	if bytes.HasPrefix(d.src, utf8Mark) {
		pos.Column = 0 // advance counts the mark as a character
	}
	for start := 0; ; start += blockSize {
		d.blocks = append(d.blocks, block{uint32(pos.Line), uint32(pos.Column)})
		if start+blockSize > len(d.src) {
			return
		}
		pos.advance(d.src[start : start+blockSize])
	}
}

// advance moves line and column, not the offset, over the bytes.
func (p *Position) advance(b []byte) {
	if n := bytes.Count(b, []byte{'\n'}); n > 0 {
		p.Line += n
		p.Column = 1
		b = b[bytes.LastIndexByte(b, '\n')+1:]
	}
	p.Column += characters(b)
}

// characters counts code points by their first bytes, so that counts of adjoining pieces add up wherever the
// pieces are cut.
func characters(b []byte) int {
	n := 0
	for _, c := range b {
		if c&0xc0 != 0x80 {
			n++
		}
	}
	return n
}

// line is one line of a document.
type line struct {
	number int
	start  int    // offset of the text: after a byte order mark
	text   string // without line end
}

// lineAt returns the line of a position. A long one is remembered: in a file that is one line each mistake asks for it.
func (d *Document) lineAt(pos Position) line {
	if long := d.longLine.Load(); long != nil && long.number == pos.Line {
		return *long
	}
	start := bytes.LastIndexByte(d.src[:pos.Offset], '\n') + 1
	if start == 0 && bytes.HasPrefix(d.src, utf8Mark) {
		start = len(utf8Mark)
	}
	text, _, _ := bytes.Cut(d.src[start:], []byte{'\n'})
	l := line{pos.Line, start, string(bytes.TrimSuffix(text, []byte{'\r'}))}
	if len(l.text) > blockSize {
		d.longLine.Store(&l)
	}
	return l
}
