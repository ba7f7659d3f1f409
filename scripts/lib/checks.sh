# shellcheck shell=bash
# Checks of the files that no npm script looks at: shell and Python.

# Brings shellcheck where that asks no question; without it only the syntax is checked.
shellcheck_ready() {
  if command -v shellcheck >/dev/null || ! has_apt || ! root_possible; then return; fi
  # A failure is told, and is none of the checks.
  # shellcheck disable=SC2034
  local status
  # shellcheck disable=SC2034
  attempt status step shellcheck _shellcheck_install
}

_shellcheck_install() {
  apt_install shellcheck
  note 'installed'
}

# The project's shell files, by their first line, each followed by NUL.
_shell_files() {
  local file first
  while IFS= read -r -d '' file; do
    first=''
    IFS= read -r first <"$file" || true
    if [[ $first =~ ^('#!'.*[/ ](ba|da)?sh|'# shellcheck shell=') ]]; then
      printf '%s\0' "$file"
    fi
  done < <(find scripts .ci images -type f ! -name '*.py' ! -name '*.mjs' -print0 2>/dev/null)
}

check_shell() {
  local files=() file
  mapfile -d '' -t files < <(_shell_files)
  for file in "${files[@]}"; do
    if [[ $(head -n 1 "$file") == *bash ]]; then bash -n "$file"; else sh -n "$file"; fi
  done
  if command -v shellcheck >/dev/null; then
    # Versions before 0.10 take the body of a function that only a trap calls for dead code.
    shellcheck -x --exclude=SC2317 "${files[@]}"
    note "shellcheck finds nothing in ${#files[@]} files"
  else
    note "the syntax of ${#files[@]} files is right; no shellcheck on this machine"
  fi
}

# Compiles the images' Python with the images' own Python where they are built, with
# the machine's otherwise. Nothing is written.
check_python() {
  local files=()
  mapfile -d '' -t files < <(find images -type f -name '*.py' -print0)
  local program='
import sys
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        compile(file.read(), path, "exec")
print(len(sys.argv) - 1, "files compile with Python", sys.version.split()[0])'
  python3 -c "$program" "${files[@]}"
  note "${#files[@]} files compile with $(python3 --version)"
}

python_part() {
  if command -v python3 >/dev/null; then
    part python check_python
  else
    part_skipped python 'this machine has no python3'
  fi
}
