#!/bin/sh
# Makes a web node of the cluster of a bare Debian 12: HAProxy to the primary, then the product as on any server. Run as root:
#   sh deploy/cluster/web.sh FOLDER --host phieu.example.vn [--mixes] [what setup-debian.sh takes]
# FOLDER: what secrets.sh made for web nodes. --mixes: this node opens the box too, and alone has the opening key; give it to
# two nodes at most. A second node gets /var/lib/phieu/keys and /var/lib/phieu/secret-key of the first one beforehand.
set -eu

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || stop 'Cần quyền root.'
[ -f "${1:-}/web.env" ] || stop "Cách dùng: sh $0 THƯ_MỤC --host TÊN_MIỀN [--mixes]"
given=$1 mixes='' host=''
shift
here=$(cd "$(dirname "$0")" && pwd)
etc=/etc/phieu-cluster
# shellcheck disable=SC1091
. "$given/web.env"
for option in "$@"; do
    shift
    [ "$host" != next ] || host=$option
    case $option in
    --mixes) mixes=yes && continue ;;
    --host) host=next ;;
    esac
    set -- "$@" "$option"
done

say() { printf '· %s\n' "$*"; }

proxy() {
    say 'HAProxy'
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends haproxy >/dev/null
    install -d -m 0755 "$etc"
    install -m 0644 "$given/ca.pem" "$etc"
    sh "$here/fill.sh" haproxy.cfg "$given/web.env" >/etc/haproxy/haproxy.cfg
    haproxy -q -c -f /etc/haproxy/haproxy.cfg
    systemctl enable -q haproxy
    systemctl reload-or-restart haproxy
}

address() { printf 'postgres://%s:%s@127.0.0.1:5000/phieu?sslmode=verify-ca&sslrootcert=%s/ca.pem' "$1" "$2" "$etc"; }

# Quoted, since a shell reads these files, too.
settings() {
    umask 077
    if [ ! -f /etc/phieu.env ]; then
        [ -n "$host" ] || stop 'Cần --host TÊN_MIỀN, là địa chỉ in trên phiếu.'
        sed "s|^BASE_URL=.*|BASE_URL=https://$host|" "$here/../phieu.env" >/etc/phieu.env.new
        printf 'CLUSTER=1\nDATABASE_URL="%s"\nSEPARATE_MIXER=1\nMIX_KEYS_DIR=/var/lib/phieu-mix/keys\n' \
            "$(address phieu_app "$APP_PASSWORD")" >>/etc/phieu.env.new
        mv /etc/phieu.env.new /etc/phieu.env
    fi
    if [ ! -f /etc/phieu-owner.env ]; then
        printf 'DATABASE_OWNER_URL="%s"\nDATABASE_READER=phieu_ro\nDATABASE_MIXER=phieu_mix\n' \
            "$(address phieu_owner "$OWNER_PASSWORD")" >/etc/phieu-owner.env
    fi
    if [ "$mixes" ] && [ ! -f /etc/phieu-mix.env ]; then
        grep -v '^BASE_URL=' "$here/../phieu-mix.env" >/etc/phieu-mix.env.new
        grep -E '^(BASE_URL|MIX_HOUR)=' /etc/phieu.env >>/etc/phieu-mix.env.new
        # A mix writes a whole box in one commit, which a standby takes longer to confirm than a ballot.
        printf 'CLUSTER=1\nCOMMIT_WAIT=120\nDATABASE_URL="%s"\n' "$(address phieu_mix "$MIXER_PASSWORD")" >>/etc/phieu-mix.env.new
        mv /etc/phieu-mix.env.new /etc/phieu-mix.env
    fi
    umask 022
}

proxy
settings
sh "$here/../setup-debian.sh" "$@"
