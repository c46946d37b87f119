#!/bin/sh
# Makes what a cluster's machines must share and nobody else may know: an authority with a certificate for each machine,
# and all passwords. Once, on a machine of the administrator's:
#   sh deploy/cluster/secrets.sh FOLDER m1=10.0.0.11 m2=10.0.0.12 m3=10.0.0.13
# Each member then gets FOLDER/m1 (m2, m3), each web node FOLDER/web. What is there already is left as it is, so a member
# that is added later gets its certificate by the same call with one more name. FOLDER/authority stays at home.
set -eu
umask 077

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

[ $# -ge 4 ] || stop "Cách dùng: sh $0 THƯ_MỤC m1=ĐỊA_CHỈ m2=ĐỊA_CHỈ m3=ĐỊA_CHỈ"
folder=$1
shift
days=3650
for member in "$@"; do
    case $member in
    *[!a-z0-9=.]* | =* | *=) stop "Không hiểu $member: phải là tên=địa chỉ IPv4, tên chỉ gồm a–z và 0–9." ;;
    *=*) ;;
    *) stop "Không hiểu $member: phải là tên=địa chỉ." ;;
    esac
done

secret() { openssl rand -hex 24; }

authority() {
    [ ! -f "$folder/authority/ca.key" ] || return 0
    mkdir -p "$folder/authority"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days $days -subj '/CN=phieu cluster' \
        -keyout "$folder/authority/ca.key" -out "$folder/authority/ca.pem" 2>/dev/null
}

# One certificate for all that a member does: both sides of etcd, Patroni's interface, PostgreSQL.
certificate() {
    [ ! -f "$folder/$1/member.pem" ] || return 0
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
        -keyout "$folder/$1/member.key" -out "$folder/$1/request" 2>/dev/null
    printf 'subjectAltName=DNS:%s,DNS:localhost,IP:%s,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n' "$1" "$2" \
        >"$folder/$1/extensions"
    openssl x509 -req -in "$folder/$1/request" -CA "$folder/authority/ca.pem" -CAkey "$folder/authority/ca.key" \
        -CAcreateserial -days $days -extfile "$folder/$1/extensions" -out "$folder/$1/member.pem" 2>/dev/null
    rm "$folder/$1/request" "$folder/$1/extensions"
}

passwords() {
    [ ! -f "$folder/authority/passwords" ] || return 0
    for name in SUPERUSER REPLICATION REWIND REST OWNER APP MIXER READER; do
        printf '%s_PASSWORD=%s\n' "$name" "$(secret)"
    done >"$folder/authority/passwords"
}

mkdir -p "$folder"
authority
passwords
for member in "$@"; do
    name=${member%%=*}
    mkdir -p "$folder/$name"
    certificate "$name" "${member#*=}"
    cp "$folder/authority/ca.pem" "$folder/$name/ca.pem"
    {
        printf 'NAME=%s\nADDRESS=%s\nMEMBERS="%s"\n' "$name" "${member#*=}" "$*"
        cat "$folder/authority/passwords"
    } >"$folder/$name/member.env"
done
mkdir -p "$folder/web"
cp "$folder/authority/ca.pem" "$folder/web/ca.pem"
{
    printf 'MEMBERS="%s"\n' "$*"
    grep -E '^(OWNER|APP|MIXER|READER)_PASSWORD=' "$folder/authority/passwords"
} >"$folder/web/web.env"
printf '%s\n' "Xong: $folder. Chép mỗi thư mục con sang máy của nó rồi xoá bản chép; cất $folder/authority nơi khác."
