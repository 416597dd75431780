package io.rpaworker.bench;

import java.io.IOException;

/** Somebody who works off a queue in PostgreSQL. */
interface Contender {

    String name();

    /**
     * Fills a queue and works it off.
     *
     * @param writing whether each record also writes a row into table {@code results}
     */
    Drain drain(Server server, int records, boolean writing) throws IOException, InterruptedException;
}
