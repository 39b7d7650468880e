# Shared by the scripts beside it: sourced, not run. Leaves the shell in the repository's root.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# Tools that are built once and shared by all checkouts.
tools=${WIRESIFT_TOOLS:-${XDG_CACHE_HOME:-${HOME:-$root}/.cache}/wiresift-tools}
wasm_target=wasm32-unknown-unknown
# A folder of its own: cargo builds one thing at a time in each, and the last step of a build keeps one core busy only.
wasm_dir=target/page

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# A script's usage text is the comment at its head.
usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; }
wrong_usage() { printf 'error: %s\n\n' "$1" >&2; usage >&2; exit 2; }

need() { have "$1" || die "$1 is missing: $2"; }

need_rust() { need cargo "install Rust 1.95 or newer with rustup (https://rustup.rs)"; }

need_node() {
  need node "install Node.js 20 or newer with npm"
  need npm "install npm; it comes with Node.js"
  [ "$(node -p 'process.versions.node.split(".")[0] >= 20')" = true ] ||
    die "Node.js 20 or newer is needed; this is $(node --version)"
}

has_wasm_target() { [ -d "$(rustc --print target-libdir --target "$wasm_target" 2>/dev/null)" ]; }

ensure_wasm_target() {
  need_rust
  has_wasm_target && return
  have rustup || die "Rust has no $wasm_target target and there is no rustup to add it: install that target's standard library"
  say "adding the Rust target $wasm_target"
  rustup target add "$wasm_target" || die "rustup could not add $wasm_target: is the network reachable?"
  has_wasm_target || die "rustup added $wasm_target to another toolchain than the one rustc belongs to"
}

# Sets wasm_bindgen to the command that gives the compiled wasm its JavaScript: scripts/bindgen, built once.
ensure_wasm_bindgen() {
  local dir=$tools/bindgen
  need_rust
  cargo build --locked --release --quiet --manifest-path scripts/bindgen/Cargo.toml --target-dir "$dir" ||
    die "scripts/bindgen could not be built: see cargo's message above"
  wasm_bindgen=$dir/release/wiresift-bindgen
}

# Installs www's npm packages when the lock file is not the one they came from.
ensure_npm() {
  need_node
  [ -f www/package-lock.json ] || die "www/package-lock.json is missing"
  cmp -s www/package-lock.json www/node_modules/.installed-from && return
  say "installing npm packages"
  # `npm ci` refuses a lock file without the optional packages of every other platform, which a registry that does not
  # offer them all cannot give; the plain install takes the same versions and lets those go.
  npm ci --prefix www --no-audit --no-fund --silent || npm install --prefix www --no-save --no-audit --no-fund --loglevel=error ||
    die "npm could not install www's packages: see its message above"
  cp www/package-lock.json www/node_modules/.installed-from
}

# The one without windows first: the same engine, and a quarter faster to test in.
find_browser() {
  local name
  for name in "${WIRESIFT_BROWSER:-}" chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
    [ -n "$name" ] && command -v "$name" && return
  done
  return 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_package() { as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null; }

# may_install NAME VARIABLE: a browser is missing; dies where nothing can be installed.
may_install() {
  local advice="install $1 or set $2 to one"
  have apt-get || die "no $1 found and no apt-get to install it: $advice"
  as_root true 2>/dev/null || die "no $1 found and no right to install it: $advice"
  say "installing the distribution's $1"
  as_root apt-get update -qq || die "apt-get update failed: is the network reachable?"
}

# Exports WIRESIFT_BROWSER, the path of a Chromium; installs Debian's where it may.
ensure_browser() {
  if ! find_browser >/dev/null; then
    may_install Chromium WIRESIFT_BROWSER
    # Older distributions have no package of its own for the one without windows.
    install_package chromium-headless-shell 2>/dev/null || install_package chromium ||
      die "apt-get could not install chromium: install Chromium or set WIRESIFT_BROWSER to one"
  fi
  WIRESIFT_BROWSER=$(find_browser) || die "chromium was installed and is still not on PATH"
  export WIRESIFT_BROWSER
}

find_firefox() {
  # One that was chosen is taken or missed, never replaced by another.
  if [ -n "${WIRESIFT_FIREFOX:-}" ]; then command -v "$WIRESIFT_FIREFOX"; return; fi
  command -v firefox-esr || command -v firefox
}

# Exports WIRESIFT_FIREFOX, the path of a Firefox; installs Debian's ESR where it may.
ensure_firefox() {
  if ! find_firefox >/dev/null; then
    [ -z "${WIRESIFT_FIREFOX:-}" ] || die "WIRESIFT_FIREFOX is $WIRESIFT_FIREFOX, which is no program"
    may_install Firefox WIRESIFT_FIREFOX
    install_package firefox-esr || die "apt-get could not install firefox-esr: install Firefox or set WIRESIFT_FIREFOX to one"
  fi
  WIRESIFT_FIREFOX=$(find_firefox) || die "firefox-esr was installed and is still not on PATH"
  export WIRESIFT_FIREFOX
}

# Exports WIRESIFT_GECKODRIVER, what drives a Firefox: built once from crates.io where there is none.
ensure_geckodriver() {
  local version=0.37.1
  local dir=$tools/geckodriver-$version
  if [ -n "${WIRESIFT_GECKODRIVER:-}" ]; then
    have "$WIRESIFT_GECKODRIVER" || die "WIRESIFT_GECKODRIVER is $WIRESIFT_GECKODRIVER, which is no program"
    WIRESIFT_GECKODRIVER=$(command -v "$WIRESIFT_GECKODRIVER")
  else
    if [ ! -x "$dir/bin/geckodriver" ]; then
      need_rust
      say "building geckodriver $version"
      cargo install --locked --quiet --root "$dir" --version "$version" geckodriver ||
        die "cargo could not install geckodriver: see its message above, or set WIRESIFT_GECKODRIVER to one"
    fi
    WIRESIFT_GECKODRIVER=$dir/bin/geckodriver
  fi
  export WIRESIFT_GECKODRIVER
}

# Exports WIRESIFT_CORPUS where there is a folder of real captures.
find_corpus() {
  if [ -z "${WIRESIFT_CORPUS:-}" ] && [ -d ../shared/corpus ]; then
    WIRESIFT_CORPUS=$(cd ../shared/corpus && pwd)
  fi
  export WIRESIFT_CORPUS=${WIRESIFT_CORPUS:-}
}

build_native() {
  need_rust
  cargo build --locked --release
}

build_wasm() {
  local wasm=$wasm_dir/$wasm_target/release/wiresift.wasm out=www/pkg/wiresift_bg.wasm
  ensure_wasm_target
  ensure_wasm_bindgen
  ensure_npm
  # A copy of up to 64 bytes as loads and stores: as an instruction of its own it is a call of the browser's.
  local inline="-C llvm-args=-max-store-memcpy=8 -C llvm-args=-max-store-memmove=8 -C llvm-args=-max-store-memset=8"
  # Level 3 makes a page of 100 kB more that is not measurably faster.
  CARGO_PROFILE_RELEASE_OPT_LEVEL=2 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-C target-feature=+simd128 $inline" \
    cargo build --locked --release --lib --target "$wasm_target" --target-dir "$wasm_dir" --no-default-features --features page
  if [ "$out" -nt "$wasm" ] && [ "$out" -nt www/package-lock.json ] && [ "$out" -nt scripts/lib.sh ]; then
    return
  fi
  # Into a folder beside first: a build that is stopped half-way leaves no package that looks finished.
  rm -rf www/build/pkg
  "$wasm_bindgen" "$wasm" www/build/pkg
  # What rustc emits and every browser reads; all features would write sections that only the newest ones know.
  www/node_modules/.bin/wasm-opt --mvp-features --enable-bulk-memory --enable-bulk-memory-opt --enable-mutable-globals \
    --enable-nontrapping-float-to-int --enable-sign-ext --enable-reference-types --enable-multivalue --enable-simd \
    --enable-call-indirect-overlong -O3 www/build/pkg/wiresift_bg.wasm -o www/build/pkg/opt.wasm
  mv www/build/pkg/opt.wasm www/build/pkg/wiresift_bg.wasm
  rm -rf www/pkg
  mv www/build/pkg www/pkg
}

# Whether the page is newer than everything it is made from (folders too: they change when a file goes).
page_is_current() {
  local page=www/dist/index.html
  [ -f "$page" ] && [ -z "$(find www \( -name node_modules -o -path www/dist -o -path www/build -o -path www/test-results \) -prune \
    -o -path www -o -newer "$page" -print -quit)" ]
}

build_page() {
  build_wasm
  page_is_current && return
  npm run --prefix www --silent build
}

# Both, side by side. What the page's build says is shown when the other's is through.
build_both() {
  local log page
  ensure_wasm_target
  ensure_wasm_bindgen
  ensure_npm
  log=$(mktemp)
  build_page >"$log" 2>&1 &
  page=$!
  build_native || { kill "$page"; rm -f "$log"; return 1; }
  wait "$page" || { cat "$log" >&2; rm -f "$log"; return 1; }
  cat "$log"
  rm -f "$log"
}

# "NAME RAW GZIPPED" in bytes.
print_size() {
  [ -f "$1" ] && printf '%-28s %10d bytes, gzip %10d\n' "$1" "$(wc -c <"$1")" "$(gzip -9 -c "$1" | wc -c)"
}
