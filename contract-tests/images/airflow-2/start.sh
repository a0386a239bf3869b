#!/bin/bash
# Scheduler and web server of Airflow 2 in one container. It needs nothing but an image with Airflow in it.
set -euo pipefail

if [ ! -e "$AIRFLOW_HOME/prepared" ]; then
  airflow db migrate
  airflow users create --role Admin --username aiwork --password aiwork --firstname Ai --lastname Work --email aiwork@example.org
  touch "$AIRFLOW_HOME/prepared"
fi
if [ "${1:-}" = prepare ]; then exit; fi

# Left behind by those who were killed.
rm -f "$AIRFLOW_HOME"/*.pid
airflow scheduler &
airflow webserver --workers 1 &
trap 'kill $(jobs -p); wait' TERM INT
# When one of them ends, so does the service.
wait -n
kill $(jobs -p)
exit 1
