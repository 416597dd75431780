package io.rpaworker.queue;

import io.rpaworker.testing.RpaDb;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** The real parts of the queue over one data source, for tests outside this package. */
public record QueueParts(
        Claims claims,
        BookedClaims bookedClaims,
        Settlements settlements,
        Leases leases,
        Orphans orphans,
        UnfencedOrphans unfencedOrphans,
        Retries retries,
        DeadLetters deadLetters,
        DeadLetterActions deadLetterActions,
        RecordIntake intake,
        QueueCounts counts,
        QueueRecount recount,
        Retention retention,
        OldRecords oldRecords,
        CanaryRetries canaries,
        StrayRecords strays,
        TransactionTemplate transaction,
        DataSource dataSource) {

    /** What a payload may be unless a test says otherwise. */
    public static final PayloadLimit LIMIT = new PayloadLimit(64 << 20);

    /** Makes them with the rights of the worker's role, and no others. */
    public static QueueParts over(RpaDb db) {
        return over(db.workerDataSource());
    }

    /** Makes them. */
    public static QueueParts over(DataSource dataSource) {
        var jdbc = JdbcClient.create(dataSource);
        var transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        var json = JsonMapper.shared();
        var deadLetterActions = new DeadLetterActions(jdbc, transaction, json);
        return new QueueParts(
                new Claims(jdbc, QueueParts.LIMIT),
                new BookedClaims(jdbc),
                new Settlements(jdbc, json),
                new Leases(jdbc),
                new Orphans(jdbc),
                new UnfencedOrphans(jdbc),
                new Retries(jdbc),
                new DeadLetters(jdbc),
                deadLetterActions,
                new RecordIntake(new JdbcTemplate(dataSource), transaction, json, LIMIT),
                new QueueCounts(jdbc),
                new QueueRecount(dataSource, transaction),
                new Retention(jdbc),
                new OldRecords(jdbc),
                new CanaryRetries(jdbc, transaction, deadLetterActions, json),
                new StrayRecords(jdbc),
                transaction,
                dataSource);
    }
}
