package io.rpaworker.worker.wakeup;

import java.time.Duration;

/**
 * How idle flows learn of records.
 *
 * @param notified whether PostgreSQL is to notify of records that are inserted
 * @param fullScanInterval how often to look from the very start of the queue
 */
public record WakeUpSettings(boolean notified, Duration fullScanInterval) {}
