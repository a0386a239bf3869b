#!/bin/bash
# Writes the settings from the environment, formats the storage when it is not, and becomes the broker.
set -euo pipefail
kafka=/opt/kafka
settings=/tmp/server.properties
export KAFKA_LOG_DIRS=${KAFKA_LOG_DIRS:-/var/lib/kafka-$KAFKA_NODE_ID}

# KAFKA_LOG_DIRS=x is log.dirs=x
env | grep -E '^KAFKA_[A-Z_]+=' | grep -vE '^KAFKA_(OPTS|HEAP_OPTS)=' | while IFS='=' read -r name value; do
  name=${name#KAFKA_}
  name=${name,,}
  echo "${name//_/.}=$value"
done >"$settings"

java=(java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Dorg.slf4j.simpleLogger.logFile=System.out)

if [ ! -e "$KAFKA_LOG_DIRS/meta.properties" ]; then
  "${java[@]}" -cp "$kafka/libs/*" kafka.tools.StorageTool \
    format --cluster-id "${CLUSTER_ID:-4L6g3nShT-eMCtK--X86sw}" --config "$settings" >/dev/null
fi

if [ -e "$kafka/classes.jsa" ]; then java+=("-XX:SharedArchiveFile=$kafka/classes.jsa" -Xshare:auto -Xlog:disable); fi

# shellcheck disable=SC2086 # the options of a caller are several words
exec "${java[@]}" ${KAFKA_HEAP_OPTS:--Xms128m -Xmx384m} ${KAFKA_OPTS:-} -cp "$(cat "$kafka/classpath")" kafka.Kafka "$settings"
