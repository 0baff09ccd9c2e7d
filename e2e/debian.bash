# Builds Debian roots from the archive that this machine installs from.
# Sourced by odoo-up and by bench/peers/up, which define:
#
#   outside WHAT   ends the script: it cannot WHAT for a reason outside the project
#   fault WHAT     ends it for a reason inside the project

# build_root LOG ROOT SUITES PACKAGES [OPTION...] builds a root with the
# packages; further suites after the first give what that lacks. The options
# are mmdebstrap's.
build_root() {
	local log=$1 root=$2 suites=$3 packages=$4 from s options sources=()
	shift 4
	install_builder "$log"
	from=$(mirror)
	if [[ -z $from ]]; then
		apt-get update >"$log" 2>&1 || true
		from=$(mirror)
	fi
	[[ -n $from ]] || outside "build a Debian root (no mirror?): this machine's apt knows no Debian archive that answers"
	for s in $suites; do sources+=("deb $from $s main"); done
	mapfile -t options < <(apt_options)

	rm -rf --one-file-system "$root"
	if ! mmdebstrap --mode=root --variant=apt --include="${packages// /,}" "${options[@]}" "$@" \
		"${suites%% *}" "$root" "${sources[@]}" >"$log" 2>&1 </dev/null; then
		tail -15 "$log" >&2
		if grep -qE 'Failed to fetch|Could not resolve|nable to connect|Connection (failed|timed out)|does not have a Release file|nable to locate package|No space left|peration not permitted' "$log"; then
			outside "build a Debian root (no mirror?): see $log"
		fi
		fault "a Debian root was not built: see $log"
	fi
}

# install_builder installs mmdebstrap on this machine, where it is missing.
install_builder() {
	command -v mmdebstrap >/dev/null && return
	say "installing mmdebstrap"
	command -v apt-get >/dev/null || outside "build a Debian root: no apt-get here"
	{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends mmdebstrap; } \
		>"$1" 2>&1 || outside "install mmdebstrap (no mirror?): $(tail -1 "$1")"
}

# apt_options prints this machine's proxy and tolerance settings as mmdebstrap expects them.
apt_options() {
	apt-config dump | grep -iE '^Acquire::([a-z]+::)*(proxy|proxy-auto-detect|retries|check-date|timeout)(::[^ ]*)? ".+";' |
		sed 's/^/--aptopt=/' || true
	echo '--aptopt=Acquire::Check-Valid-Until "false";'
}

# mirror prints the address of the Debian archive that this machine installs
# from: nothing before the first apt-get update.
mirror() {
	# shellcheck disable=SC2016 # apt expands these
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		awk '$3 == "main" && $2 !~ /security|updates|backports|\// { print $1; exit }'
}
