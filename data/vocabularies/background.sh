#!/bin/sh
# background.sh CLOTHES GROCERIES STAMPS: makes background.jpg, the pictures that a label's likeness is measured against
#
# CLOTHES    github.com/alexeygrigorev/clothing-dataset-small (CC0)
# GROCERIES  github.com/marcusklasson/GroceryStoreDataset (MIT, Marcus Klasson)
# STAMPS     usr/share/tuxpaint/stamps of Debian's tuxpaint-stamps-default (GPL-2+ and public domain)
set -eu
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
list=$(mktemp)
trap 'rm -f "$list"' EXIT

# As many as asked for, evenly from a sorted list.
pick () {
  sort | awk -v want="$1" '{ line[NR] = $0 } END { for (i = 0; i < want; i++) print line[int ((i + 0.5) * NR / want) + 1] }'
}

find "$1" -name '*.jpg' | pick 44 >"$list"
find "$2" -path '*/train/*' -name '*.jpg' | pick 40 >>"$list"
find "$3" -name '*.png' ! -path '*/symbols/*' ! -path '*cartoon*' | pick 44 >>"$list"

tr '\n' '\0' <"$list" | xargs -0 sh -c 'out=$1; shift; montage -background white -define jpeg:size=256x256 "$@" \
  -gravity center -resize "64x64^" -extent 64x64 -geometry 64x64+0+0 -tile 16x8 -strip -quality 85 "$out"' - "$here/background.jpg"
