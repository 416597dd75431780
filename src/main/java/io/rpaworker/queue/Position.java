package io.rpaworker.queue;

import java.time.Instant;

/**
 * Where a record stands among those of its flow: what became available earlier comes first, then the smaller id.
 *
 * @param availableAt since when it can be claimed
 * @param id of {@code processing_queue}
 */
public record Position(Instant availableAt, long id) {}
