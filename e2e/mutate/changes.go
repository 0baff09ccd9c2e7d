package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// swaps are the operators that take each other's place.
var swaps = map[token.Token]token.Token{
	token.LAND: token.LOR, token.LOR: token.LAND,
	token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.LSS: token.LEQ, token.LEQ: token.LSS,
	token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.ADD: token.SUB, token.SUB: token.ADD,
	token.MUL: token.QUO, token.QUO: token.MUL,
}

// changer gathers the changes of one file.
type changer struct {
	fset       *token.FileSet
	types      *types.Info
	text       []byte
	conditions map[ast.Expr]bool // those that were made true and false as a whole
	all        []mutant
}

// changes are the ways to break a file. Not all of them compile.
func changes(fset *token.FileSet, info *types.Info, tree *ast.File, text []byte) []mutant {
	c := &changer{fset: fset, types: info, text: text, conditions: make(map[ast.Expr]bool)}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BlockStmt:
			c.statements(n.List)
		case *ast.CaseClause:
			c.statements(n.Body)
		case *ast.CommClause:
			c.statements(n.Body)
		case *ast.IfStmt:
			c.condition(n.Cond)
		case *ast.SwitchStmt:
			if n.Tag == nil {
				for _, clause := range n.Body.List {
					for _, x := range clause.(*ast.CaseClause).List {
						c.condition(x)
					}
				}
			}
		case *ast.ForStmt:
			if n.Cond != nil {
				c.put(n.Cond, "false && ("+c.source(n.Cond)+")", "never")
			}
		case *ast.ReturnStmt:
			c.results(n)
		case *ast.BinaryExpr:
			c.operator(n)
		case *ast.UnaryExpr:
			if n.Op == token.NOT && !c.conditions[n] {
				c.put(n, c.source(n.X), "not negated")
			}
		case *ast.CallExpr:
			c.call(n)
		case *ast.BasicLit:
			c.literal(n)
		case *ast.Ident:
			if swap := map[string]string{"true": "false", "false": "true"}[n.Name]; swap != "" {
				c.put(n, swap, swap)
			}
		}
		return true
	})
	return c.all
}

// put adds a change: text takes the place of the node.
func (c *changer) put(n ast.Node, text, what string) {
	from, to := c.fset.Position(n.Pos()), c.fset.Position(n.End())
	c.all = append(c.all, mutant{from: from.Offset, to: to.Offset, text: text, position: from, what: what + ": " + firstLine(c.source(n))})
}

func (c *changer) source(n ast.Node) string {
	return string(c.text[c.fset.Position(n.Pos()).Offset:c.fset.Position(n.End()).Offset])
}

// condition makes a condition always true, and always false.
func (c *changer) condition(n ast.Expr) {
	c.conditions[n] = true
	c.put(n, "true || ("+c.source(n)+")", "always")
	c.put(n, "false && ("+c.source(n)+")", "never")
}

// statements leaves out each statement that something may be without. It stays
// in the text, where it is never reached, so that what it uses is still used.
func (c *changer) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				continue
			}
		case *ast.ExprStmt, *ast.IncDecStmt, *ast.DeferStmt, *ast.GoStmt, *ast.SendStmt, *ast.BranchStmt:
		case *ast.ReturnStmt:
			if len(s.Results) > 0 {
				continue
			}
		default:
			continue
		}
		c.put(s, "if false {\n"+c.source(s)+"\n}", "left out")
	}
}

// results returns no error where one is returned.
func (c *changer) results(n *ast.ReturnStmt) {
	if len(n.Results) == 0 {
		return
	}
	last := n.Results[len(n.Results)-1]
	if name, ok := last.(*ast.Ident); ok && strings.HasSuffix(strings.ToLower(name.Name), "err") {
		c.put(last, "nil", "returned nil")
	}
}

// call takes the argument of a call for its result. What the call had from another
// package is still used.
func (c *changer) call(n *ast.CallExpr) {
	if len(n.Args) != 1 || c.types.Types[n.Fun].IsType() {
		return
	}
	c.put(n, c.source(n.Args[0]), "not called")
	if f, ok := n.Fun.(*ast.SelectorExpr); ok {
		if x, ok := f.X.(*ast.Ident); ok {
			if _, ok := c.types.Uses[x].(*types.PkgName); ok {
				c.all[len(c.all)-1].tail = "\nvar _ = " + c.source(f) + "\n"
			}
		}
	}
}

func (c *changer) operator(n *ast.BinaryExpr) {
	swap, ok := swaps[n.Op]
	if !ok || c.conditions[n] && (n.Op == token.EQL || n.Op == token.NEQ) {
		return
	}
	from := c.fset.Position(n.OpPos)
	c.all = append(c.all, mutant{from: from.Offset, to: from.Offset + len(n.Op.String()), text: swap.String(), position: from,
		what: swap.String() + " in: " + firstLine(c.source(n))})
}

func (c *changer) literal(n *ast.BasicLit) {
	if value, err := strconv.ParseInt(n.Value, 0, 64); n.Kind == token.INT && err == nil {
		c.put(n, strconv.FormatInt(value+1, 10), "one more")
	}
}

func firstLine(text string) string {
	line, rest, _ := strings.Cut(text, "\n")
	if rest != "" {
		line += " ..."
	}
	return line
}
