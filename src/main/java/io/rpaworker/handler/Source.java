package io.rpaworker.handler;

/**
 * A system besides rpa_db that a flow reads, and how to ask whether it answers.
 *
 * @param name the same for all flows that read the same system, for instance {@code surveyHub}; flows that name the
 *     same source wait for it together
 * @param probe cheap, and bounded in time by its own timeouts
 */
public record Source(String name, Probe probe) {

    /** Asks a source whether it answers. */
    @FunctionalInterface
    public interface Probe {

        /**
         * Returns if the source answers.
         *
         * @throws Exception if it does not. The log and health, which anybody may read, show its class, and of a
         *     database's error the code. To say more, throw a {@link SourceUnavailableException}: its message is shown
         *     as it is, so without secrets
         */
        void check() throws Exception;
    }
}
