#!/bin/bash
# Runs out/fare.sql against the database of MYSQL_HOST and checks what it charges.
set -u
sql() { mariadb --host "$MYSQL_HOST" --user "$MYSQL_USER" --password="$MYSQL_PASSWORD" --batch --skip-column-names "$MYSQL_DATABASE" "$@"; }
echo "waiting for the database at $MYSQL_HOST"
for attempt in $(seq 1 600); do
  sql -e 'SELECT 1' >/dev/null 2>&1 && break
  [ "$attempt" = 600 ] && { echo "no database after 60 s"; exit 1; }
  sleep 0.1
done
sql < out/fare.sql || exit 1
failed=0
check() {
  got=$(sql -e "SELECT fare($1)")
  if [ "$got" = "$2" ]; then echo "ok   fare($1) = $got"; else
    echo "FAIL fare($1) = $got, wanted $2   \`\`\` <!channel> & <b>not bold</b>"
    failed=1
  fi
}
check 0 200
check 1000 500
check 2500 950
exit $failed
