#!/bin/sh
# Half an hour of a lent GPU: sh data/train/gpu-slot.sh STAGE CACHE OUT
#
# STAGE is vq, gpt or clip. A slice of at most ten minutes, from the checkpoints in CACHE and in the files of an
# earlier slice (CACHE/slice-STAGE-*), and OUT gets the new checkpoint in files of 16 MiB, 64 MiB at most. Call it
# three times, and put what OUT holds into CACHE in between.
set -eu

stage=$1 cache=$2 out=$3
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)

set -- "$cache/slice-$stage-"*
[ ! -e "$1" ] || cat "$@" >"$cache/$stage.pt"

case $stage in
  vq) more="--planned 9 --batch 64" ;;
  gpt) more="--planned 18 --batch 128" ;;
  clip) more="--planned 18 --batch 512" ;;
  *) echo "gpu-slot.sh: vq, gpt or clip is wanted, not $stage" >&2; exit 2 ;;
esac

# shellcheck disable=SC2086
python3 "$here" "$stage" --cache "$cache" --device cuda --minutes 8.5 --workers 14 $more | tee "$out/$stage.log"

# Without the optimizer's state, which a slice of minutes makes anew, it is small enough to travel.
python3 - "$cache/$stage.pt" <<'EOF'
import sys
import torch
state = torch.load(sys.argv[1], map_location="cpu", weights_only=True)
state.pop("optimizer", None)
torch.save(state, sys.argv[1])
EOF
size=$(wc -c <"$cache/$stage.pt")
if [ "$size" -gt $((64 << 20)) ]; then
  echo "gpu-slot.sh: the checkpoint has $size bytes, more than may come back" >&2
  exit 1
fi
split -b 16M -d "$cache/$stage.pt" "$out/slice-$stage-"
