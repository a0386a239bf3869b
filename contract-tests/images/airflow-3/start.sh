#!/bin/bash
# API server, scheduler and DAG processor of Airflow 3 in one container. It needs nothing but an image with Airflow in it.
set -euo pipefail

if [ ! -e "$AIRFLOW_HOME/prepared" ]; then
  airflow db migrate
  touch "$AIRFLOW_HOME/prepared"
fi
if [ "${1:-}" = prepare ]; then exit; fi

# Left behind by those who were killed.
rm -f "$AIRFLOW_HOME"/*.pid
airflow api-server --workers 1 &
airflow scheduler &
airflow dag-processor &
trap 'kill $(jobs -p); wait' TERM INT
# When one of them ends, so does the service.
wait -n
kill $(jobs -p)
exit 1
