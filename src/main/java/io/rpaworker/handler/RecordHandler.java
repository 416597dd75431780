package io.rpaworker.handler;

import org.jspecify.annotations.Nullable;

/**
 * Handles the records of one flow, one at a time, each call on a thread of its own: as many at once as the flow's
 * {@code concurrency}.
 *
 * @param <P> the payload, see {@link FlowHandler}
 * @param <R> the result, see {@link FlowHandler}
 */
public non-sealed interface RecordHandler<P, R extends @Nullable Object> extends FlowHandler<P, R> {

    /**
     * Reads what it needs and computes. No transaction of rpa_db is open. May run again after a crash or a lost lease,
     * so anything it does outside rpa_db should carry {@link WorkRecord#idempotencyKey()}.
     *
     * @throws Exception any exception is an {@link Outcome.RetryLater} with the flow's back-off, unless its class says
     *     otherwise: {@link RecordRejectedException}, {@link SourceUnavailableException}
     */
    Outcome<R> handle(WorkRecord<P> record) throws Exception;
}
