package io.rpaworker.worker.settling;

import org.jspecify.annotations.Nullable;

/**
 * A handler's write has ended the transaction that it was to write in, so that nothing of it is committed with the
 * records.
 */
final class BrokenTransactionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BrokenTransactionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
