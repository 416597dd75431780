# The worker's image. Build the executable jar first; the image only takes it apart:
#
#   mvn -B package
#   docker build --build-arg VERSION=0.1.0 --build-arg REVISION=$(git rev-parse HEAD) -t rpa-worker:0.1.0 .
#
# The two images must have the same JDK 25. For a build that can be repeated give them with their digests.
ARG JDK_IMAGE=eclipse-temurin:25-jdk
ARG JRE_IMAGE=eclipse-temurin:25-jre

FROM ${JDK_IMAGE} AS layers
WORKDIR /build
COPY target/rpa-worker-*-exec.jar application.jar
RUN java -Djarmode=tools -jar application.jar extract --layers --destination extracted

FROM ${JRE_IMAGE}
WORKDIR /app
# Mount points: application-<env>.yml, and jars with more handlers.
RUN mkdir config handlers

# What an operator may want otherwise; see docs/operations.md. A worker mostly waits for databases: the quick compiler
# alone spares it seconds of CPU at each start and a hundred megabytes, and the simplest collector the rest.
ENV JDK_JAVA_OPTIONS="-XX:MaxRAMPercentage=75 -XX:+UseSerialGC -XX:TieredStopAtLevel=1"

# What changes least comes first, so that a new version of the worker is a small upload.
COPY --from=layers /build/extracted/dependencies/ ./
COPY --from=layers /build/extracted/spring-boot-loader/ ./
COPY --from=layers /build/extracted/snapshot-dependencies/ ./
COPY --from=layers /build/extracted/application/ ./

# The training run: a start that ends once the context is refreshed, before anything polls, with a database that is
# never asked. What it loads and compiles goes into a cache for this JVM and this class path, in this order; with
# another one, or a heap of 32 GiB and more, the cache goes unused and the worker only starts more slowly.
RUN java -XX:AOTCacheOutput=app.aot -Dspring.context.exit=onRefresh -jar application.jar \
      --spring.flyway.enabled=false \
      --spring.datasource.url=jdbc:postgresql://localhost:1/none \
      --spring.datasource.hikari.initialization-fail-timeout=-1 \
    && rm -rf /tmp/*

# The command line, with a JVM of its own beside the worker's, and so a small one: of the worker's options it has the
# properties alone, a trust store's for instance. It runs where the worker does, wherever it is called from, so that it
# finds the same config/ and handlers/. Its training run asks a database that is not there and fails; what it has loaded
# until then is most of a command.
RUN printf '%s\n' \
      '#!/bin/sh' \
      'set -f' \
      'properties=' \
      'for option in $JDK_JAVA_OPTIONS; do case $option in -D*) properties="$properties $option" ;; esac; done' \
      'unset JDK_JAVA_OPTIONS' \
      'from=$PWD' \
      'cd /app || exit 1' \
      'exec java -XX:AOTCache=/app/rpa.aot $properties "-Dcalled.from=$from" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m -jar /app/application.jar rpa "$@"' \
      > /usr/local/bin/rpa \
    && chmod 755 /usr/local/bin/rpa
RUN env -u JDK_JAVA_OPTIONS java -XX:AOTCacheOutput=/app/rpa.aot -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m \
      -jar /app/application.jar rpa status --spring.datasource.url=jdbc:postgresql://localhost:1/none \
    ; test -s /app/rpa.aot && rm -rf /tmp/*

ARG VERSION=unknown
ARG REVISION=unknown
ARG JRE_IMAGE
LABEL org.opencontainers.image.title="rpa-worker" \
      org.opencontainers.image.description="Processes records exactly once from a PostgreSQL queue, on any number of replicas" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${JRE_IMAGE}"

# A number, so that Kubernetes can see that it is not root. Nothing but /tmp is ever written.
USER 10001:10001
EXPOSE 8081
STOPSIGNAL SIGTERM
ENTRYPOINT ["java", "-XX:AOTCache=app.aot", "-XX:+ExitOnOutOfMemoryError", "-jar", "application.jar"]
