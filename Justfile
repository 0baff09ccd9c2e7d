# Thin recipes over the commands that the README and .ci/run use.

# list the recipes
default:
    @just --list

# show the whole thing on an Odoo in memory
demo:
    go run ./cmd/odoosync demo

# what the README says
test:
    go test ./...

# everything CI checks that needs no server
check:
    .ci/quick

# write the golden files anew; review the diff
golden:
    go test ./engine -run TestGolden -update
    git diff --stat -- testdata/golden

# fuzz each target with so many inputs, such as: just fuzz 1000000x
fuzz amount="100000x":
    .ci/fuzz {{amount}}

# run all tests; print how much of each package they cover
cover:
    .ci/cover

# break a package in small ways, and show what no test notices, such as: just mutate ./odoorpc -sample 100
[positional-arguments]
mutate package *flags:
    @ulimit -v 16000000 && shift && go run ./e2e/mutate "$@" "{{package}}"

# the behaviour suite on a real server, such as: just e2e 19
e2e version="19":
    e2e/run {{version}}

# every package as a release makes it, into dist/
package:
    packaging/snapshot

# the pictures of the README, on a real Odoo 19
picture:
    eval "$(e2e/odoo-up 19)" && docs/pictures/make

# measure beside peers and real servers, as Markdown; all sizes: just bench full
bench sizes="short":
    go run ./bench {{ if sizes == "full" { "-full" } else { "" } }}

# Go benchmarks beside those of another commit, such as: just bench-diff HEAD~3
bench-diff commit="HEAD~1":
    bench/diff {{commit}}
