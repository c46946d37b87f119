#!/bin/sh
# One file from which a bare Debian 12 without any network is made a server, or brought to this release: the last commit, every
# locked library by its hash, the packages of Debian with all they need, checksums and a signature. Run by `make bundle` on
# a connected Debian 12 of the same processor as the server's; no root. BUNDLE_KEY: the maker's Ed25519 key (PEM), made when it is not there.
#   on the server:  tar -xf phieu-….tar && sudo sh phieu-…/release/deploy/setup-debian.sh --host phieu.example.vn
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
key=${BUNDLE_KEY:-var/release-key.pem}

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

say() { printf '· %s\n' "$*"; }

. /etc/os-release
[ "$ID ${VERSION_ID:-}" = 'debian 12' ] || stop "Chỉ đóng gói được trên Debian 12; máy này là $ID ${VERSION_ID:-}."
[ -z "$(git status --porcelain)" ] || say 'CHÚ Ý: có thay đổi chưa commit, không nằm trong gói'
architecture=$(dpkg --print-architecture)
name=phieu-$("$python" -c 'from kbnn_survey import VERSION; print(VERSION.rstrip("+"))')-$(git show -s --format=%cs-%h)-$architecture
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/$name
mkdir -p "$tree/release" "$tree/wheels" "$tree/debs" var

say 'bản phát hành'
git archive HEAD | tar -xf - -C "$tree/release"

say 'thư viện theo mã băm đã khoá'
awk '/^uv==/ { found = 1 } found { print; if ($0 !~ /\\$/) exit }' requirements-dev.txt >"$work/uv.txt"
for lock in requirements.txt requirements-scans.txt "$work/uv.txt"; do
    "$python" -m pip --disable-pip-version-check download --quiet --only-binary :all: --require-hashes --dest "$tree/wheels" -r "$lock" 2>"$work/pip.log" ||
        stop "Không tải được thư viện: $(tail -n 1 "$work/pip.log")"
done

say 'gói của Debian, cùng mọi gói chúng cần'
# As on a machine that has none: what this one has installed says nothing of the server.
mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial"
: >"$work/status"
apt() {
    apt-get -q -o "Dir::State=$work/state" -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache" -o Debug::NoLocking=1 \
        -o APT::Sandbox::User= "$@" >"$work/apt.log" 2>&1 || stop "Không tải được gói của Debian: $(tail -n 1 "$work/apt.log")"
}
apt update
# shellcheck disable=SC2046
apt install --download-only --yes --no-install-recommends $(cut -d ' ' -f 2- deploy/debian-packages)
mv "$work"/cache/archives/*.deb "$tree/debs/"
# The index of a repository, as deb822 has it: the package's own words, and how to know its file.
(
    cd "$tree/debs"
    for each in *.deb; do
        dpkg-deb --field "$each"
        printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$each" "$(stat -c %s "$each")" "$(sha256sum "$each" | cut -d ' ' -f 1)"
    done >Packages
)

say 'danh mục, mã kiểm và chữ ký'
(
    cd "$tree"
    printf 'bản phát hành %s, %s tệp\nthư viện %s, %s tệp\ngói của Debian %s, %s tệp\n' \
        "$(du -sh release | cut -f 1)" "$(find release -type f | wc -l)" "$(du -sh wheels | cut -f 1)" "$(find wheels -type f | wc -l)" \
        "$(du -sh debs | cut -f 1)" "$(find debs -name '*.deb' | wc -l)" >CONTENTS.txt
    find wheels debs -type f -name '*.*' | sort | sed 's/^/  /' >>CONTENTS.txt
)
[ -f "$key" ] || (umask 077 && openssl genpkey -algorithm ed25519 -out "$key")
openssl pkey -in "$key" -pubout -out "$tree/release.pub"
(cd "$tree" && find . -type f ! -name SHA256SUMS -exec sha256sum {} + >"$work/sums") || stop "Không tính được mã kiểm."
sort -k 2 "$work/sums" >"$tree/SHA256SUMS"
openssl pkeyutl -sign -rawin -inkey "$key" -in "$tree/SHA256SUMS" -out "$tree/SHA256SUMS.sig"

# The same commit and packages make the same file.
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git show -s --format=%ct)" -cf "var/$name.tar" -C "$work" "$name"
head -n 3 "$tree/CONTENTS.txt"
printf 'var/%s.tar  %s\nSHA-256 của tệp:  %s\nSHA-256 của khoá: %s\n' "$name" "$(du -h "var/$name.tar" | cut -f 1)" \
    "$(sha256sum "var/$name.tar" | cut -d ' ' -f 1)" "$(sha256sum "$tree/release.pub" | cut -d ' ' -f 1)"
