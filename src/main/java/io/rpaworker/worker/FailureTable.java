package io.rpaworker.worker;

import io.rpaworker.database.DatabaseError;
import io.rpaworker.handler.FailureRule;
import io.rpaworker.handler.FailureRule.Judgement;
import io.rpaworker.handler.RecordRejectedException;
import io.rpaworker.handler.SourceUnavailableException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Says what a failure costs. The rules of handlers come first, then our own table. */
@Component
class FailureTable {

    private static final Set<Class<? extends Throwable>> NETWORK = Set.of(
            ConnectException.class,
            NoRouteToHostException.class,
            SocketException.class,
            SocketTimeoutException.class,
            UnknownHostException.class,
            HttpTimeoutException.class);

    private final List<FailureRule> rules;

    FailureTable(ObjectProvider<FailureRule> rules) {
        this.rules = rules.orderedStream().toList();
    }

    /** Judges a failure; never throws. */
    Judgement judge(Throwable failure) {
        return rules.stream()
                .map(rule -> rule.judge(failure))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseGet(() -> own(failure));
    }

    /** Whether a database or a query of one gave up waiting: the record may be to blame, or the source. */
    boolean isTimeout(Throwable failure) {
        return DatabaseError.of(failure).filter(DatabaseError.TIMEOUT::equals).isPresent();
    }

    private static Judgement own(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 16; depth++, cause = cause.getCause()) {
            if (cause instanceof SourceUnavailableException) {
                return Judgement.INFRASTRUCTURE;
            }
            if (cause instanceof RecordRejectedException) {
                return Judgement.REJECTED;
            }
            if (NETWORK.contains(cause.getClass())) {
                return Judgement.INFRASTRUCTURE;
            }
        }
        return DatabaseError.of(failure).map(FailureTable::of).orElse(Judgement.RETRYABLE);
    }

    private static Judgement of(DatabaseError error) {
        return switch (error) {
            case TRANSIENT, UNKNOWN_OUTCOME, CONFIGURATION -> Judgement.INFRASTRUCTURE;
            case TIMEOUT, DATA, OTHER -> Judgement.RETRYABLE;
        };
    }
}
