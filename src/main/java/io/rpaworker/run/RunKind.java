package io.rpaworker.run;

import io.rpaworker.handler.RecordSource;
import io.rpaworker.handler.RunCompletion;
import io.rpaworker.handler.RunContext;
import io.rpaworker.handlerjar.RunBean;
import io.rpaworker.payload.InvalidPayloadException;
import io.rpaworker.payload.PayloadDecoder;
import io.rpaworker.queue.run.Run;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the runs of a flow are.
 *
 * @param <A> the parameters as its source asks for them
 * @param <C> the parameters as its completion asks for them
 * @param source has found its records
 * @param completion does what is done once at the end; null if there is nothing to do
 */
record RunKind<A, C>(
        String flow,
        RunBean source,
        PayloadDecoder<A> parameters,
        @Nullable RunBean completion,
        @Nullable PayloadDecoder<C> completionParameters) {

    @SuppressWarnings("unchecked") // The decoder was made for it.
    RecordSource<A> recordSource() {
        return (RecordSource<A>) source.bean();
    }

    @SuppressWarnings("unchecked") // The decoder was made for it.
    @Nullable
    RunCompletion<C, @Nullable Object> runCompletion() {
        return completion == null ? null : (RunCompletion<C, @Nullable Object>) completion.bean();
    }

    /** A run as its source sees it, if that knows all its parameters: who starts one may not have the source to ask. */
    RunContext<A> context(Run run) {
        return context(run, parameters.strict());
    }

    /** A run as its completion sees it. */
    RunContext<C> completionContext(Run run) {
        return context(run, Objects.requireNonNull(completionParameters));
    }

    /**
     * Refuses parameters that do not fit, or that its source does not know: somebody has misspelt them.
     *
     * @throws IllegalArgumentException which says why
     */
    void check(String json) {
        try {
            parameters.strict().decode(json);
            if (completionParameters != null) {
                completionParameters.decode(json);
            }
        } catch (InvalidPayloadException e) {
            throw new IllegalArgumentException(misfit(e), e);
        }
    }

    static String misfit(InvalidPayloadException failure) {
        return "The parameters do not fit: "
                + String.valueOf(failure.getMessage()).replaceFirst("^Payload ", "");
    }

    private static <T> RunContext<T> context(Run run, PayloadDecoder<T> decoder) {
        Instant started = Objects.requireNonNullElse(run.startedAt(), run.createdAt());
        return new RunContext<>(run.id(), run.flow(), decoder.decode(run.parameters()), run.tick(), started);
    }
}
