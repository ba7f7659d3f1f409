# shellcheck shell=bash
# debian:trixie-slim, which all images stand on: pulled where a registry of images can
# be reached, made from the distribution's packages where not.

BASE_IMAGE=debian:trixie-slim
# How long a registry may take to say that it has the image, and to send it.
PULL_ANSWER_SECONDS=15
PULL_SECONDS=300

base_image_ready() {
  if _image_exists "$BASE_IMAGE"; then
    step "image $BASE_IMAGE" note 'is here'
    return
  fi
  step "image $BASE_IMAGE" _pull_base_image
  if _image_exists "$BASE_IMAGE"; then return; fi
  root_ready "making $BASE_IMAGE with mmdebstrap"
  step "image $BASE_IMAGE" _make_base_image
}

_image_exists() { docker image inspect "$1" >/dev/null 2>&1; }

# No registry is an answer, not a failure: there is the other way.
_pull_base_image() {
  local out="$LOGS/pull.log" pid deadline
  timeout "$PULL_SECONDS" docker pull "$BASE_IMAGE" >"$out" 2>&1 &
  pid=$!
  deadline=$(($(now_us) + PULL_ANSWER_SECONDS * 1000000))
  # The first layer's name is the sign that the registry answered and has the image.
  while kill -0 "$pid" 2>/dev/null && ! grep -q 'Pulling fs layer' "$out"; do
    if (($(now_us) > deadline)); then
      kill "$pid"
      break
    fi
    sleep 0.2
  done
  if wait "$pid"; then note 'pulled'; else note 'cannot be pulled; it is made here instead'; fi
  cat "$out"
}

# The same content as the published one: the minimal variant, without documentation.
_make_base_image() {
  local missing=()
  if ! command -v mmdebstrap >/dev/null; then missing+=(mmdebstrap); fi
  if ! [[ -e /usr/share/keyrings/debian-archive-keyring.gpg ||
    -e /usr/share/keyrings/debian-archive-keyring.pgp ]]; then
    missing+=(debian-archive-keyring)
  fi
  hint "bring $BASE_IMAGE by other means ('docker load'), then run this again"
  if ((${#missing[@]} > 0)); then apt_install "${missing[@]}"; fi
  # The whole archive goes through a file: half an image must never be imported.
  local archive="$STATE/trixie-slim.tar"
  as_root mmdebstrap --variant=minbase --format=tar \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    trixie - >"$archive"
  docker import --change 'CMD ["bash"]' "$archive" "$BASE_IMAGE"
  rm -f "$archive"
  note 'made with mmdebstrap'
}
