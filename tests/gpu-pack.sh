#!/bin/sh
# Packs what the tests of the ops and the measurements need, for another computer: sh tests/gpu-pack.sh [DIR] [BUILD]
#
# Makes DIR (default: gpu-pack), at most 50 MB: run.sh, and an archive of the programs, the shared libraries
# that they need, the models that come along and the tests' data. It runs on any x86-64 Linux with a C library
# no older than the one here, tar, and xz or Python; libvulkan, the GPU's driver and every library that is there already
# are taken from there. Copy DIR over and run “sh run.sh” in it: one page on standard output, and 100 MB in
# DIR/unpacked. BUILD (default: build) must be built.
set -eu

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
pack=${1:-gpu-pack}
build=${2:-$root/build}
[ -x "$build/app/vignette" ] || { echo "gpu-pack: $build holds no built program" >&2; exit 1; }
case $pack in /*) ;; *) pack=$PWD/$pack ;; esac
if [ -e "$pack" ] && [ ! -f "$pack/run.sh" ]; then
  echo "gpu-pack: $pack is there and is not a pack" >&2
  exit 1
fi
rm -rf "$pack"
mkdir -p "$pack"
whole=$pack
pack=$whole/unpacked
mkdir -p "$pack/bin" "$pack/lib" "$pack/data/models" "$pack/tests"

stems=$(sed -n "s/^  '\([a-z0-9]*\)',\$/\1/p" "$root/compute/meson.build" | sort -u)
cp "$build/app/vignette" "$pack/bin"
for stem in $stems flow hang recorder golden-first-light golden-clip golden-dalle; do
  [ -x "$build/tests/test-$stem" ] && cp "$build/tests/test-$stem" "$pack/bin"
done
strip "$pack"/bin/*
cp -r "$root/tests/data/models/." "$pack/data/models"
[ -d "$root/data/vocabularies" ] && cp -r "$root/data/vocabularies" "$pack/data"
cp -r "$root/tests/data" "$pack/tests"
rm -rf "$pack/tests/data/models" "$pack/tests/data/vocabularies"

# What the C library brings, and what belongs to a driver, must be the other computer's own.
leave='^\(ld-linux.*\|libc\|libm\|libdl\|libpthread\|librt\|libresolv\|libutil\|libvulkan\|libGL.*\|libEGL.*\|libdrm.*\|libgbm.*\)\.so'
ldd "$pack"/bin/* | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p' | sort -u | while read -r library; do
  basename "$library" | grep -q "$leave" || cp -L "$library" "$pack/lib"
done
strip --strip-unneeded "$pack"/lib/*.so* 2>/dev/null || true

# The programs share most of their code, which gzip is too short-sighted to see.
tar -C "$whole" -c unpacked | xz >"$whole/pack.tar.xz"
rm -r "$pack"

cat >"$whole/run.sh" <<'RUN'
#!/bin/sh
# Tests every Vulkan device of this computer and measures it: sh run.sh [--seconds S] >page.txt
directory=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
here=$directory/unpacked
if [ ! -d "$here" ]; then
  if command -v xz >/dev/null; then
    xz -dc "$directory/pack.tar.xz" | tar -C "$directory" -x
  else
    python3 -c 'import sys, tarfile; tarfile.open (sys.argv[1] + "/pack.tar.xz").extractall (sys.argv[1])' "$directory"
  fi || { rm -rf "$here"; exit 1; }
fi
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
status=0

# Only the libraries that this computer lacks: a driver may need newer ones than those here.
PATH=$PATH:/usr/sbin:/sbin
mkdir "$profile/lib"
ldconfig -p >"$profile/known" 2>/dev/null
for library in "$here"/lib/*; do
  grep -q "	$(basename "$library") (libc6,x86-64" "$profile/known" || ln -s "$library" "$profile/lib"
done
LD_LIBRARY_PATH=$profile/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
VIGNETTE_DATA=$here/data
G_TEST_SRCDIR=$here/tests
export LD_LIBRARY_PATH VIGNETTE_DATA G_TEST_SRCDIR

uname -srm
sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sort | uniq -c
echo
echo "Devices"
"$here/bin/vignette" --profile "$profile" devices || status=1
echo
echo "Tests"
for program in "$here"/bin/test-*; do
  name=$(basename "$program")
  "$program" --tap >"$profile/$name.log" 2>&1 && answer=ok || { answer=FAILED; status=1; }
  printf '%-24s %-6s %s ok, %s not ok, %s skipped\n' "$name" "$answer" \
    "$(grep '^ok' "$profile/$name.log" | grep -vci '# skip')" "$(grep -c '^not ok' "$profile/$name.log")" \
    "$(grep -ci '^ok.*# skip' "$profile/$name.log")"
  [ "$answer" = ok ] || grep -v '^ok' "$profile/$name.log" | tail -n 12 | sed 's/^/    /'
done
echo
echo "How fast it is"
"$here/bin/vignette" --profile "$profile" bench "$@" || status=1
exit $status
RUN

size=$(du -sm "$whole" | cut -f 1)
echo "$whole: $size MB"
[ "$size" -le 50 ] || { echo "gpu-pack: that is more than 50 MB" >&2; exit 1; }
