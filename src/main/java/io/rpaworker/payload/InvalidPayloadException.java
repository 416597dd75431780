package io.rpaworker.payload;

import org.jspecify.annotations.Nullable;

/** A record's payload is not what its handler asks for; no attempt can succeed. */
public class InvalidPayloadException extends RuntimeException {

    public InvalidPayloadException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
