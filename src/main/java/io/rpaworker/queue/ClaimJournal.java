package io.rpaworker.queue;

import io.rpaworker.database.RpaDbPools;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Keeps the row that each claim has written: by it the records of a dead replica are found, and whom its death is
 * blamed on.
 */
@Component
public class ClaimJournal {

    private static final String RUNS_ALONE = """
            update processing_claim set isolated = true where claim_id = :claim
            """;

    // Waits for the claim if its statement is still under way, and fails it by the primary key if it is yet to come.
    private static final String REVOKE = """
            insert into processing_claim (claim_id, instance_id, flow_name, record_ids)
            values (:claim, :replica, :flow, '{}')
            on conflict (claim_id) do nothing
            """;

    // A record that is still held would be nobody's without the claim's row: its owner may have dropped it with a lost
    // lease, or a server that took over may have lost its completion. Only the table can say so, and only at this
    // moment.
    private static final String FORGET_IF_SETTLED = """
            delete from processing_claim c
            using (select set_config('synchronous_commit', 'off', true)) as asynchronously
            where c.claim_id = any (:claims)
              and not exists (
                  select from processing_queue q
                  where q.id = any (c.record_ids) and q.claim_id = c.claim_id and q.status::text = 'processing')
            """;

    // Older than any claim whose answer may still be on its way.
    private static final String HELD = """
            select claim_id
            from processing_claim
            where instance_id::text = cast(:replica as text)
              and flow_name::text = cast(:flow as text) and claimed_at < now() - interval '1 minute'
            """;

    private final JdbcClient jdbc;

    ClaimJournal(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Notes that a suspect is about to run alone: from now on, until the claim is forgotten, it is to blame if the
     * process dies, and nothing else is.
     *
     * @return false if the claim is nobody's any more; it must not run then
     */
    public boolean runsAlone(UUID claimId) {
        return jdbc.sql(RUNS_ALONE).param("claim", claimId).update() == 1;
    }

    /**
     * Makes sure that a claim whose answer was lost has either happened or never will: its statement may still be
     * running, or be on its way. Must come before {@link Releases#releaseWhole}, which sees only what has happened.
     *
     * @throws org.springframework.dao.DataAccessException if PostgreSQL does not answer, or the claim is still under
     *     way after its lock timeout; ask again then
     */
    public void revoke(UUID claimId, String replicaId, String flow) {
        jdbc.sql(REVOKE)
                .param("claim", claimId)
                .param("replica", replicaId)
                .param("flow", flow)
                .update();
    }

    /** The claims of a flow that PostgreSQL holds for a replica and that are more than a minute old. */
    public List<UUID> held(String replicaId, String flow) {
        return jdbc.sql(HELD)
                .param("replica", replicaId)
                .param("flow", flow)
                .query(UUID.class)
                .list();
    }

    /**
     * Deletes the rows of those claims that hold no record any more; the others stay, for recovery to find. Doing it
     * twice, or never, does no harm but litter.
     */
    public void forgetIfSettled(Collection<UUID> claimIds) {
        jdbc.sql(FORGET_IF_SETTLED)
                .param("claims", claimIds.toArray(UUID[]::new))
                .update();
    }
}
