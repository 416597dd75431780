package io.rpaworker.migration;

/**
 * One thing that adopting an rpa_db would meet.
 *
 * @param verdict {@code refused}, {@code changed}, {@code kept} or {@code told}, as in {@code docs/preflight.sql}
 * @param finding what it is, as people read it
 * @param advice what to do, a statement where one does it
 */
public record Finding(String verdict, String finding, String advice) {

    /** Whether the worker does not start before it is out of the way. */
    boolean isRefused() {
        return verdict.equals("refused");
    }
}
