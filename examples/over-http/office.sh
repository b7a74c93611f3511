#!/usr/bin/env bash
# The same matter with curl: opens it, records what happened, follows the record, gets the calendar, and believes a webhook
# only if its signature is right. Needs curl, jq, openssl and nc (netcat-openbsd). README.md beside it says how to run it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${COMITY_SERVER:?the address of the daemon, such as http://127.0.0.1:8470}"
: "${COMITY_TOKEN:?a service token of POST /v1/tokens}"
: "${COMITY_CALENDAR_TOKEN:?a calendar token of POST /v1/tokens}"
: "${COMITY_WEBHOOK_SECRET:?the secret of the target, beginning with whsec_}"
listen=${BACK_OFFICE_LISTEN:-127.0.0.1:8471}
tenths=$((${BACK_OFFICE_PATIENCE:-60} * 10))
work=$(mktemp -d)
trap 'rm -rf "$work"; kill $(jobs -p) 2>/dev/null || true' EXIT

# Sends a document under a key: whatever is sent again under it is done once. A refusal says why, and ends the script.
send() { # path key document
  local status
  status=$(curl -sS -o "$work/answer" -w '%{http_code}' "$COMITY_SERVER$1" -H "Authorization: Bearer $COMITY_TOKEN" \
    -H 'Content-Type: application/json' -H "Idempotency-Key: $2" --data-binary "$3")
  case $status in
    2*) cat "$work/answer" ;;
    *) echo "$1: $status: $(jq -r '.detail' "$work/answer")" >&2; exit 1 ;;
  esac
}

# Hears one webhook and answers it, on one connection; says the type of the event if the signature is right.
hear() {
  mkfifo "$work/reply"
  exec 3<>"$work/reply"
  nc -l -N "${listen%:*}" "${listen##*:}" <"$work/reply" | {
    local length=0 id='' stamp='' given='' line
    while IFS= read -r line && line=${line%$'\r'} && [ -n "$line" ]; do
      case ${line,,} in
        content-length:*) length=${line#*: } ;;
        webhook-id:*) id=${line#*: } ;;
        webhook-timestamp:*) stamp=${line#*: } ;;
        webhook-signature:*) given=${line#*: } ;;
      esac
    done
    head -c "$length" >"$work/event"
    # HMAC-SHA256 by the secret over the id, a stop, the time, a stop, and the body as it came.
    local key wanted
    key=$(printf '%s' "${COMITY_WEBHOOK_SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
    wanted=v1,$({ printf '%s.%s.' "$id" "$stamp"; cat "$work/event"; } |
      openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
    if [[ " $given " == *" $wanted "* ]] && (( $(date +%s) - stamp < 300 )); then
      printf 'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n' >&3
      jq -r '.type' "$work/event" >"$work/heard"
    else
      printf 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' >&3
    fi
    exec 3>&-
  } 3>&3
}

hear &
hearing=$!

matter="$here/matter-2017-2020.json"
reference=$(jq -r '.matter.reference' "$matter")
send /v1/matters "$reference" "$(jq -c '.matter' "$matter")" >/dev/null
number=0 entries=0
while IFS= read -r step; do
  number=$((number + 1))
  key="$reference, step $number"
  if [ "$(jq 'has("open")' <<<"$step")" = true ]; then
    opening=$(jq -c --arg matter "$reference" '{title: $matter} + .open + {matter: $matter}' <<<"$step")
    send /v1/cases "$key" "$opening" >/dev/null
  else
    case=$(jq -r '.case' <<<"$step")
    send "/v1/cases/$case/entries" "$key" "$(jq -c '{entries}' <<<"$step")" >"$work/recorded"
    entries=$((entries + $(jq '.entries | length' <<<"$step")))
    last=$(jq '.position' "$work/recorded")
  fi
done < <(jq -c '.steps[]' "$matter")
echo "recorded: $entries entries of $(jq '."comes-to" | length' "$matter") cases"

# From the beginning; whoever is cut off goes on with Last-Event-ID.
curl -sS -N --max-time 60 "$COMITY_SERVER/v1/events?after=0" -H "Authorization: Bearer $COMITY_TOKEN" >"$work/events" 2>/dev/null &
following=$!
for _ in $(seq "$tenths"); do
  grep -q "^id: $last\$" "$work/events" && break
  sleep 0.1
done
kill "$following" 2>/dev/null || true
grep -q "^id: $last\$" "$work/events" || { echo "the last entry was not heard" >&2; exit 1; }
echo "followed: $(grep -c '^id: ' "$work/events") events were heard"

for _ in $(seq "$tenths"); do
  [ -s "$work/heard" ] && break
  sleep 0.1
done
[ -s "$work/heard" ] || { echo "no webhook with a right signature came" >&2; exit 1; }
wait "$hearing" || true
echo "told: $(cat "$work/heard") came by webhook, and its signature is right"

curl -sS --fail "$COMITY_SERVER/v1/deadlines.ics?token=$COMITY_CALENDAR_TOKEN" >"$work/calendar"
grep -q '^BEGIN:VCALENDAR' "$work/calendar"
echo "calendar: $(grep -c '^BEGIN:VEVENT' "$work/calendar" || true) limits run"

while IFS=$'\t' read -r case track wanted; do
  stands=$(curl -sS --fail "$COMITY_SERVER/v1/cases/$case" -H "Authorization: Bearer $COMITY_TOKEN" |
    jq -r --arg track "$track" '.tracks[] | select(.name == $track) | .stage')
  [ "$stands" = "$wanted" ] || { echo "$case stands at $track $stands, and $wanted was wanted" >&2; exit 1; }
done < <(jq -r '."comes-to" | to_entries[] | .key as $case | .value | to_entries[] | [$case, .key, .value] | @tsv' "$matter")
echo "every case stands where it was reported to stand"
