# packages.sh: what the program needs, and how to get it; read by app/run and tests/run
#
# A list holds lines "how to see that it is there | the Debian package that brings it"; how is
# c:COMMAND, p:PKG-CONFIG-NAME or f:FILE.

build_needs='
c:cc|gcc
f:/usr/include/stdlib.h|libc6-dev
c:meson|meson
c:ninja|ninja-build
c:pkg-config|pkg-config
c:python3|python3
c:msgfmt|gettext
c:glslangValidator|glslang-tools
c:update-desktop-database|desktop-file-utils
p:gtk4|libgtk-4-dev
p:libadwaita-1|libadwaita-1-dev
p:vulkan|libvulkan-dev
p:libpng|libpng-dev
p:sqlite3|libsqlite3-dev
p:jansson|libjansson-dev
p:lcms2|liblcms2-dev
p:gexiv2|libgexiv2-dev
p:libxml-2.0|libxml2-dev
p:icu-uc|libicu-dev
p:libseccomp|libseccomp-dev
p:libzip|libzip-dev
p:zlib|zlib1g-dev
p:libsoup-3.0|libsoup-3.0-dev
'

run_needs='
f:/usr/share/icons/Adwaita/index.theme|adwaita-icon-theme
g:libpixbufloader-webp.so|webp-pixbuf-loader
g:libpixbufloader-heif.so|heif-gdk-pixbuf
g:libpixbufloader-avif.so|libavif-gdk-pixbuf
g:libpixbufloader-svg.so|librsvg2-common
f:/usr/share/mime/mime.cache|shared-mime-info
'

test_needs='
c:spirv-val|spirv-tools
c:Xvfb|xvfb
c:dbus-run-session|dbus
c:appstreamcli|appstream
c:gdbus|libglib2.0-bin
m:gi|python3-gi
f:/usr/lib/x86_64-linux-gnu/girepository-1.0/Atspi-2.0.typelib|gir1.2-atspi-2.0
c:exiv2|exiv2
c:exiftool|libimage-exiftool-perl
c:convert|imagemagick
f:/usr/share/vulkan/icd.d/lvp_icd.x86_64.json|mesa-vulkan-drivers
f:/usr/share/vulkan/explicit_layer.d/VkLayer_khronos_validation.json|vulkan-validationlayers
m:numpy|python3-numpy
f:/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf|fonts-dejavu-core
'

# Whether the thing that $1 names is there.
is_there () {
  case $1 in
    c:*) command -v "${1#c:}" >/dev/null ;;
    p:*) pkg-config --exists "${1#p:}" 2>/dev/null ;;
    f:*) [ -e "${1#f:}" ] ;;
    g:*) ls /usr/lib/*/gdk-pixbuf-2.0/*/loaders/"${1#g:}" >/dev/null 2>&1 ;;
    m:*) /usr/bin/python3 -c "import ${1#m:}" 2>/dev/null ;;
  esac
}

# Installs what the lists given name and what is not there, or says what to install and stops.
need_packages () {
  missing=
  for line in $(printf '%s\n' "$@"); do
    is_there "${line%%|*}" || missing="$missing ${line#*|}"
  done
  [ -n "$missing" ] || return 0

  if ! command -v apt-get >/dev/null; then
    echo "vignette: building: please install what these Debian packages hold:$missing" >&2
    exit 1
  fi

  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "vignette: building: please install, as root: apt-get install$missing" >&2
      exit 1
    fi
    as_root='sudo -E'
  fi

  echo "vignette: installing$missing" >&2
  export DEBIAN_FRONTEND=noninteractive
  $as_root apt-get -q update >&2 || true
  # shellcheck disable=SC2086
  $as_root apt-get -qq install -y --no-install-recommends $missing </dev/null >&2
}
