package io.rpaworker.ops.access;

import java.time.Duration;
import org.springframework.security.core.AuthenticationException;

/** Whoever logs in has to try again later; nothing was found out about his credentials. */
final class WaitException extends AuthenticationException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final Duration pause;

    WaitException(int status, String reason, Duration pause) {
        super(reason);
        this.status = status;
        this.pause = pause;
    }

    int status() {
        return status;
    }

    /** In whole seconds, at least one. */
    long seconds() {
        return Math.max(1, pause.plusMillis(999).toSeconds());
    }
}
