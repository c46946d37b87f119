#!/bin/sh
# Makes a server of a bare Debian 12, or brings an existing one to the release that this script belongs to. Run as root:
#   sh deploy/setup-debian.sh --host phieu.example.vn [--sqlite | --database-elsewhere] [--printer] [--scans] [--certificate FULLCHAIN KEY]
# May be run again at any time: what is there already is left as it is, above all keys, passwords, settings and data.
# --sqlite: one small machine without PostgreSQL.  --database-elsewhere: a further web node; put DATABASE_URL, the keys
# and the secret of the first node in place beforehand (docs/operating.md).  --printer: CUPS, for slips on paper.
# --scans: the libraries that read scanned paper ballots (260 MB); later releases have them too.
# Unpacked from a bundle (deploy/bundle.sh) it asks no network for anything: packages and libraries come from beside it.
set -eu

host='' engine='' printer='' scans='' certificate='' key=''
source_tree=$(cd "$(dirname "$0")/.." && pwd -P)
releases=/opt/phieu-releases current=/opt/phieu data=/var/lib/phieu backups=/var/backups/phieu
bundle=$(dirname "$source_tree") trusted=/etc/phieu-release.pub
settings=/etc/phieu.env owner_settings=/etc/phieu-owner.env
mixer_settings=/etc/phieu-mix.env mixer_data=/var/lib/phieu-mix

say() { printf '· %s\n' "$*"; }

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

while [ $# -gt 0 ]; do
    case $1 in
    --host) host=$2 && shift ;;
    --sqlite) engine=sqlite ;;
    --database-elsewhere) engine=elsewhere ;;
    --printer) printer=yes ;;
    --scans) scans=yes ;;
    --certificate) certificate=$2 key=$3 && shift 2 ;;
    *) stop "Không hiểu tuỳ chọn $1; xem đầu tệp $0." ;;
    esac
    shift
done
[ "$(id -u)" = 0 ] || stop 'Cần quyền root: sudo sh deploy/setup-debian.sh …'
[ -n "$host" ] || [ -f "$settings" ] || stop 'Cần --host TÊN_MIỀN, là địa chỉ in trên phiếu.'
case $host in *[!A-Za-z0-9.-]*) stop "Tên miền không hợp lệ: $host" ;; esac

# Once there are settings, they say which database this is.
if [ -z "$engine" ]; then
    engine=postgresql
    if grep -qs '^CLUSTER=1' "$settings"; then # made by deploy/cluster/web.sh
        engine=elsewhere
    elif [ -f "$settings" ] && ! grep -q '^DATABASE_URL=' "$settings"; then
        engine=sqlite
    elif [ -f "$settings" ] && [ ! -f "$owner_settings" ]; then
        engine=elsewhere
    fi
fi

# The mixer runs beside a PostgreSQL of this machine's own, and on the nodes of a cluster that were given its settings.
mixes() { [ "$engine" = postgresql ] || { [ "$engine" = elsewhere ] && [ -f "$mixer_settings" ]; }; }

# Copies a file if it is another one; true when something changed.
put() {
    cmp -s "$1" "$2" && return 1
    install -D -m "${3:-0644}" "$1" "$2"
}

is_bundle() { [ -f "$bundle/SHA256SUMS" ] && [ -d "$bundle/debs" ]; }

# Every file is what its maker put in, and the maker is the one of the release before. The first time the key is taken down: whoever
# installs compares its digest with the one that he was told some other way.
whole() {
    is_bundle || return 0
    say 'kiểm từng tệp của gói'
    (cd "$bundle" && sha256sum --check --quiet --strict SHA256SUMS) || stop 'Gói hỏng hoặc đã bị sửa: không cài gì cả.'
    listed=$(mktemp)
    cut -c 67- "$bundle/SHA256SUMS" | sort >"$listed"
    strange=$(cd "$bundle" && find . -type f ! -name SHA256SUMS ! -name SHA256SUMS.sig | sort | comm -13 "$listed" -)
    rm -f "$listed"
    [ -z "$strange" ] || stop "Gói có tệp lạ, không nằm trong danh mục đã ký ($(printf '%s' "$strange" | head -n 1)): không cài gì cả."
    if [ -f "$trusted" ] && ! cmp -s "$bundle/release.pub" "$trusted"; then
        stop "Gói ký bằng khoá khác với bản đang dùng ($trusted). Xin hỏi nơi phát hành; nếu đúng là khoá mới, xoá tệp đó rồi chạy lại."
    fi
}

signed() {
    is_bundle || return 0
    openssl pkeyutl -verify -rawin -pubin -inkey "$bundle/release.pub" -in "$bundle/SHA256SUMS" -sigfile "$bundle/SHA256SUMS.sig" >/dev/null 2>&1 ||
        stop 'Chữ ký của gói không đúng: chưa cài phiên bản nào.'
    say "chữ ký đúng, khoá $(sha256sum "$bundle/release.pub" | cut -c 1-16)…: so với mã mà nơi phát hành báo riêng"
    put "$bundle/release.pub" "$trusted" || :
}

# What apt takes instead of the machine's own sources.
from_bundle() {
    is_bundle || return 0
    printf 'deb [trusted=yes] file:%s/debs ./\n' "$bundle" >"$list"
    for option in APT::Sandbox::User=root "Dir::Etc::sourcelist=$list" Dir::Etc::sourceparts=- APT::Get::List-Cleanup=0; do printf -- '-o %s ' "$option"; done
}

packages_for() { sed -n "s/^$1 //p" "$source_tree/deploy/debian-packages"; }

packages() {
    say 'gói phần mềm của Debian'
    list=$(mktemp)
    options=$(from_bundle)
    set -- base
    [ "$engine" = sqlite ] || set -- "$@" client
    [ "$engine" != postgresql ] || set -- "$@" database
    [ -z "$printer" ] || set -- "$@" printer
    # shellcheck disable=SC2046,SC2086
    {
        [ -z "$options" ] || apt-get $options -q update >/dev/null
        DEBIAN_FRONTEND=noninteractive apt-get $options install -y -q --no-install-recommends $(for part in "$@"; do packages_for "$part"; done) >/dev/null
    }
    rm -f "$list"
}

account() {
    say 'tài khoản phieu và các thư mục'
    id phieu >/dev/null 2>&1 || useradd --system --home-dir "$data" --shell /usr/sbin/nologin phieu
    install -d -o phieu -g phieu -m 0700 "$data" "$backups"
    mixes || return 0
    # The opening key of the box belongs to a user of its own: no group, since a group that reads is a second reader.
    id phieu-mix >/dev/null 2>&1 || useradd --system --home-dir "$mixer_data" --shell /usr/sbin/nologin phieu-mix
    install -d -o phieu-mix -g phieu-mix -m 0700 "$mixer_data" "$mixer_data/keys"
}

# A release is a folder named after what is in it, with an environment of its own; /opt/phieu points to the one in use.
release() {
    if is_bundle; then export PIP_NO_INDEX=1 PIP_FIND_LINKS="$bundle/wheels"; fi
    digest=$(cd "$source_tree" && find . \( -name .git -o -name .venv -o -name var -o -name __pycache__ -o -name .complete -o -name '.[a-z]*_cache' \) \
        -prune -o -type f -exec sha256sum {} + | sort | sha256sum | cut -c1-12)
    tree=$releases/$digest
    if [ ! -f "$tree/.complete" ]; then
        say "phiên bản $digest và thư viện đã khoá"
        rm -rf "$tree"
        install -d "$tree"
        (cd "$source_tree" && tar -cf - --exclude=./.git --exclude=./.venv --exclude=./var --exclude=__pycache__ .) |
            tar -xf - -C "$tree" --no-same-owner
        (cd "$tree" && sh deploy/install.sh requirements.txt && .venv/bin/python -m compileall -q .venv kbnn_survey surveys reports)
        touch "$tree/.complete"
    fi
    [ ! -f "$current/.scans" ] || scans=yes
    if [ "$scans" ] && [ ! -f "$tree/.scans" ]; then
        say 'thư viện đọc phiếu quét'
        (cd "$tree" && sh deploy/install.sh requirements.txt requirements-scans.txt)
        touch "$tree/.scans"
    fi
    ln -sfn "$tree" "$current"
}

# Words of a generated secret, safe in an address.
secret() { openssl rand -hex 24; }

# Settings are written once; afterwards they belong to whoever keeps the server.
configuration() {
    umask 077
    if [ ! -f "$settings" ]; then
        say "cấu hình ở $settings"
        sed "s|^BASE_URL=.*|BASE_URL=https://$host|" "$current/deploy/phieu.env" >"$settings.new"
        [ "$engine" != postgresql ] ||
            echo "DATABASE_URL=postgres://phieu_app:$(secret)@127.0.0.1/phieu" >>"$settings.new"
        mv "$settings.new" "$settings"
    fi
    if [ "$engine" = postgresql ] && [ ! -f "$mixer_settings" ]; then
        grep -v '^BASE_URL=' "$current/deploy/phieu-mix.env" >"$mixer_settings.new"
        grep -E '^(BASE_URL|MIX_HOUR)=' "$settings" >>"$mixer_settings.new"
        echo "DATABASE_URL=postgres://phieu_mix:$(secret)@127.0.0.1/phieu" >>"$mixer_settings.new"
        mv "$mixer_settings.new" "$mixer_settings"
    fi
    if [ "$engine" = postgresql ] && ! grep -q '^SEPARATE_MIXER=' "$settings"; then
        printf 'SEPARATE_MIXER=1\nMIX_KEYS_DIR=%s\n' "$mixer_data/keys" >>"$settings"
    fi
    if [ "$engine" = postgresql ] && [ ! -f "$owner_settings" ]; then
        printf 'DATABASE_OWNER_URL=postgres://phieu_owner:%s@127.0.0.1/phieu\nDATABASE_READER=phieu_ro\n' "$(secret)" \
            >"$owner_settings.new"
        mv "$owner_settings.new" "$owner_settings"
    fi
    if [ "$engine" = postgresql ] && ! grep -q '^DATABASE_MIXER=' "$owner_settings"; then
        echo 'DATABASE_MIXER=phieu_mix' >>"$owner_settings"
    fi
    umask 022
}

password_in() { sed -n "s|^$2=postgres://[^:]*:\([^@]*\)@.*|\1|p" "$1"; }

database() {
    [ "$engine" = postgresql ] || return 0
    say 'PostgreSQL: cấu hình, bốn vai trò, cơ sở dữ liệu'
    version=$(pg_lsclusters -h | awk '$2 == "main" { print $1; exit }')
    [ -n "$version" ] || stop 'Không thấy cụm PostgreSQL "main" (pg_lsclusters).'
    changed=
    put "$current/deploy/postgresql.conf" "/etc/postgresql/$version/main/conf.d/phieu.conf" && changed=yes
    pg_ctlcluster "$version" main status >/dev/null 2>&1 || pg_ctlcluster "$version" main start
    if [ "$(as_postgres psql -XAtc 'SHOW data_checksums')" = off ]; then
        pg_ctlcluster "$version" main stop
        as_postgres "/usr/lib/postgresql/$version/bin/pg_checksums" --enable --pgdata "/var/lib/postgresql/$version/main" >/dev/null
        pg_ctlcluster "$version" main start
    elif [ -n "$changed" ]; then
        pg_ctlcluster "$version" main restart
    fi
    OWNER_PASSWORD=$(password_in "$owner_settings" DATABASE_OWNER_URL)
    APP_PASSWORD=$(password_in "$settings" DATABASE_URL)
    MIXER_PASSWORD=$(password_in "$mixer_settings" DATABASE_URL)
    if [ -z "$OWNER_PASSWORD" ] || [ -z "$APP_PASSWORD" ] || [ -z "$MIXER_PASSWORD" ]; then
        stop "Không đọc được mật khẩu trong $settings, $owner_settings và $mixer_settings."
    fi
    export OWNER_PASSWORD APP_PASSWORD MIXER_PASSWORD
    as_postgres psql -X -q -v ON_ERROR_STOP=1 -d postgres <"$current/deploy/postgres-roles.sql"
    unset OWNER_PASSWORD APP_PASSWORD MIXER_PASSWORD
}

# Without a login shell the environment, and the passwords in it, goes along.
as_postgres() { (cd / && runuser -u postgres -- "$@"); }

printing() {
    [ -n "$printer" ] || return 0
    say 'CUPS: không giữ lại phiếu đã in'
    grep -qi '^PreserveJobFiles No' /etc/cups/cupsd.conf 2>/dev/null && return 0
    sed -i '/^PreserveJobFiles/Id' /etc/cups/cupsd.conf
    echo 'PreserveJobFiles No' >>/etc/cups/cupsd.conf
    systemctl restart cups
}

logging() {
    say 'thời hạn lưu nhật ký'
    if put "$current/deploy/journald.conf" /etc/systemd/journald.conf.d/phieu.conf; then systemctl restart systemd-journald; fi
}

services() {
    say 'dịch vụ và lệnh phieu'
    put "$current/deploy/phieu" /usr/local/bin/phieu 0755 || :
    for unit in "$current"/deploy/systemd/*.service; do put "$unit" "/etc/systemd/system/$(basename "$unit")" || :; done
    systemctl daemon-reload
    # shellcheck disable=SC2046
    systemctl enable -q $(units)
}

front() {
    say 'nginx và TLS'
    install -d -m 0755 /etc/ssl/phieu
    if [ -n "$certificate" ]; then
        put "$certificate" /etc/ssl/phieu/fullchain.pem || :
        put "$key" /etc/ssl/phieu/privkey.pem 0600 || :
    elif [ ! -f /etc/ssl/phieu/privkey.pem ]; then
        (umask 077 && openssl req -x509 -newkey rsa:3072 -nodes -days 90 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
            -keyout /etc/ssl/phieu/privkey.pem -out /etc/ssl/phieu/fullchain.pem 2>/dev/null)
        say 'CHỨNG THƯ TẠM, tự ký: thay bằng chứng thư thật trước khi phát phiếu (--certificate)'
    fi
    name=$(sed -n 's|^BASE_URL=https://\([^/:]*\).*|\1|p' "$settings")
    sed "s/phieu\.example\.vn/$name/" "$current/deploy/nginx.conf" >/etc/nginx/sites-available/phieu
    ln -sfn ../sites-available/phieu /etc/nginx/sites-enabled/phieu
    rm -f /etc/nginx/sites-enabled/default
    # Debian's own hold 768 connections a process and 1024 files: a campaign's telephones keep more of them open.
    printf 'worker_rlimit_nofile 16384;\n' >/etc/nginx/modules-enabled/90-phieu.conf
    sed -i 's/worker_connections [0-9]*;/worker_connections 8000;/' /etc/nginx/nginx.conf
    nginx -q -t
    systemctl reload-or-restart nginx
}

units() {
    echo phieu-web phieu-due
    ! mixes || echo phieu-mix
}

# The mixer makes the pair and says which public key it opens; the pages take that down, once: another one is for people
# to decide. The key of the tags, which both need, goes from the pages' directory to the mixer's.
mixer_keys() {
    mixes || return 0
    say 'khoá hòm phiếu: khoá mở của phieu-mix, khoá công khai của phieu'
    statement=$(phieu box_key make)
    [ -f "$data/keys/box-public.key" ] || printf '%s\n' "$statement" | phieu box_key trust
}

tag_key() {
    mixes || return 0
    cmp -s "$data/keys/box.key" "$mixer_data/keys/box.key" ||
        install -o phieu-mix -g phieu-mix -m 0600 "$data/keys/box.key" "$mixer_data/keys/box.key"
}

begin() {
    mixer_keys
    phieu prepare
    tag_key
    if phieu set_up --check >/dev/null 2>&1; then
        # shellcheck disable=SC2046
        systemctl restart $(units)
        say 'đang chạy; kiểm tra: curl -s http://127.0.0.1:8000/readyz'
    else
        say "còn một bước: sudo phieu set_up, rồi sudo systemctl start $(units | tr '\n' ' ')"
    fi
}

whole
packages
signed
account
release
configuration
database
printing
logging
services
front
begin
