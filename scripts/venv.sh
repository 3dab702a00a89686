# Shared by ./run and ./test: make a virtual environment from a lock file, once per lock file.
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo "$@"; else return 1; fi; }

need_python() {
  for candidate in python3.14 python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      PYTHON="$candidate"; return 0
    fi
  done
  echo "benhan needs Python 3.11 or newer" >&2; exit 2
}

# venv_ready DIR LOCKFILE
venv_ready() {
  stamp="$1/.lock-$(cksum < "$2" | tr ' ' '-')"
  [ -e "$stamp" ] && return 0
  need_python
  if ! "$PYTHON" -c 'import ensurepip' 2>/dev/null && command -v apt-get >/dev/null 2>&1; then
    as_root apt-get update -q && as_root apt-get install -y -q python3-venv
  fi
  echo "Setting up $1 (first start only)…"
  "$PYTHON" -m venv --clear "$1"
  "$1/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$2"
  "$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
  : > "$stamp"
}
