#!/bin/sh
# Prints one of the configurations beside this script for one machine:
#   sh deploy/cluster/fill.sh patroni.yml SETTINGS [NAME=VALUE …]     SETTINGS: member.env or web.env, as secrets.sh made it
set -eu
template=$(dirname "$0")/$1
# shellcheck disable=SC1090
. "$2"
shift 2
PEERS='' ETC=/etc/phieu-cluster DATA=/var/lib/postgresql/15/phieu WATCHDOG=required LISTEN=127.0.0.1:5000 STATE=new
for given in "$@"; do
    case $given in
    ETC=*) ETC=${given#*=} ;;
    DATA=*) DATA=${given#*=} ;;
    WATCHDOG=*) WATCHDOG=${given#*=} ;;
    LISTEN=*) LISTEN=${given#*=} ;;
    STATE=*) STATE=${given#*=} ;;
    PEERS=*) PEERS=${given#*=} ;;
    *)
        echo "fill.sh: $given?" >&2
        exit 1
        ;;
    esac
done
etcd_hosts=${ADDRESS:+$ADDRESS:2379} peers='' servers=''
for member in $MEMBERS; do
    name=${member%%=*} address=${member#*=}
    [ "$address" = "${ADDRESS:-}" ] || etcd_hosts="$etcd_hosts${etcd_hosts:+, }$address:2379"
    peers="$peers${peers:+,}$name=https://$address:2380"
    servers="$servers    server $name $address:5432 maxconn 50 check port 8008 check-ssl verify required ca-file $ETC/ca.pem\\n"
done
sed -e "s|@NAME@|${NAME:-}|g" -e "s|@ADDRESS@|${ADDRESS:-}|g" -e "s|@ETC@|$ETC|g" -e "s|@DATA@|$DATA|g" \
    -e "s|@WATCHDOG@|$WATCHDOG|g" -e "s|@LISTEN@|$LISTEN|g" -e "s|@STATE@|$STATE|g" -e "s|@ETCD_HOSTS@|$etcd_hosts|g" \
    -e "s|@PEERS@|${PEERS:-$peers}|g" -e "s|@SERVERS@|$servers|g" -e "s|@SUPERUSER_PASSWORD@|${SUPERUSER_PASSWORD:-}|g" \
    -e "s|@REPLICATION_PASSWORD@|${REPLICATION_PASSWORD:-}|g" -e "s|@REWIND_PASSWORD@|${REWIND_PASSWORD:-}|g" \
    -e "s|@REST_PASSWORD@|${REST_PASSWORD:-}|g" "$template"
