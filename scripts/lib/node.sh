# shellcheck shell=bash
# A current Node. The machine's own is used when it is new enough; otherwise, and for
# the Marathon image in any case, one is brought through npm's package `node`, with an
# npm that fits it, into .crossflock/node.

NODE_HOME="$STATE/node"
NODE_BIN="$NODE_HOME/node_modules/node/bin/node"
NODE_MAJOR=24

# Puts a Node that satisfies package.json first on PATH.
node_ready() {
  if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
    root_ready 'installing npm'
    step 'npm' _npm_from_distribution
  fi
  if _version_at_least "$(_node_version)" "$(_node_floor)"; then
    step 'node' note "$(_node_version) of this machine"
    return
  fi
  node_bring
  PATH="$NODE_HOME/bin:$PATH"
  hash -r
}

# Brings Node $NODE_MAJOR and its npm into .crossflock/node unless they are there.
NODE_BROUGHT=no
node_bring() {
  if [[ $NODE_BROUGHT == yes ]]; then return; fi
  step "node $NODE_MAJOR" _node_install
  NODE_BROUGHT=yes
}

# The lowest version in package.json's engines ("node": ">=22.18").
_node_floor() { sed -n 's/.*"node": *">=\([0-9.]*\)".*/\1/p' "$ROOT/package.json"; }

_node_version() { node --version 2>/dev/null | sed 's/^v//'; }

# _version_at_least VERSION FLOOR
_version_at_least() {
  [[ -n $1 ]] && [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}

_npm_from_distribution() {
  if ! has_apt; then
    hint 'install Node and npm, then run this again'
    return 1
  fi
  apt_install npm
  note "installed $(npm --version)"
}

_node_install() {
  if "$NODE_HOME/bin/node" --version >/dev/null 2>&1 && [[ -e $NODE_HOME/bin/npm ]]; then
    note "$("$NODE_BIN" --version | sed 's/^v//') is in .crossflock/node"
    return
  fi
  rm -rf "$NODE_HOME"
  mkdir -p "$NODE_HOME/bin"
  printf '{ "private": true }\n' >"$NODE_HOME/package.json"
  hint 'see whether npm reaches its registry: npm ping'
  # The package finds the binary for this architecture in an install script of its own.
  npm install --prefix "$NODE_HOME" --no-audit --no-fund --ignore-scripts=false \
    "node@$NODE_MAJOR" npm@11
  [[ -x $NODE_BIN ]] || _node_without_script
  ln -sfn ../node_modules/node/bin/node "$NODE_HOME/bin/node"
  ln -sfn ../node_modules/npm/bin/npm-cli.js "$NODE_HOME/bin/npm"
  ln -sfn ../node_modules/npm/bin/npx-cli.js "$NODE_HOME/bin/npx"
  note "brought $("$NODE_HOME/bin/node" --version | sed 's/^v//')" \
    "(this machine's is $(_node_version), $(_node_floor) is needed)"
}

# Where install scripts are switched off for good, the binary's own package still works.
_node_without_script() {
  local arch
  case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *)
      hint "install Node $(_node_floor) or newer by hand: none is packaged for $(uname -m)"
      return 1
      ;;
  esac
  npm install --prefix "$NODE_HOME" --no-audit --no-fund "node-linux-$arch@$NODE_MAJOR"
  mkdir -p "${NODE_BIN%/*}"
  ln -f "$NODE_HOME/node_modules/node-linux-$arch/bin/node" "$NODE_BIN"
}
