package io.rpaworker.handler;

/**
 * Masks what is kept of failures: beans of this type are given what exceptions and outcomes say before it is stored in
 * {@code error_message} of a record and in {@code processing_log}, since it may quote personal data. With several beans
 * each is given what the one before has made of it, in their {@link org.springframework.core.annotation.Order order}.
 *
 * <p>Called on the threads of the flow, for every attempt that fails: it must be quick. It changes neither what a
 * failure costs nor the fingerprint by which failures are grouped.
 */
@FunctionalInterface
public interface Redaction {

    /**
     * Answers with the text as it may be stored. If it throws, or answers null, nothing of the text is stored but that.
     *
     * @param flow whose record failed
     * @param text the exception's class, message and causes, or the outcome's reason; may have several lines
     */
    String redact(String flow, String text);
}
