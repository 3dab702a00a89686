# Shared by ./run and ./test: make a virtual environment from a lock file, once per lock file.
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo "$@"; else return 1; fi; }

need_python() {
  for candidate in python3.14 python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      PYTHON="$candidate"; return 0
    fi
  done
  echo "✗ benhan cần Python 3.11 trở lên; máy này có: $(python3 --version 2>&1 || true)" >&2
  echo "✗ benhan needs Python 3.11 or newer; this machine has: $(python3 --version 2>&1 || true)" >&2
  exit 2
}

# Two starts at once: the second waits. The lock of a process that was killed is taken over.
venv_lock() {
  nobody=0
  while ! mkdir "$1.lock" 2>/dev/null; do
    if [ ! -w . ]; then
      echo "✗ Không ghi được vào thư mục chương trình $PWD" >&2
      echo "✗ Cannot write to the program's directory $PWD" >&2
      exit 2
    fi
    owner="$(cat "$1.lock/pid" 2>/dev/null || true)"
    [ -n "$owner" ] || nobody=$((nobody + 1))
    if [ "$nobody" -gt 5 ] || { [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; }; then
      rm -rf "$1.lock"; nobody=0
    else sleep 1; fi
  done
  echo $$ > "$1.lock/pid"
}

# venv_ready DIR LOCKFILE
venv_ready() {
  stamp="$1/.lock-$(cksum < "$2" | tr ' ' '-')"
  [ -e "$stamp" ] && return 0
  need_python
  venv_lock "$1"
  trap 'rm -rf "'"$1"'.lock"' EXIT
  trap 'exit 130' INT TERM
  [ -e "$stamp" ] || venv_make "$1" "$2" "$stamp"
  rm -rf "$1.lock"
  trap - EXIT INT TERM
}

venv_make() {
  if ! "$PYTHON" -c 'import ensurepip' 2>/dev/null && command -v apt-get >/dev/null 2>&1; then
    as_root apt-get update -q && as_root apt-get install -y -q python3-venv
  fi
  echo "Đang chuẩn bị $1 (chỉ lần đầu)… / Setting up $1 (first start only)…"
  if "$PYTHON" -m venv --clear "$1" &&
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$2" &&
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
  then : > "$3"; return 0; fi
  echo "✗ Không cài được thư viện (xem lỗi ở trên): kiểm tra mạng, dung lượng đĩa rồi chạy lại" >&2
  echo "✗ Could not install the libraries (see above): check the network and the disk, then start again" >&2
  exit 2
}
