package io.rpaworker.ops.diagnosis;

/**
 * The settings of the worker's sessions with rpa_db; times in milliseconds, 0 for none.
 *
 * @param readOnly whether its transactions may only read unless they say otherwise
 * @param asynchronous whether a commit does not wait for the disk
 * @param lost whether the worker's tables are not found
 * @param pooled whether the session is another one than the driver was told of
 */
record Session(
        long statementMillis,
        long lockMillis,
        long idleMillis,
        boolean readOnly,
        boolean asynchronous,
        boolean lost,
        String searchPath,
        boolean pooled) {}
