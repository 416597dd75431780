package io.rpaworker.failure;

import io.rpaworker.database.DatabaseError;
import io.rpaworker.handler.FailureRule;
import io.rpaworker.handler.FailureRule.Judgement;
import io.rpaworker.handler.RecordRejectedException;
import io.rpaworker.handler.SourceUnavailableException;
import io.rpaworker.loop.ThreadLoan;
import io.rpaworker.text.Causes;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Says what a failure costs. The rules of handlers come first, then our own table. */
@Component
public class FailureClassifier {

    private static final FailureLog log = new FailureLog(LoggerFactory.getLogger(FailureClassifier.class));

    // A connection that is refused and a host without a route are socket exceptions too.
    private static final List<Class<? extends Throwable>> NETWORK = List.of(
            SocketException.class,
            SocketTimeoutException.class,
            UnknownHostException.class,
            HttpTimeoutException.class);

    private final List<FailureRule> rules;

    @Autowired
    public FailureClassifier(ObjectProvider<FailureRule> rules) {
        this(rules.orderedStream().toList());
    }

    private FailureClassifier(List<FailureRule> rules) {
        this.rules = rules;
    }

    /** The same table with rules that are asked before its own: those of a handler's jar, for its flow alone. */
    public FailureClassifier after(List<FailureRule> first) {
        return first.isEmpty()
                ? this
                : new FailureClassifier(
                        Stream.concat(first.stream(), rules.stream()).toList());
    }

    /** Judges a failure; never throws. */
    public Judgement judge(Throwable failure) {
        return rules.stream()
                .map(rule -> ask(rule, failure))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseGet(() -> own(failure));
    }

    // A record whose failure cannot be judged would never be settled.
    private static Optional<Judgement> ask(FailureRule rule, Throwable failure) {
        var loan = new ThreadLoan(rule);
        try {
            return Objects.requireNonNull(rule.judge(failure));
        } catch (Throwable broken) {
            log.warn(
                    "%s could not judge a %s"
                            .formatted(
                                    rule.getClass().getName(),
                                    failure.getClass().getName()),
                    broken);
            return Optional.empty();
        } finally {
            loan.end();
        }
    }

    /** Whether a database or a query of one gave up waiting: the record may be to blame, or the source. */
    public boolean isTimeout(Throwable failure) {
        return DatabaseError.of(failure).filter(DatabaseError.TIMEOUT::equals).isPresent();
    }

    /** Whether a database had trouble of its own with what it was asked, which may be one record's doing. */
    public boolean isInternal(Throwable failure) {
        return DatabaseError.of(failure).filter(DatabaseError.INTERNAL::equals).isPresent();
    }

    private static Judgement own(Throwable failure) {
        for (Throwable cause : Causes.of(failure)) {
            if (cause instanceof SourceUnavailableException) {
                return Judgement.SOURCE_UNAVAILABLE;
            }
            if (cause instanceof RecordRejectedException) {
                return Judgement.REJECTED;
            }
            if (NETWORK.stream().anyMatch(type -> type.isInstance(cause))) {
                return Judgement.SOURCE_UNAVAILABLE;
            }
        }
        return DatabaseError.of(failure).map(FailureClassifier::of).orElse(Judgement.RETRYABLE);
    }

    private static Judgement of(DatabaseError error) {
        return switch (error) {
            case TRANSIENT, UNKNOWN_OUTCOME, CONFIGURATION -> Judgement.SOURCE_UNAVAILABLE;
            case TIMEOUT, INTERNAL, DATA, OTHER -> Judgement.RETRYABLE;
        };
    }
}
