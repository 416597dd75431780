package io.rpaworker.queue;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.flow.Limits;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Claims records of flows that have a limit for the whole cluster: at most so many a second, at most so many under way.
 * Claims of such a flow happen one after the other; those of a flow without a limit go straight on to {@link Claims}.
 */
@Component
public class LimitedClaims {

    private static final String ENSURE = """
            insert into flow_limit (flow_name, tokens, refilled_at)
            values (:flow, :burst, clock_timestamp())
            on conflict (flow_name) do nothing
            """;

    // How long the bucket has filled up is told once, under the lock: what comes in during the claim itself counts too.
    private static final String LOCK = """
            select tokens, greatest(0, extract(epoch from clock_timestamp() - refilled_at)) as seconds
            from flow_limit
            where flow_name::text = cast(:flow as text)
            for update
            """;

    // Never a counter: what a dead replica held is free again with its lease. offset 0 is for the plan, as in
    // QueueCounts.
    private static final String UNDER_WAY = """
            select count(*)
            from processing_claim c
            cross join lateral (
                select from processing_queue
                where id = any (c.record_ids) and claim_id = c.claim_id and status::text = 'processing'
                offset 0
            ) q
            where c.flow_name::text = cast(:flow as text)
            """;

    private static final String SPEND = """
            update flow_limit
            set tokens = :tokens, refilled_at = refilled_at + make_interval(secs => :seconds)
            where flow_name::text = cast(:flow as text)
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final Claims claims;

    LimitedClaims(
            @Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc,
            @Qualifier(RpaDbPools.CONTROL) TransactionOperations transaction,
            Claims claims) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.claims = claims;
    }

    private record Bucket(double tokens, double seconds) {

        // It holds one second's worth, at least one record; what is claimed is in it, so it never owes any.
        double filled(double rate) {
            return Math.min(burst(rate), Math.max(0, tokens) + rate * seconds);
        }
    }

    /**
     * Claims as many as the request asks for and the limits leave; without limits, as {@link Claims#claim} does.
     *
     * @return the claim; empty if nothing is due or nothing is left
     */
    public Claim claim(ClaimRequest request, Limits limits) {
        if (limits.equals(Limits.NONE)) {
            return claims.claim(request);
        }
        var nothing = new Claim(request.claimId(), request.flow(), List.of());
        Claim claim =
                within(limits, nothing, request.limit(), allowed -> claims.claimUnread(request.limitedTo(allowed)));
        // What is read before the commit would have been nobody's if it ended this process.
        return claims.read(claim, request);
    }

    /**
     * Claims one suspect, as {@link Claims#claimSuspect} does, if the limits leave room for it.
     *
     * @param owner see {@link ClaimRequest#owner}
     * @return a claim of one record, not read; empty if the flow has no suspect, or nothing is left
     */
    public Claim claimSuspect(UUID claimId, String replicaId, String flow, String owner, Limits limits) {
        var nothing = new Claim(claimId, flow, List.of());
        return within(limits, nothing, 1, allowed -> claims.claimSuspect(claimId, replicaId, flow, owner));
    }

    /** Reads the payload of a suspect, as {@link Claims#readSuspect} does. */
    public Claim readSuspect(Claim claim) {
        return claims.readSuspect(claim);
    }

    private Claim within(Limits limits, Claim nothing, int wanted, IntFunction<Claim> claiming) {
        if (limits.equals(Limits.NONE)) {
            return claiming.apply(wanted);
        }
        jdbc.sql(ENSURE)
                .param("flow", nothing.flow())
                .param("burst", limits.rateLimit() == null ? 0 : burst(limits.rateLimit()))
                .update();
        Claim claim = transaction.execute(status -> locked(limits, nothing, wanted, claiming));
        return claim == null ? nothing : claim;
    }

    private Claim locked(Limits limits, Claim nothing, int wanted, IntFunction<Claim> claiming) {
        String flow = nothing.flow();
        Bucket bucket = jdbc.sql(LOCK).param("flow", flow).query(Bucket.class).single();
        int allowed = Math.min(wanted, free(flow, limits));
        Double rate = limits.rateLimit();
        if (rate == null) {
            return allowed < 1 ? nothing : claiming.apply(allowed);
        }
        double tokens = bucket.filled(rate);
        allowed = Math.min(allowed, (int) tokens);
        if (allowed < 1) {
            return nothing;
        }
        Claim claim = claiming.apply(allowed);
        jdbc.sql(SPEND)
                .param("flow", flow)
                .param("tokens", tokens - claim.records().size())
                .param("seconds", bucket.seconds())
                .update();
        return claim;
    }

    private int free(String flow, Limits limits) {
        Integer most = limits.maxInFlight();
        if (most == null) {
            return Integer.MAX_VALUE;
        }
        return most - underWay(flow);
    }

    /** How many records of a flow are claimed and not settled over the whole cluster; Python workers' do not count. */
    public int underWay(String flow) {
        return jdbc.sql(UNDER_WAY).param("flow", flow).query(Integer.class).single();
    }

    private static double burst(double rate) {
        return Math.max(1, rate);
    }
}
