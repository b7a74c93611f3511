#!/bin/sh
# What docs/guide/serving.md tells an operator to do under systemd, done by a machine that boots for it; then what must hold.
# Every line that is printed is a finding; the last one says whether all of it held.
set -eu
fail() { echo "FAILED: $*"; journalctl --no-pager -u comity -u comity-once | tail -40; systemctl poweroff; exit 1; }
step() { echo "step: $*"; }

step "as the guide says"
install -m 0755 /trial/comity /usr/bin/comity
install -m 0644 /trial/deploy/comity.service /etc/systemd/system/
install -D -m 0644 /trial/deploy/comity.sysusers.conf /etc/sysusers.d/comity.conf
systemd-sysusers
install -D -m 0644 /trial/deploy/comity.toml /etc/comity/comity.toml
comity keys new /etc/comity/master.key >/dev/null
systemctl daemon-reload
systemd-run --quiet --wait --pipe --unit=comity-once -p User=comity -p StateDirectory=comity -p StateDirectoryMode=0700 \
  -p UMask=0077 -p LoadCredential=master.key:/etc/comity/master.key \
  -E COMITY_MASTER_KEY_FILE=/run/credentials/comity-once.service/master.key \
  /usr/bin/comity init /var/lib/comity/data || fail "the store was not made"
systemctl enable --quiet --now comity || fail "the unit did not start"

step "it is ready"
tries=0
until curl -fs http://127.0.0.1:8470/v1/ready >/dev/null; do
    tries=$((tries + 1)); [ $tries -lt 60 ] || fail "it was not ready within 30 s"; sleep 0.5
done
[ "$(systemctl show -p User --value comity)" = comity ] || fail "it runs as somebody else"
pid=$(systemctl show -p MainPID --value comity)
[ "$(stat -c %U "/proc/$pid")" = comity ] || fail "its process is of $(stat -c %U "/proc/$pid")"
grep -q '^NoNewPrivs:.1' "/proc/$pid/status" || fail "it may gain rights"
grep -q '^CapEff:.0000000000000000' "/proc/$pid/status" || fail "it has capabilities"
# The machine that boots here is filtered itself, so it is more of the same that tells.
filters() { sed -n 's/^Seccomp_filters:.//p' "/proc/$1/status"; }
[ "$(filters "$pid")" -gt "$(filters 1)" ] || fail "its system calls are not filtered"
awk '$5 == "/" && $6 ~ /^ro/ { found = 1 } END { exit !found }' "/proc/$pid/mountinfo" || fail "it may write beside its folder"
[ "$(cat "/proc/$pid/uid_map")" != "$(cat /proc/1/uid_map)" ] || fail "it sees the accounts of the machine"

step "the first password opens the office, and a case is recorded"
said=$(journalctl --no-pager -o cat -u comity | tr '\n' ' ')
first=$(echo "$said" | sed -n 's/.*must be changed: *\([^ ]*\).*/\1/p')
[ -n "$first" ] || fail "no first password was told"
ask() { curl -fs -X "$1" "http://127.0.0.1:8470$2" -H "Authorization: Bearer $3" -H 'Content-Type: application/json' -d "$4"; }
token_of() { sed -n 's/.*"token":"\([^"]*\)".*/\1/p'; }
token=$(ask POST /v1/session none "{\"account\": \"administrator\", \"password\": \"$first\"}" | token_of)
ask POST /v1/session/password "$token" "{\"old\": \"$first\", \"new\": \"four words are enough\"}" || fail "the password was not changed"
token=$(ask POST /v1/session none '{"account": "administrator", "password": "four words are enough"}' | token_of)
ask PATCH /v1/accounts/administrator "$token" '{"roles": ["administrator", "officer"]}' >/dev/null || fail "no role was given"
ask POST /v1/matters "$token" '{"reference": "M-1", "title": "Made up"}' >/dev/null || fail "no matter was opened"
ask POST /v1/cases "$token" '{"reference": "EX-1", "matter": "M-1", "procedure": "nz-kr/extradition"}' >/dev/null ||
    fail "no case was opened"
printf 'a file' | curl -fs -X POST 'http://127.0.0.1:8470/v1/cases/EX-1/files?name=a.txt' -H "Authorization: Bearer $token" \
    -H 'Content-Type: text/plain' --data-binary @- >/dev/null || fail "no file was filed"

step "what is on the disk is nobody else's"
[ "$(stat -c '%U %a' /var/lib/comity)" = "comity 700" ] || fail "the state folder is $(stat -c '%U %a' /var/lib/comity)"
others=$(find /var/lib/comity ! -user comity -o -perm /077 ! -type d -print | head -3)
[ -z "$others" ] || fail "others may reach $others"
! setpriv --reuid=comity --regid=comity --clear-groups cat /etc/comity/master.key 2>/dev/null || fail "the daemon's account reads the master key"

step "a kill loses nothing, and it starts again"
kill -KILL "$pid"
tries=0
until curl -fs http://127.0.0.1:8470/v1/ready >/dev/null && [ "$(systemctl show -p MainPID --value comity)" != "$pid" ]; do
    tries=$((tries + 1)); [ $tries -lt 60 ] || fail "it did not come back within 30 s"; sleep 0.5
done
ask GET /v1/cases/EX-1 "$token" '' | grep -q '"version":2' || fail "the case is not as it was"
[ "$(curl -fs http://127.0.0.1:8470/v1/cases/EX-1/files/2 -H "Authorization: Bearer $token")" = 'a file' ] || fail "the file is not as it was"

step "it ends in order"
systemctl stop comity || fail "it did not stop"
[ "$(systemctl show -p Result --value comity)" = success ] || fail "it ended with $(systemctl show -p Result --value comity)"
journalctl --no-pager -o cat -u comity | grep -q 'stopped' || fail "it did not say that it stopped"
echo "all of it held, under $(systemctl --version | head -1)"
systemctl poweroff
