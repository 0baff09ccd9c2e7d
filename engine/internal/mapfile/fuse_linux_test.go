package mapfile

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"github.com/matryer/is"
)

// refusing is a folder passed through by a file system that refuses some
// operations, as real ones do.
type refusing struct {
	fs.LoopbackNode
	rules refusalRules
}

type refusalRules struct {
	operations []string
	err        syscall.Errno
}

func (n *refusing) WrapChild(context.Context, fs.InodeEmbedder) fs.InodeEmbedder {
	return &refusing{LoopbackNode: fs.LoopbackNode{RootData: n.RootData}, rules: n.rules}
}

func (n *refusing) refuses(operation string) bool {
	return slices.Contains(n.rules.operations, operation)
}

func (n *refusing) Fsync(ctx context.Context, file fs.FileHandle, flags uint32) syscall.Errno {
	if n.refuses("sync") {
		return n.rules.err
	}
	if syncer, ok := file.(fs.FileFsyncer); ok {
		return syncer.Fsync(ctx, flags)
	}
	return 0
}

func (n *refusing) Setattr(ctx context.Context, file fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if _, ok := in.GetMode(); ok && n.refuses("chmod") {
		return n.rules.err
	}
	return n.LoopbackNode.Setattr(ctx, file, in, out)
}

func (n *refusing) Rename(ctx context.Context, name string, parent fs.InodeEmbedder, other string, flags uint32) syscall.Errno {
	if flags != 0 && n.refuses("swap") || n.refuses("rename") {
		return n.rules.err
	}
	return n.LoopbackNode.Rename(ctx, name, parent, other, flags)
}

func (n *refusing) Unlink(ctx context.Context, name string) syscall.Errno {
	if n.refuses("remove") {
		return n.rules.err
	}
	return n.LoopbackNode.Unlink(ctx, name)
}

func (n *refusing) Setlk(context.Context, fs.FileHandle, uint64, *fuse.FileLock, uint32) syscall.Errno {
	return n.rules.err
}

// mounted returns a folder of such a file system.
func mounted(t *testing.T, rules refusalRules) string {
	t.Helper()
	root := &refusing{rules: rules}
	root.RootData = &fs.LoopbackRoot{Path: t.TempDir(), RootNode: root}
	dir := t.TempDir()
	server, err := fs.Mount(dir, root, &fs.Options{MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "refusing", EnableLocks: root.refuses("lock")}})
	if err != nil {
		t.Skipf("no FUSE here: %v", err)
	}
	t.Cleanup(func() { is.New(t).NoErr(server.Unmount()) })
	return dir
}

// TestFileSystemsThatRefuse saves on file systems that refuse, for the kernel
// and not only for odoosync, a part of what a save does.
func TestFileSystemsThatRefuse(t *testing.T) {
	for name, row := range map[string]struct {
		rules refusalRules
		left  int // files that the place does not let anybody remove
	}{
		"nothing":               {refusalRules{}, 0},
		"sync, not known":       {refusalRules{operations: []string{"sync"}, err: syscall.EINVAL}, 0},
		"sync, not supported":   {refusalRules{operations: []string{"sync"}, err: syscall.ENOTSUP}, 0},
		"sync, not implemented": {refusalRules{operations: []string{"sync"}, err: syscall.ENOSYS}, 0},
		"change of mode":        {refusalRules{operations: []string{"chmod"}, err: syscall.EPERM}, 0},
		"lock, not known":       {refusalRules{operations: []string{"lock"}, err: syscall.EINVAL}, 0},
		"lock, not supported":   {refusalRules{operations: []string{"lock"}, err: syscall.ENOTSUP}, 0},
		"lock, not implemented": {refusalRules{operations: []string{"lock"}, err: syscall.ENOSYS}, 0},
		"lock, none left":       {refusalRules{operations: []string{"lock"}, err: syscall.ENOLCK}, 0},
		"swap":                  {refusalRules{operations: []string{"swap"}, err: syscall.EINVAL}, 0},
		"rename":                {refusalRules{operations: []string{"rename"}, err: syscall.EACCES}, 0},
		"rename and sync":       {refusalRules{operations: []string{"rename", "sync"}, err: syscall.EINVAL}, 0},
		"rename, file in use":   {refusalRules{operations: []string{"rename"}, err: syscall.ETXTBSY}, 0},
		"remove":                {refusalRules{operations: []string{"remove"}, err: syscall.EPERM}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			dir := mounted(t, row.rules)
			path := filepath.Join(dir, "map.toml")
			is.NoErr(os.WriteFile(path, []byte(oldText), 0o640))
			is.NoErr(saveOnce(osSystem{}, path))
			is.Equal(bytesOf(t, path), newText)
			left := names(t, path)
			is.True(slices.Contains(left, "map.toml"))
			is.Equal(len(left), 1+row.left)
		})
	}
}
