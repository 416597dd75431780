package io.rpaworker.handler;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run, as its source sees it.
 *
 * @param <A> the parameters
 * @param id of {@code processing_run}
 * @param flow whose records it has
 * @param parameters as it was started with, decoded and valid
 * @param tick the planned time, if a schedule has started it; null otherwise
 * @param startedAt when its discovery began, by PostgreSQL's clock
 */
public record RunContext<A>(
        long id, String flow, A parameters, @Nullable Instant tick, Instant startedAt) {}
