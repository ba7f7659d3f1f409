# shellcheck shell=bash
# Node modules and the build, each only when its inputs changed.

modules_ready() { step 'node modules' _modules_install; }
build_ready() { step 'build' _build; }

# tree_hash PATH…: one hash over the names, contents and executable bits of all files.
# Tests and Python's caches are in no product and do not count.
tree_hash() {
  {
    find "$@" \( -name tests -o -name __pycache__ \) -prune -o -type f -print0 |
      LC_ALL=C sort -z | xargs -0r sha256sum
    find "$@" \( -name tests -o -name __pycache__ \) -prune -o -type f -perm -u+x -print |
      LC_ALL=C sort
  } | sha256sum | cut -d ' ' -f 1
}

# The stamp lies in the folder that it vouches for, so that both go together.
_modules_install() {
  local wanted stamp=node_modules/.crossflock-stamp
  wanted="$(tree_hash package.json package-lock.json) node $(node --version | cut -d . -f 1)"
  if [[ -f $stamp && $(cat "$stamp") == "$wanted" ]]; then
    note 'as in package-lock.json'
    return
  fi
  hint 'see whether npm reaches its registry: npm ping'
  npm ci --no-audit --no-fund
  printf '%s\n' "$wanted" >"$stamp"
  note 'installed from package-lock.json'
}

_build() {
  local wanted stamp=dist/.crossflock-stamp
  wanted=$(tree_hash src tsconfig.json tsconfig.build.json package-lock.json)
  if [[ -f $stamp && $(cat "$stamp") == "$wanted" ]]; then
    note 'as in src'
    return
  fi
  # A file whose source is gone would otherwise stay for ever.
  rm -rf dist
  npm run --silent build
  printf '%s\n' "$wanted" >"$stamp"
  note 'compiled src to dist'
}
