package io.rpaworker.worker;

import org.jspecify.annotations.Nullable;

/** A record's payload is not what its handler asks for; no attempt can succeed. */
class BadPayloadException extends RuntimeException {

    BadPayloadException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
