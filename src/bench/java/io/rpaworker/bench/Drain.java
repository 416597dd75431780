package io.rpaworker.bench;

/**
 * What it took to work off a full queue. CPU is that from the first record to the moment the last one is seen to be
 * handled, so that asking whether all are done costs nobody anything.
 *
 * @param perSecond records, from the start of the first one to the moment the database shows the last one done: the
 *     start of the processes is out, the warming up of their code is in
 * @param steady records per second between 30 % and 90 %
 * @param databaseMillis CPU of PostgreSQL for one record
 * @param ownMillis CPU of the contestants for one record
 * @param walBytes of one record
 * @param foreign share of the machine that went to others meanwhile
 * @param exact whether each record was handled once, and each row written once
 */
record Drain(
        double perSecond,
        double steady,
        double databaseMillis,
        double ownMillis,
        double walBytes,
        double foreign,
        boolean exact) {

    Drain andExactly(boolean alsoExact) {
        return new Drain(perSecond, steady, databaseMillis, ownMillis, walBytes, foreign, exact && alsoExact);
    }

    Drain quieter(Drain other) {
        return other.foreign < foreign ? other : this;
    }
}
