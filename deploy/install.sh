#!/bin/sh
# Makes .venv and installs the locked requirement files named on the command line, every file checked by its hash.
# Called by the Makefile, which remembers by a stamp that it has run; may be called by hand. PYTHON chooses the interpreter.
# uv does it in a tenth of pip's time; it comes by the lock's own hash, and is told what pip is told about indexes.
set -eu
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT

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

pip() { .venv/bin/python -m pip --disable-pip-version-check "$@"; }

# The last lines of what an installer said, where they tell more than its many others.
why() {
    if grep -qiE 'name resolution|connection (refused|reset|error)|network|timed? ?out|unreachable|dns|proxy' "$log"; then
        stop 'Không tới được kho thư viện: máy này không có mạng, hoặc cần proxy (HTTPS_PROXY) hay kho nội bộ (pip config set global.index-url).'
    elif grep -qi 'hash' "$log"; then
        stop "Tệp thư viện không đúng mã băm đã khoá; không cài gì cả: $(grep -iE 'hash' "$log" | head -n 1)"
    elif grep -qi 'no space left' "$log"; then
        stop 'Ổ đĩa đã đầy.'
    fi
    stop "Không cài được thư viện: $(grep -v '^ *$' "$log" | tail -n 1)"
}

# What pip reads from its files and its environment, in uv's words. To pip all indexes are equal; the hashes decide what is taken.
as_pip() {
    printf 'UV_INDEX_STRATEGY=unsafe-best-match\n'
    pip config list 2>/dev/null | tr -d "'" | while IFS='=' read -r name value; do
        case ${name##*.} in
            index-url | default-index) printf 'UV_DEFAULT_INDEX=%s\n' "$value" ;;
            extra-index-url) printf 'UV_INDEX=%s\n' "$value" ;;
            no-index) printf 'UV_NO_INDEX=%s\n' "$value" ;;
            find-links) printf 'UV_FIND_LINKS=%s\n' "$(printf '%s' "$value" | tr ' ' ',')" ;;
            trusted-host) printf 'UV_INSECURE_HOST=%s\n' "$value" ;;
            cert) printf 'SSL_CERT_FILE=%s\n' "$value" ;;
        esac
    done
}

has_uv() {
    [ -x .venv/bin/uv ] && return 0
    # The lock's own lines about uv: its version and its hashes.
    awk '/^uv==/ { found = 1 } found { print; if ($0 !~ /\\$/) exit }' requirements-dev.txt >.venv/uv.txt
    pip install --quiet --no-compile --only-binary :all: --require-hashes -r .venv/uv.txt >>"$log" 2>&1
}

by_uv() {
    has_uv || return 1
    settings=$(as_pip)
    # shellcheck disable=SC2086
    (
        while IFS='=' read -r name value; do
            [ -z "$name" ] || export "$name=$value"
        done <<SETTINGS
$settings
SETTINGS
        .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes "$@"
    ) >>"$log" 2>&1
}

# A folder without a working pip is what an interrupted set-up or another machine's copy leaves behind.
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
        stop "$python thiếu venv: sudo apt install python3-venv, rồi gọi lại lệnh vừa rồi."
    printf 'Tạo môi trường .venv (%s)\n' "$("$python" --version)"
    "$python" -m venv --clear .venv >"$log" 2>&1 || why
fi

printf 'Cài thư viện đã khoá: %s\n' "$*"
# shellcheck disable=SC2046
set -- $(printf -- '-r %s ' "$@")
# Where uv finds no way, pip may: it knows settings that uv does not.
by_uv "$@" || pip install --quiet --require-hashes "$@" >"$log" 2>&1 || why
