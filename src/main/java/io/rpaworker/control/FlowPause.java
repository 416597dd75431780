package io.rpaworker.control;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A flow of which no replica claims records, because somebody has ordered it. Times are PostgreSQL's.
 *
 * @param flow its name
 * @param by who has ordered it
 * @param since when
 * @param until when it ends by itself; null for not before somebody resumes the flow
 * @param reason in his words; empty if he gave none
 */
public record FlowPause(
        String flow, String by, Instant since, @Nullable Instant until, String reason) {}
