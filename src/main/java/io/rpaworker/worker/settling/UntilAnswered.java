package io.rpaworker.worker.settling;

import io.rpaworker.failure.FailureLog;
import io.rpaworker.loop.Loop;
import io.rpaworker.worker.inflight.InFlightClaim;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.springframework.retry.RetryCallback;
import org.springframework.retry.RetryContext;
import org.springframework.retry.RetryListener;
import org.springframework.retry.RetryPolicy;
import org.springframework.retry.backoff.BackOffInterruptedException;
import org.springframework.retry.backoff.StatelessBackOffPolicy;
import org.springframework.retry.context.RetryContextSupport;
import org.springframework.retry.support.RetryTemplate;

/**
 * Asks rpa_db until it answers, for as long as the claim's lease lasts: a statement that may be sent twice. The second
 * failure in a row is logged, since polls and heartbeats may work all the while.
 */
final class UntilAnswered {

    private static final FailureLog log = new FailureLog(LoggerFactory.getLogger(UntilAnswered.class));

    private final String flow;
    private final Predicate<Throwable> passes;
    private final Duration pause;

    /**
     * Asks for one flow.
     *
     * @param passes whether a failure is a reason to ask again; any other one is thrown
     * @param pause before asking again
     */
    UntilAnswered(String flow, Predicate<Throwable> passes, Duration pause) {
        this.flow = flow;
        this.passes = passes;
        this.pause = pause;
    }

    /**
     * Asks.
     *
     * @param what is done, for the log: {@code Settling}
     * @param records how many it is done for
     * @return the answer; empty if the lease ended before there was one
     * @throws RuntimeException what {@code statement} threw, if that does not pass
     */
    <T> Optional<T> ask(InFlightClaim claim, String what, int records, Supplier<T> statement)
            throws InterruptedException {
        var trusted = new WhileTrusted(claim);
        var retries = new RetryTemplate();
        retries.setRetryPolicy(trusted);
        retries.setBackOffPolicy(new Pause());
        retries.registerListener(new RetryListener() {
            @Override
            public <A, E extends Throwable> void onError(
                    RetryContext context, RetryCallback<A, E> callback, Throwable failure) {
                if (trusted.passing) {
                    log.triedAgain(what, records, flow, context.getRetryCount(), failure);
                }
            }
        });
        try {
            return retries.execute(context -> Optional.of(statement.get()), trusted::unanswered);
        } catch (BackOffInterruptedException e) {
            var interrupted = new InterruptedException(e.getMessage());
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    /**
     * Lets a statement be tried while its claim may still be settled. Each failure is judged once: a handler's own
     * rules take part in that, and they may say something else the next time.
     */
    private final class WhileTrusted implements RetryPolicy {

        private static final long serialVersionUID = 1L;

        private final transient InFlightClaim claim;
        private boolean passing = true;

        private WhileTrusted(InFlightClaim claim) {
            this.claim = claim;
        }

        @Override
        public boolean canRetry(RetryContext context) {
            return passing && claim.isTrusted();
        }

        private <T> Optional<T> unanswered(RetryContext context) throws Exception {
            if (passing) {
                // Who was to stop meanwhile does not go on as if this had been settled.
                if (Thread.interrupted()) {
                    throw new InterruptedException("Interrupted while rpa_db did not answer");
                }
                return Optional.empty();
            }
            if (context.getLastThrowable() instanceof Error error) {
                throw error;
            }
            throw (Exception) context.getLastThrowable();
        }

        @Override
        public RetryContext open(@Nullable RetryContext parent) {
            return new RetryContextSupport(parent);
        }

        @Override
        public void close(RetryContext context) {
            // Nothing is held.
        }

        @Override
        public void registerThrowable(RetryContext context, @Nullable Throwable failure) {
            ((RetryContextSupport) context).registerThrowable(failure);
            passing = failure != null && passes.test(failure);
        }
    }

    /** Rests between two tries. */
    private final class Pause extends StatelessBackOffPolicy {

        @Override
        protected void doBackOff() {
            Loop.comesRound(pause);
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                throw new BackOffInterruptedException("Interrupted while rpa_db did not answer", e);
            }
        }
    }
}
