#!/bin/bash
# At build time: starts the broker once, which formats its storage, and archives its classes.
set -euo pipefail
kafka=/opt/kafka
# Without a pattern, or Java does not take the archive.
printf '%s\n' "$kafka"/libs/*.jar | paste -sd: >"$kafka/classpath"

export KAFKA_NODE_ID=1 KAFKA_PROCESS_ROLES=broker,controller KAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER
export KAFKA_CONTROLLER_QUORUM_VOTERS=1@localhost:9094
export KAFKA_LISTENERS=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9094

format=$(mktemp -d)
export KAFKA_LOG_DIRS=$format/data KAFKA_OPTS=-XX:ArchiveClassesAtExit=$kafka/classes.jsa
bash "$kafka/run-broker.sh" >"$format/log" 2>&1 &
broker=$!
for _ in $(seq 240); do
  if grep -q 'Kafka Server started' "$format/log"; then break; fi
  sleep 0.5
done
grep -q 'Kafka Server started' "$format/log" || { tail -50 "$format/log"; exit 1; }
kill "$broker"
wait "$broker" || true
test -s "$kafka/classes.jsa"
rm -rf "$format"

# The storage of three nodes is formatted, and only that: what the broker wrote while it was watched is gone.
for KAFKA_NODE_ID in 1 2 3; do
  java -cp "$kafka/libs/*" kafka.tools.StorageTool format --cluster-id 4L6g3nShT-eMCtK--X86sw --config <(
    sed -e "s#^log.dirs=.*#log.dirs=/var/lib/kafka-$KAFKA_NODE_ID#" -e "s#^node.id=.*#node.id=$KAFKA_NODE_ID#" \
      -e "s#^controller.quorum.voters=.*#controller.quorum.voters=$KAFKA_NODE_ID@localhost:9094#" \
      /tmp/server.properties
  )
done
