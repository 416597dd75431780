/**
 * What the author of a handler sees.
 *
 * <p>A handler is one bean: {@link io.rpaworker.handler.RecordHandler} for one record at a time,
 * {@link io.rpaworker.handler.BatchRecordHandler} for a claimed batch at once. Everything else - claiming, retries,
 * exactly-once completion, shutdown - is the worker's.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.rpaworker.handler;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
