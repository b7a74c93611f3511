#!/bin/sh
# Boots a Debian of its own under systemd-nspawn, follows the guide there with the program that is given, and says what held.
# usage: unit.sh PROGRAM FOLDER
set -eu
program=$1 folder=$2
root=$folder/root
here=$(dirname "$0")
if [ ! -x "$root/usr/bin/curl" ]; then
    rm -rf "$root"
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,ca-certificates,curl bookworm "$root" >"$folder/debootstrap.log"
fi
rm -rf "$root/trial" "$root/var/lib/comity" "$root/etc/comity" "$root/var/log/journal"
mkdir -p "$root/trial"
cp "$program" "$root/trial/comity"
cp -r "$here/../deploy" "$root/trial/deploy"
cp "$here/unit-within.sh" "$root/trial/within.sh"
cat >"$root/etc/systemd/system/trial.service" <<'UNIT'
[Unit]
Description=Trial of the unit of Comity
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh /trial/within.sh
StandardOutput=file:/trial/said
StandardError=append:/trial/said
[Install]
WantedBy=graphical.target
UNIT
mkdir -p "$root/etc/systemd/system/graphical.target.wants"
ln -sf ../trial.service "$root/etc/systemd/system/graphical.target.wants/trial.service"
timeout --kill-after=10 240 systemd-nspawn --quiet --directory="$root" --boot --register=no --keep-unit --private-network \
    >"$folder/console.log" 2>&1 || true
cat "$root/trial/said"
tail -1 "$root/trial/said" | grep -q '^all of it held'
