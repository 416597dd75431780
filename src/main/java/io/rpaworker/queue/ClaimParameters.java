package io.rpaworker.queue;

import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** What the statements that settle records of a claim are given. */
final class ClaimParameters {

    private ClaimParameters() {}

    /** The claim and the ids of its records. In their order: who waits for several rows asks for them in one order. */
    static StatementSpec bind(StatementSpec statement, UUID claimId, Collection<Long> ids) {
        return statement
                .param("claim", claimId)
                .param("ids", ids.stream().mapToLong(Long::longValue).sorted().toArray());
    }

    /**
     * One JSON object for all records, keyed by id.
     *
     * @param values of each record, as JSON
     */
    static String byId(Map<Long, String> values) {
        var object = new StringBuilder("{");
        values.forEach((id, value) -> object.append(object.length() == 1 ? "" : ",")
                .append('"')
                .append(id)
                .append("\":")
                .append(value));
        return object.append('}').toString();
    }
}
