#!/bin/sh
# SPDX-License-Identifier: MIT
# Compiles the programs of this folder:  bpf/build.sh [OUTPUT-FOLDER]   (default: .build/bpf beside it)
# or one program of yours, which finds this folder's headers:  bpf/build.sh --function FILE.bpf.c OBJECT
# BPF_CFLAGS adds to the compiler's flags: into a folder of its own, for what is there is not compiled anew for other flags.
# BPF_FORMS=any compiles the programs in the one form that any switches load, which is all that is needed, if not the fastest.
# Compiles only what is older than its sources. Ends with 3 when the machine lacks a tool.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
function=
if [ "${1:-}" = --function ]; then
	[ $# -eq 3 ] || { echo "bpf/build.sh: --function FILE.bpf.c OBJECT" >&2; exit 2; }
	function=$2
	object=$3
fi
output=${1:-$here/../.build/bpf}
clang=${CLANG:-clang}

lacks() {
	echo "bpf/build.sh: $1" >&2
	echo "bpf/build.sh: the XDP programs cannot be built; as root: apt-get install clang llvm libbpf-dev linux-libc-dev" >&2
	exit 3
}

command -v "$clang" >/dev/null 2>&1 || lacks "'$clang' is not installed"
"$clang" --print-targets 2>/dev/null | grep -q '^ *bpf ' || lacks "'$clang' has no BPF target"

# With -target bpf clang looks in no multiarch folder; <linux/types.h> needs <asm/types.h>, which Debian keeps there.
includes=
for folder in "/usr/include/$("$clang" -print-multiarch 2>/dev/null)" "/usr/include/$(uname -m)-linux-gnu"; do
	if [ -z "$includes" ] && [ -e "$folder/asm/types.h" ]; then
		includes="-I$folder"
	fi
done

# shellcheck disable=SC2086
printf '#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n#include <bpf/bpf_endian.h>\n' |
	"$clang" -target bpf $includes -fsyntax-only -x c - 2>/dev/null ||
	lacks "linux-libc-dev or libbpf-dev is not installed (<linux/bpf.h>, <bpf/bpf_helpers.h>)"

# compile SOURCE OBJECT [FLAG]
compile() {
	# With 32-bit registers (v3) clang spills a frame's ends by half where they are subtracted, and the verifier refuses that; ours subtract them as pointers.
	cpu=v3
	case $1 in */upstream_layout/*) cpu=v2 ;; esac
	# No strict aliasing: a short Geneve option length makes headers overlap (wire.h).
	# shellcheck disable=SC2086
	"$clang" -O2 -g -target bpf -mcpu=$cpu $includes -I"$here" -fno-strict-aliasing -Wall -Wextra -Werror -Wno-address-of-packed-member ${BPF_CFLAGS:-} ${3:-} \
		-c "$1" -o "$2.$$.tmp" || { rm -f "$2.$$.tmp"; exit 1; }
	mv "$2.$$.tmp" "$2"
}

if [ -n "$function" ]; then
	compile "$function" "$object"
	exit 0
fi

# All switches on: the dialect `lab` as it is by default (bpf/settings.h). The loader refuses an object compiled for others than it loads.
lab_switches=0xfffffffffull

mkdir -p "$output"
output=$(cd "$output" && pwd)

for source in "$here"/*.bpf.c "$here"/upstream_layout/*.bpf.c; do
	[ -e "$source" ] || continue # a pattern that met nothing
	named=${source#"$here"/}
	object=$output/${named%.c}.o
	mkdir -p "$(dirname "$object")"
	if [ -e "$object" ] && [ -z "$(find "$here" \( -name '*.h' -o -name build.sh -o -path "$source" \) -newer "$object")" ]; then
		continue
	fi
	echo "bpf: $named"
	compile "$source" "$object"
	case ${BPF_FORMS:-all}:$named in
	all:agent.bpf.c | all:transit.bpf.c | all:scaled.bpf.c)
		mkdir -p "$output/lab/usual"
		compile "$source" "$output/lab/${object##*/}" "-DFIXED_SWITCHES=$lab_switches"
		compile "$source" "$output/lab/usual/${object##*/}" "-DFIXED_SWITCHES=$lab_switches -DFIXED_USUAL=1"
		;;
	esac
done
