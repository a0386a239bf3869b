#!/bin/bash
# The processes of Airflow 2 or 3 in one container, with the database that they share.
set -euo pipefail

as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups)

if [ "${1:-}" = prepare ]; then
  install -d -o postgres "$PGDATA"
  "${as_postgres[@]}" initdb --username=airflow --auth=trust --encoding=UTF8 --locale=C.UTF-8 --pgdata="$PGDATA"
fi
# Left behind by those who were killed.
rm -f "$AIRFLOW_HOME"/*.pid "$PGDATA"/postmaster.pid
# What is killed is a container and never its machine, so nothing has to reach a disk.
"${as_postgres[@]}" postgres -c listen_addresses=127.0.0.1 -c fsync=off &
database=$!
until pg_isready --quiet --host=127.0.0.1; do
  kill -0 $database
  sleep 0.1
done

if [ "${1:-}" = prepare ]; then
  createdb --host=127.0.0.1 --username=airflow airflow
  airflow db migrate
  if [ "$AIRFLOW_MAJOR" = 2 ]; then # 3 takes everyone for an admin, as its settings say
    airflow users create --role Admin --username aiwork --password aiwork --firstname Ai --lastname Work --email aiwork@example.org
  fi
  # As it is before anything ran, for those who want one of their own.
  createdb --host=127.0.0.1 --username=airflow --template=airflow pristine
  kill -INT $database
  wait $database
  exit
fi

airflow scheduler &
case "$AIRFLOW_MAJOR" in
  2) airflow webserver --workers 1 & ;;
  3) airflow api-server --workers 1 & airflow dag-processor & ;;
esac
parts=$(jobs -p | grep -v "^$database\$")
end() {
  kill $parts || true
  wait $parts || true
  kill -INT $database || true
  wait
}
trap end TERM INT
# When one of them ends, so does the service.
wait -n
end
exit 1
