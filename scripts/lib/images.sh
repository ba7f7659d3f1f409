# shellcheck shell=bash
# The images. Each carries a hash of its inputs as a label and is built again only when
# they changed; those that do not stand on each other are built side by side.

INPUTS_LABEL=crossflock.inputs
MARATHON_CONTEXT="$STATE/images/marathon"

images_ready() {
  base_image_ready
  _pool_images
}

_pool_images() {
  # The Marathon image holds a Node of its own, whatever this machine's is.
  node_bring
  _side_by_side _base_image _marathon_image
  _side_by_side _submitter_image _executor_image _network_image
}

# Tells which images would be built; builds none.
images_check() {
  IMAGES_CHECK=1
  node_bring
  _side_by_side _base_image _marathon_image _submitter_image _executor_image _network_image
}

# All images, those of the lab included.
images_and_lab_ready() {
  base_image_ready
  _side_by_side _pool_images _lab_images
}

# The images of `crossflock lab`: machines with and without Docker, and their registry.
_lab_images() {
  # The lab's keys are made, and its hosts entered, with OpenSSH's own programs.
  if ! command -v ssh-keygen >/dev/null; then
    root_ready 'installing openssh-client'
    step 'openssh client' apt_install openssh-client
  fi
  _side_by_side _lab_host_images _lab_registry_image
}

_lab_host_images() {
  step 'image crossflock/lab-bare' _image lab-bare images/lab-bare
  step 'image crossflock/lab-host' _image lab-host images/lab-bare images/lab-host
}
_lab_registry_image() { step 'image crossflock/lab-registry' _image lab-registry images/lab-registry; }

_base_image() { step 'image crossflock/base' _image base images/base; }
_submitter_image() { step 'image crossflock/submitter' _image submitter images/base images/submitter; }
_executor_image() { step 'image crossflock/executor' _image executor images/base images/executor; }
_network_image() { step 'image crossflock/network' _image network images/network; }
_marathon_image() { step 'image crossflock/marathon' _image_of_marathon; }

# _image NAME FOLDER…: the image of the last folder, whose inputs are all of them.
_image() {
  local name=$1
  shift
  _build_image "$name" "${!#}" "$(tree_hash "$@")"
}

# The bundle is made each time (it takes no second) and decides: most changes of the
# sources are none of the embedded Marathon's, and then its containers stay as they are.
_image_of_marathon() {
  node scripts/build-marathon-bundle.mjs
  _build_image marathon "$MARATHON_CONTEXT" "$(tree_hash "$MARATHON_CONTEXT")"
}

_build_image() {
  local tag=crossflock/$1 context=$2 inputs=$3
  if [[ $(_image_inputs "$tag") == "$inputs" ]]; then
    note 'is current'
    return
  fi
  if [[ -n ${IMAGES_CHECK:-} ]]; then
    note 'would be built'
    return
  fi
  hint 'see whether containers reach the package mirrors: docker run --rm debian:trixie-slim apt-get update'
  docker build --label "$INPUTS_LABEL=$inputs" --tag "$tag" "$context"
  note 'built'
}

_image_inputs() {
  docker image inspect --format "{{index .Config.Labels \"$INPUTS_LABEL\"}}" "$1" 2>/dev/null || true
}

# Runs functions at the same time; returns the first bad status when all have ended.
_side_by_side() {
  local pids=() pid function status=0
  # shellcheck disable=SC2034 # say.sh reads it
  STEP_PARALLEL=1
  for function in "$@"; do
    "$function" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do
    wait "$pid" || status=$?
  done
  unset STEP_PARALLEL
  return "$status"
}
