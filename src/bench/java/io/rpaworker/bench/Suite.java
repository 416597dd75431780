package io.rpaworker.bench;

/** Something that is measured and printed. */
interface Suite {

    /** Whether what must be true on any machine was true: each record handled once, budgets kept. */
    boolean run() throws Exception;
}
