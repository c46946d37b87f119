#!/bin/sh
# Makes .venv and installs the locked requirement files named on the command line, every file checked by its hash.
# Called by the Makefile, which remembers by a stamp that it has run; may be called by hand. PYTHON chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

is_recent() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if is_recent "$candidate"; then
            printf '%s' "$candidate"
            return
        fi
    done
    stop 'Cần Python 3.11 trở lên: sudo apt install python3 python3-venv (hoặc đặt PYTHON=đường dẫn).'
}

# A folder without a working pip is what an interrupted set-up or another machine's copy leaves behind.
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
        stop "$python thiếu venv: sudo apt install python3-venv, rồi gọi lại lệnh vừa rồi."
    printf 'Tạo môi trường .venv (%s)\n' "$("$python" --version)"
    "$python" -m venv --clear .venv
fi

# shellcheck disable=SC2046
set -- $(printf -- '-r %s ' "$@")
printf 'Cài thư viện đã khoá: %s\n' "$*"
# uv is faster but does not read pip's configuration, so pip is asked wherever uv is absent or finds no index.
if command -v uv >/dev/null 2>&1 && uv pip install --quiet --python .venv/bin/python --require-hashes "$@" 2>/dev/null; then
    exit 0
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes "$@" ||
    stop 'Không cài được thư viện; nguyên nhân ở các dòng trên.'
