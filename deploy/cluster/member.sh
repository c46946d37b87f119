#!/bin/sh
# Makes a member of the cluster of a bare Debian 12: etcd, Patroni, PostgreSQL 15, nightly copies. Run as root, with the folder
# that secrets.sh made for this machine; the first three members within a minute of each other, since etcd begins with all:
#   sh deploy/cluster/member.sh /root/m1
#   sh deploy/cluster/member.sh /root/m4 --joins PEERS   a member added later; PEERS: what `etcdctl member add` has printed as
#                                                        ETCD_INITIAL_CLUSTER (docs/cluster.md)
# May be run again: what is there is left as it is, certificates and settings are taken from the folder.
set -eu

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || stop 'Cần quyền root.'
[ -f "${1:-}/member.env" ] || stop "Cách dùng: sh $0 THƯ_MỤC_CỦA_MÁY [--joins CÁC_MÁY_ETCD]"
given=$1 state=new peers=''
if [ "${2:-}" = --joins ]; then
    state=existing peers=${3:-}
    [ "$peers" ] || stop 'Sau --joins: giá trị ETCD_INITIAL_CLUSTER mà "etcdctl member add" vừa in ra.'
fi
here=$(cd "$(dirname "$0")" && pwd)
etc=/etc/phieu-cluster data=/var/lib/postgresql/15/phieu

say() { printf '· %s\n' "$*"; }

packages() {
    say 'gói phần mềm của Debian'
    # Else postgresql-common would make a server of its own.
    install -d /etc/postgresql-common
    grep -qs '^create_main_cluster' /etc/postgresql-common/createcluster.conf ||
        echo 'create_main_cluster = false' >>/etc/postgresql-common/createcluster.conf
    # python3-idna: without it Debian's Patroni reaches no etcd behind certificates, and only recommends it.
    # Nothing may start before it is configured: an etcd of its own would never join.
    systemctl mask -q etcd patroni
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        patroni python3-idna etcd-server etcd-client postgresql-15 openssl chrony >/dev/null
    systemctl unmask -q etcd patroni
}

files() {
    say "cấu hình và chứng thư ở $etc"
    getent group phieu-cluster >/dev/null || groupadd --system phieu-cluster
    usermod -aG phieu-cluster etcd
    usermod -aG phieu-cluster postgres
    install -d -g phieu-cluster -m 0750 "$etc"
    install -m 0644 "$given/ca.pem" "$given/member.pem" "$etc"
    # PostgreSQL takes a key of root's that a group reads.
    install -g phieu-cluster -m 0640 "$given/member.key" "$etc"
    install -o postgres -g postgres -m 0600 "$given/member.env" "$etc"
    install -m 0755 "$here/post-bootstrap" "$here/base-backup" "$here/on-role-change" "$here/switch-over" "$etc"
    install -m 0644 "$here/roles.sql" "$here/../postgres-roles.sql" "$etc"
    install -d -o postgres -g postgres -m 0755 "$(dirname "$data")"
    install -d -o postgres -g postgres -m 0700 "$data.socket" /var/backups/phieu-cluster
    sh "$here/fill.sh" etcd.env "$given/member.env" STATE=$state PEERS="$peers" >/etc/default/etcd
    (umask 077 && sh "$here/fill.sh" patroni.yml "$given/member.env" >/etc/patroni/config.yml)
    chown postgres:postgres /etc/patroni/config.yml
    install -m 0644 "$here/phieu-base-backup.service" "$here/phieu-base-backup.timer" /etc/systemd/system
}

# A watchdog of the machine's own if it has one, else the kernel's.
watchdog() {
    say 'watchdog'
    install -d /etc/modules-load.d /etc/udev/rules.d
    [ -e /dev/watchdog ] || { echo softdog >/etc/modules-load.d/phieu-watchdog.conf && modprobe softdog; } || :
    echo 'KERNEL=="watchdog", OWNER="postgres", GROUP="postgres"' >/etc/udev/rules.d/61-phieu-watchdog.rules
    [ ! -e /dev/watchdog ] || chown postgres /dev/watchdog
}

services() {
    say 'dịch vụ'
    # A write to etcd that waits behind a backup or a report costs the primary its lock: etcd goes first, on either queue.
    install -d /etc/systemd/system/etcd.service.d /etc/systemd/system/patroni.service.d
    printf '[Service]\nNice=-10\nIOSchedulingClass=best-effort\nIOSchedulingPriority=0\n' >/etc/systemd/system/etcd.service.d/phieu.conf
    # Patroni's own unit gives up after a clean stop, and starts before etcd answers.
    printf '[Unit]\nAfter=etcd.service\n[Service]\nRestart=always\nRestartSec=5\n' >/etc/systemd/system/patroni.service.d/phieu.conf
    systemctl daemon-reload
    systemctl enable -q etcd patroni phieu-base-backup.timer
    systemctl start --no-block etcd patroni
    systemctl start phieu-base-backup.timer
    say 'xem: patronictl -c /etc/patroni/config.yml list'
}

packages
files
watchdog
services
